"""Load by wrk. Its own cost is small compared with the server's, which matters because both share the processors."""

import json
import secrets
from pathlib import Path

from .service import run

SCRIPT = Path(__file__).with_name("wrk.lua")


class Load:
    """Requests against one server. `lines` are (path, body or None)."""

    def __init__(self, folder, name, port, token, lines, connections, method="GET", scheme="Bearer "):
        self.name, self.port, self.connections, self.method = name, port, connections, method
        self.headers = ["-H", f"Authorization: {scheme}{token}"] if token else []
        if method == "POST":
            self.headers += ["-H", "Content-Type: application/json"]
        self.plan = Path(folder) / f"{name.replace(' ', '-').replace('/', '-')}.requests"
        self.plan.write_text("".join(path + ("\t" + json.dumps(body, ensure_ascii=False) if body else "") + "\n"
                                     for path, body in lines), encoding="utf-8")
        self.results = []

    def round(self, seconds):
        """Runs one round. `measure` discards the first one."""
        out = run("wrk", "-t", "1", "-c", self.connections, "-d", f"{seconds}s", "--timeout", "10s", *self.headers, "-s",
                  SCRIPT, f"http://127.0.0.1:{self.port}", "--", self.plan, self.method, secrets.token_hex(8))
        result = json.loads(out.strip().splitlines()[-1])
        result["rate"] = result["requests"] / result["seconds"]
        return result


def median(values):
    values = sorted(values)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def measure(loads, rounds, seconds, warm_up=1):
    """Runs rounds of all loads in turn, so that disturbances affect all of them equally. Returns medians by name."""
    for load in loads:
        load.round(warm_up)
    for at in range(rounds):
        for load in loads:
            load.results.append(load.round(seconds))
            print(f"  round {at + 1}/{rounds} {load.name}: {load.results[-1]['rate']:,.0f}/s, "
                  f"p99 {load.results[-1]['p99']:.2f} ms, {load.results[-1]['failed']} failed", flush=True)
    medians = {}
    for load in loads:
        medians[load.name] = {key: median([result[key] for result in load.results]) for key in ("rate", "p50", "p99")}
        medians[load.name]["failed"] = sum(result["failed"] for result in load.results)
    return medians
