"""Turns the statements of one creation, as the service sends them, into a script for pgbench."""

import re
from pathlib import Path

from .service import run

# The values of one creation, from a random number for each transaction.
FRESH_UUID = "('0190{0:04}-0000-7000-8000-'||lpad(:n::text,12,'0'))::uuid"
FRESH_KEY = "lpad(:n::text,64,'0')"
UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$")


def capture(postgres, action, database="xiaoqu"):
    """The statements that the server ran for one action: (statement, parameters) in order. The service reconnects for it."""
    log = postgres.folder / "server.log"
    postgres.sql(f"ALTER DATABASE {database} SET log_statement = 'all'", "postgres")
    postgres.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'xiaoqu'", "postgres")
    action()
    start = log.stat().st_size
    action()
    text = log.read_text(encoding="utf-8", errors="replace").encode()[start:].decode(errors="replace")
    postgres.sql(f"ALTER DATABASE {database} RESET log_statement", "postgres")
    postgres.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'xiaoqu'", "postgres")
    # The sealer and other jobs run, too. The creation is the sequence around its INSERT on one connection.
    entries = re.split(r"(?m)^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[(\d+)\] ", text)
    by_connection = {}
    for pid, entry in zip(entries[1::2], entries[2::2]):
        found = by_connection.setdefault(pid, [])
        if match := re.match(r"LOG:  (?:execute [^:]*|statement): (.*)", entry, re.S):
            found.append([match[1].strip(), {}])
        elif found and (match := re.match(r"DETAIL:  [Pp]arameters: (.*)", entry, re.S)):
            for name, value in re.findall(r"(\$\d+) = (NULL|'(?:[^']|'')*')", match[1]):
                found[-1][1][name] = value
    created = lambda sql: re.match(r'INSERT INTO "violations"', sql)
    for found in by_connection.values():
        inserts = [at for at, (sql, _) in enumerate(found) if created(sql)]
        if inserts:
            begin = max(at for at, (sql, _) in enumerate(found[:inserts[-1]]) if sql.startswith("BEGIN"))
            end = next(at for at, (sql, _) in enumerate(found) if at > begin and sql.startswith("COMMIT"))
            return [tuple(one) for one in found[begin:end + 1]]
    raise SystemExit("the statements of a creation are not in the server's log")


def script(statements, answer, pairs):
    """A transaction like the captured one, for a random pair of (company, complex). `answer` is the created resource."""
    lines = ["\\set n random(1, 999999999999)", f"\\set k random(1, {len(pairs)})"]
    one_of = lambda at: "(ARRAY[" + ",".join(f"'{pair[at]}'" for pair in pairs) + "]::uuid[])[:k]"
    known = {answer["company_id"]: one_of(0), answer["complex_id"]: one_of(1)}
    fresh = {}

    def literal(value):
        if value == "NULL":
            return value
        text = value[1:-1].replace("''", "'")
        if text in known:
            return known[text]
        if text.strip("{}") in known:
            return f"ARRAY[{known[text.strip('{}')]}]"
        if UUID.match(text):
            fresh.setdefault(text, FRESH_UUID.format(len(fresh)))
            return fresh[text]
        if re.fullmatch(r"[0-9a-f]{64}", text):
            return FRESH_KEY
        # pgbench treats a colon before a letter as a variable.
        return "E'" + value[1:-1].replace("\\", "\\\\").replace(":", "\\x3a") + "'"

    for sql, parameters in statements:
        sql = " ".join(sql.split())
        if sql.startswith("BEGIN"):
            lines.append("BEGIN;")
            if "pg_advisory_xact_lock" in sql:
                # One statement, because pgbench cannot prepare a batch.
                lines.append("SELECT set_config('lock_timeout', '2s', true), pg_advisory_xact_lock(:n), "
                             "set_config('lock_timeout', '10s', true);")
            continue
        sql = re.sub(r"\$\d+", lambda found: literal(parameters.get(found[0], "NULL")), sql)
        lines.append(sql.rstrip(";") + ";")
    return "\n".join(lines) + "\n"


class PgBench:
    """Runs a script. Has the same interface as `wrk.Load`."""

    def __init__(self, folder, name, postgres, script, connections, database="xiaoqu"):
        self.name, self.postgres, self.connections, self.database = name, postgres, connections, database
        self.file, self.results = Path(folder) / "pgbench.sql", []
        self.file.write_text(script, encoding="utf-8")

    def round(self, seconds):
        # Opening 64 connections with prepared statements takes about a second.
        seconds = max(seconds, 4)
        out = run("pgbench", "-n", "-M", "prepared", "-c", self.connections, "-j", "1", "-T", seconds, "-h", "127.0.0.1",
                  "-p", self.postgres.port, "-U", "xiaoqu", "-f", self.file, self.database)
        if "(without" not in out:
            raise SystemExit(f"pgbench counted nothing: {out[-1000:]}")
        failed = int(re.search(r"number of failed transactions: (\d+)", out)[1])
        rate = float(re.search(r"tps = ([\d.]+) \(without", out)[1])
        latency = float(re.search(r"latency average = ([\d.]+) ms", out)[1])
        return {"rate": rate, "p50": latency, "p99": latency, "failed": failed}
