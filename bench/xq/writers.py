"""Writers that remember their responses, and checks that every response was true."""

import json
import random
import sqlite3
import threading
import time
import uuid
from collections import Counter

from . import data
from .service import COMMUNITY, TOWNSHIP

WRITERS = 32


class Write:
    """One write: a POST with a key, or a PATCH of a version."""

    def __init__(self, kind, path, body, key=None, version=None):
        self.kind, self.path, self.body, self.key, self.version = kind, path, body, key, version
        # None: in doubt, because the connection was lost or the response was a 503.
        self.answer = None
        self.told_no_effect = False


class Stage:
    """Targets of the writers: contested complexes, and complexes with companies for violations."""

    def __init__(self, service, prefix):
        self.prefix = prefix
        register = data.Register(service, 8, 32)
        self.homes = register.local()
        self.token = service.token("social_affairs_office", division=TOWNSHIP)
        client = service.client(self.token)
        self.shared = [client.post("/v1/complexes", complex_body(f"{prefix}争用{at}")).expect(201)["id"] for at in range(4)]
        # (row, version) → name, for every PATCH that returned 200.
        self.won = {}


def complex_body(name):
    return {"name": name, "community": COMMUNITY, "address": "示范路 1 号", "self_governance": "owners_committee"}


class Writers:
    """32 threads, each with a connection, until they are stopped or their connection is lost."""

    def __init__(self, service, stage, round_number, keep_going=False):
        self.service, self.stage, self.number, self.keep_going = service, stage, round_number, keep_going
        self.stopped = threading.Event()
        # Number of problems, by code.
        self.problems = Counter()
        self.writes = [[] for _ in range(WRITERS)]
        self.threads = [threading.Thread(target=self.work, args=(at,), daemon=True) for at in range(WRITERS)]
        for thread in self.threads:
            thread.start()

    def answered(self):
        return sum(1 for writes in self.writes for write in writes if write.answer)

    def stop(self):
        """All writes, in no particular order."""
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=60)
            if thread.is_alive():
                raise SystemExit("a writer hangs")
        return [write for writes in self.writes for write in writes]

    def work(self, at):
        source = random.Random(f"{self.number}-{at}")
        client = self.service.client(self.stage.token, timeout=40)
        count = 0
        while not self.stopped.is_set():
            count += 1
            try:
                write = self.next_write(client, source, f"{self.number}-{at}-{count}")
                if write is None:
                    self.stopped.wait(0.05)
                    continue
                self.writes[at].append(write)
                answer = send(client, write)
                if write.answer is None:
                    self.problems[answer.json()["code"]] += 1
                    write.told_no_effect = answer.json()["code"] != "outcome_unknown"
                    self.stopped.wait(0.05)
            except OSError:
                if not self.keep_going:
                    return
                self.stopped.wait(0.05)

    def next_write(self, client, source, name):
        kind = source.choice(("complex", "violation", "patch"))
        key = str(uuid.UUID(int=source.getrandbits(128)))
        if kind == "complex":
            return Write(kind, "/v1/complexes", complex_body(f"{self.stage.prefix}新建{name}"), key)
        if kind == "violation":
            home, _, company = source.choice(self.stage.homes)
            body = data.violation(source.choice(data.ACTS), company, home, "2026-01-05")
            return Write(kind, "/v1/violations", body | {"description": f"检查时发现的事实 {name}"}, key)
        row = source.choice(self.stage.shared)
        shown = client.get(f"/v1/complexes/{row}")
        if shown.status != 200:
            return None
        return Write(kind, f"/v1/complexes/{row}", {"name": f"{self.stage.prefix}争用{name}"}, version=shown.json()["version"])


def send(client, write):
    """Sends a write. A 503 leaves it in doubt. Any other failure is a defect of the service."""
    if write.kind == "patch":
        answer = client.call("PATCH", write.path, write.body, if_match=f'"{write.version}"')
    else:
        answer = client.post(write.path, write.body, key=write.key)
    if answer.status in (200, 201, 412):
        write.answer = answer
    elif answer.status not in (503, 409):
        raise SystemExit(f"{write.path}: {answer.status} {answer.body.decode(errors='replace')}")
    return answer


def patiently(client, write):
    """Repeats a write as a client should: after a 503, or a 409 for a key in progress, with the same key."""
    for _ in range(50):
        answer = client.post(write.path, write.body, key=write.key)
        if answer.status not in (503, 409):
            break
        time.sleep(0.2)
    return answer


class Rows:
    """Reads the database directly."""

    def __init__(self, url, postgres=None):
        self.path, self.postgres = url.removeprefix("sqlite:"), postgres

    def query(self, sql):
        if self.postgres:
            return [tuple(line.split("|")) for line in self.postgres.sql(sql).splitlines()]
        db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=30)
        try:
            return [tuple(str(value) for value in row) for row in db.execute(sql)]
        finally:
            db.close()

    def half_writes(self):
        """Rows without their creation event, events without their row, and keys without their row."""
        id_of = {True: "id::text", False: "id"}[self.postgres is not None]
        found = []
        for table, event in (("complexes", "complex.registered"), ("violations", "violation.reported")):
            found += self.query(f"SELECT '{table} without event', {id_of} FROM {table} WHERE {id_of} NOT IN "
                                f"(SELECT subject_id FROM ledger_events WHERE kind = '{event}') LIMIT 5")
            found += self.query(f"SELECT '{event} without row', subject_id FROM ledger_events WHERE kind = '{event}' "
                                f"AND subject_id NOT IN (SELECT {id_of} FROM {table}) LIMIT 5")
            found += self.query(f"SELECT '{event} twice', subject_id FROM ledger_events WHERE kind = '{event}' "
                                "GROUP BY subject_id HAVING count(*) > 1 LIMIT 5")
        found += self.query("SELECT 'key without row', location FROM idempotency_keys WHERE status = 201 AND resource_id NOT IN "
                            "(SELECT id FROM complexes UNION SELECT id FROM violations UNION SELECT id FROM companies "
                            "UNION SELECT id FROM complex_services) LIMIT 5")
        # Each change of a complex creates the next version and an event.
        found += self.query(
            f"SELECT 'version without event', {id_of} FROM complexes LEFT JOIN (SELECT subject_id, count(*) AS changes "
            "FROM ledger_events WHERE subject_kind = 'complex' AND kind <> 'complex.registered' GROUP BY subject_id) e "
            f"ON e.subject_id = {id_of} WHERE version <> 1 + coalesce(changes, 0) LIMIT 5")
        return found

    def is_sound(self):
        """SQLite's own check. For PostgreSQL, `pg_amcheck` runs at the end."""
        if self.postgres:
            return True
        return self.query("PRAGMA integrity_check") == [("ok",)] and self.query("PRAGMA foreign_key_check") == []


class Check:
    """The findings in words. Empty is good."""

    def __init__(self, service, stage, rows):
        self.service, self.stage, self.rows = service, stage, rows
        self.faults, self.counts = [], {"answered": 0, "in doubt": 0, "done in doubt": 0, "of them told otherwise": 0, "patched": 0, "refused 412": 0}

    def fault(self, text):
        self.faults.append(text)
        print("  FAULT:", text, flush=True)

    def all(self, writes):
        """After a restart: every confirmed write is present, each key has one effect, and each version has one winner."""
        posts = [write for write in writes if write.kind != "patch"]
        settled = data.in_parallel(self.service, self.stage.token,
                                   [lambda client, write=write: self.settle(client, write) for write in posts])
        made = [row for row in settled if row]
        if len(set(made)) != len(posts):
            self.fault(f"{len(posts)} keys made {len(set(made))} rows")
        self.patches([write for write in writes if write.kind == "patch"])
        for what, which in self.rows.half_writes():
            self.fault(f"half a write: {what} {which}")
        if not self.rows.is_sound():
            self.fault("the database is not sound")

    def settle(self, client, write):
        """Repeats a write with its key twice. Returns the id of the one row that it created."""
        answered = write.answer
        first, second = (patiently(client, write) for _ in range(2))
        if first.status != 201 or second.status != 201:
            self.fault(f"{write.path}: repeating a key gave {first.status}, {second.status}")
            return "none"
        if second.headers.get("Idempotent-Replayed") != "true" or second.body != first.body:
            self.fault(f"{write.path}: the second repetition is no replay")
        replayed = first.headers.get("Idempotent-Replayed") == "true"
        if answered:
            self.counts["answered"] += 1
            if not replayed or first.body != answered.body:
                self.fault(f"{write.path}: an answered write was lost or is another one now")
        else:
            self.counts["in doubt"] += 1
            self.counts["done in doubt"] += replayed
            self.counts["of them told otherwise"] += replayed and write.told_no_effect
        row = json.loads(first.body)
        if client.get(f"{write.path}/{row['id']}").expect(200) != row:
            self.fault(f"{write.path}/{row['id']}: is not what was answered")
        return row["id"]

    def patches(self, writes):
        for write in writes:
            if not write.answer:
                self.counts["in doubt"] += 1
            elif write.answer.status == 412:
                self.counts["refused 412"] += 1
            else:
                self.counts["patched"] += 1
                version = write.answer.json()["version"]
                if version != write.version + 1:
                    self.fault(f"{write.path}: a change of version {write.version} made version {version}")
                if (write.path, version) in self.stage.won:
                    self.fault(f"{write.path}: two winners of version {write.version}")
                self.stage.won[(write.path, version)] = write.body["name"]
        client = self.service.client(self.stage.token)
        for row in self.stage.shared:
            path = f"/v1/complexes/{row}"
            shown = client.get(path).expect(200)
            newest = max((version for won, version in self.stage.won if won == path), default=1)
            name = self.stage.won.get((path, shown["version"]))
            if shown["version"] < newest or name not in (None, shown["name"]):
                self.fault(f"{path}: version {newest} was answered, and {shown['version']} is there")
