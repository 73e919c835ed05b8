#!/usr/bin/env python3
"""Checks that 64 normal clients keep 0.8 of their rate beside 1,000 slow ones (one byte per second each).

Starts the service on a fresh SQLite file with its limits off, measures authenticated get-by-id with wrk (Debian's package)
without and with the slow clients in turn, and prints each round, the ratio and the verdict. Exits with 1 if it is missed.

    cargo build --release && bench/slow/run.py

A third of the slow clients send a request head, a third a body with a token, and a third a body without one. A client that
the service disconnects reconnects at once, as an attacker would.
"""

import argparse
import json
import os
import re
import resource
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def parse():
    page = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    page.add_argument("--binary", type=lambda path: str(Path(path).resolve()), default=str(ROOT / "target/release/xiaoqu"))
    page.add_argument("--slow", type=int, default=1000)
    page.add_argument("--normal", type=int, default=64)
    page.add_argument("--seconds", type=int, default=8, help="of each measurement")
    page.add_argument("--rounds", type=int, default=3)
    page.add_argument("--least", type=float, default=0.8)
    page.add_argument("--attack", nargs=3, metavar=("HOST", "PORT", "TOKEN"), help=argparse.SUPPRESS)
    return page.parse_args()


class Slow:
    """One slow client: sends the beginning at once, then one byte per second."""

    def __init__(self, number, place, token):
        body = "POST /v1/complexes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n"
        self.beginning = [
            "GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: ",
            f"{body}Authorization: Bearer {token}\r\n\r\n",
            f"{body}\r\n",
        ][number % 3].encode()
        self.place, self.socket = place, None

    def connect(self, watch):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(self.place)
        self.begun = False
        watch.register(self.socket, selectors.EVENT_READ, self)

    def leave(self, watch):
        watch.unregister(self.socket)
        self.socket.close()
        self.socket = None

    def send(self):
        try:
            self.socket.send(b"x" if self.begun else self.beginning)
            self.begun = True
        except OSError:
            pass


def attack(count, host, port, token):
    """Runs until it is stopped. Prints how many connections are open and how many were closed by the service."""
    place, watch = (host, int(port)), selectors.DefaultSelector()
    crowd = [Slow(number, place, token) for number in range(count)]
    cut_off, at, began, said = 0, 0, time.monotonic(), time.monotonic()
    for one in crowd:
        one.connect(watch)
    while True:
        for key, _ in watch.select(timeout=0.01):
            one = key.data
            try:
                gone = one.socket.recv(65536) == b""
            except BlockingIOError:
                gone = False
            except OSError:
                gone = True
            if gone:
                cut_off += 1
                one.leave(watch)
                one.connect(watch)
        # Each client once per second, spread over the second.
        due = int((time.monotonic() - began) * count)
        while at < due:
            crowd[at % count].send()
            at += 1
        if time.monotonic() - said > 1:
            said = time.monotonic()
            held = sum(1 for one in crowd if one.begun)
            print(json.dumps({"held": held, "cut_off": cut_off}), flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(binary, home):
    key = home / "wrapping_key"
    key.write_bytes(subprocess.run(["openssl", "rand", "-base64", "32"], check=True, capture_output=True).stdout)
    key.chmod(0o600)
    port = free_port()
    settings = {
        "keyring_file": home / "keyring", "wrapping_key_file": key, "database_url": f"sqlite:{home / 'bench.sqlite'}",
        "listen": f"127.0.0.1:{port}", "log_level": "warn", "caller_requests_per_second": 0,
        "address_requests_per_second": 0, "refused_tokens_per_second": 0,
    }
    flags = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XIAOQU_")}
    run = lambda *what: subprocess.run([binary, *what, *flags], check=True, capture_output=True, env=environment, cwd=home)
    run("keys", "init")
    log = open(home / "log", "wb")
    server = subprocess.Popen([binary, "serve", *flags], env=environment, cwd=home, stderr=log)
    base = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{base}/readyz", timeout=1).read()
            break
        except OSError:
            time.sleep(0.1)
    else:
        sys.exit((home / "log").read_text())
    token = run("token", "issue", "--role", "social_affairs_office", "--division", "640121102", "--subject", "bench")
    return server, base, port, token.stdout.decode().strip()


def a_row(base, token):
    body = {"name": "测试花园", "community": "640121102001", "address": "示范路 1 号", "self_governance": "owners_committee"}
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{base}/v1/complexes", json.dumps(body).encode(), head)
    return json.load(urllib.request.urlopen(request))["id"]


def rate(args, url, token):
    wrk = ["wrk", "-t1", f"-c{args.normal}", f"-d{args.seconds}s", "-H", f"Authorization: Bearer {token}", url]
    said = subprocess.run(wrk, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        sys.exit(said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def main():
    args = parse()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if args.attack:
        return attack(args.slow, *args.attack)
    with tempfile.TemporaryDirectory(prefix="xiaoqu-slow-") as folder:
        server, base, port, token = serve(args.binary, Path(folder))
        try:
            url = f"{base}/v1/complexes/{a_row(base, token)}"
            rate(args, url, token)  # warm
            ratios = []
            for number in range(args.rounds):
                alone = rate(args, url, token)
                me = [sys.executable, __file__, "--slow", str(args.slow), "--attack", "127.0.0.1", str(port), token]
                crowd = subprocess.Popen(me, stdout=subprocess.PIPE, text=True)
                for _ in range(3):  # seconds until all of them are under way
                    crowd.stdout.readline()
                beside = rate(args, url, token)
                crowd.send_signal(signal.SIGTERM)
                state = json.loads(crowd.stdout.read().splitlines()[-1])
                crowd.wait()
                ratios.append(beside / alone)
                print(f"round {number + 1}: alone {alone:,.0f}/s, beside {state['held']} slow clients "
                      f"({state['cut_off']} cut off) {beside:,.0f}/s, ratio {ratios[-1]:.2f}", flush=True)
        finally:
            server.terminate()
            server.wait()
    ratio = statistics.median(ratios)
    good = ratio >= args.least
    print(f"median ratio {ratio:.2f}, wanted at least {args.least}: {'reached' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
