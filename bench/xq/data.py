"""Data of the shape and size of a county.

Companies, complexes and service periods are created through the API. So are the model violations: each act in each state,
brought there by actions of the offices. The models' rows are then copied in bulk with SQL, with other ids, days, companies
and complexes, and with the same columns that the service writes. The copies have no events, keys or measures.
"""

import csv
import datetime
import itertools
import os
import random
import sqlite3
import subprocess
import threading
import uuid

from .service import COUNTY, ROOT, TOWNSHIP

ACTS = ["nine.unsealed_waste_vehicle", "nine.staff_not_in_uniform", "nine.unlawful_fees_or_contract",
        "nine.common_parts_or_revenue", "nine.coercive_collection"]
# Percentage of violations in each state.
STATES = {"reported": 30, "notified": 20, "dismissed": 10, "confirmed": 40}
DAYS = 1000
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(number):
    first = f"91640121MA{number:07}"
    total = sum(USCC.index(c) * pow(3, i, 31) for i, c in enumerate(first))
    return first + USCC[-total % 31]


def communities():
    with open(ROOT / "data" / "divisions-yinchuan.csv", encoding="utf-8") as file:
        rows = csv.reader(file)
        return [code for code, level, *_ in rows if level == "community" and code.startswith(COUNTY)]


def in_parallel(service, token, jobs, connections=8):
    """Runs jobs, which are functions of a client, and returns their results in order."""
    results, next_job = [None] * len(jobs), itertools.count()

    def work():
        client = service.client(token)
        while (at := next(next_job)) < len(jobs):
            results[at] = jobs[at](client)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if None in results:
        raise SystemExit("making data failed")
    return results


class Register:
    """The registers: (id, uscc) of companies, (id, community, company id) of complexes."""

    def __init__(self, service, companies, complexes, seed=1):
        self.random = random.Random(seed)
        self.service = service
        county = service.token("county_authority", division=COUNTY)
        places = communities()
        # Half of them are in the township of the load's caller.
        here = [code for code in places if code.startswith(TOWNSHIP)]

        def company(at):
            body = {"uscc": uscc(at), "name": f"宁夏测试物业{at}有限公司", "legal_representative": "甲某",
                    "service_hotline": "0951-0000000"}
            return lambda client: (client.post("/v1/companies", body).expect(201)["id"], body["uscc"])

        self.companies = in_parallel(service, county, [company(at) for at in range(companies)])

        def complex_(at):
            community = here[at // 2 % len(here)] if at % 2 == 0 else places[at // 2 % len(places)]
            owner = self.companies[at % companies][0]
            body = {"name": f"测试花园{at}", "community": community, "address": "示范路 1 号", "households": 800,
                    "buildings": 12, "area_m2": 86000, "self_governance": "owners_committee",
                    "point": {"longitude": 106.25, "latitude": 38.28, "system": "wgs84"}}
            serving = {"kind": "regular", "company_id": owner, "project_manager": "乙某",
                       "effective_from": "2020-01-01"}

            def make(client):
                made = client.post("/v1/complexes", body).expect(201)["id"]
                client.post("/v1/contracts", serving | {"complex_id": made}).expect(201)
                return made, community, owner

            return make

        self.complexes = in_parallel(service, county, [complex_(at) for at in range(complexes)])
        self.codes = dict(self.companies)

    def local(self):
        """Complexes in the township of the load's caller."""
        return [one for one in self.complexes if one[1].startswith(TOWNSHIP)]

    def models(self):
        """Creates one violation of each act in each state. Returns the ids."""
        reporter = self.service.client(self.service.token("social_affairs_office", "reporter", division=TOWNSHIP))
        officer = self.service.client(self.service.token("social_affairs_office", "officer", division=TOWNSHIP))
        today = datetime.date.today()
        complexes = iter(self.local() * 50)
        made = []
        for day, (act, state) in enumerate(itertools.product(ACTS, STATES)):
            complex_id, _, company = next(complexes)
            path = "/v1/violations"
            body = violation(act, company, complex_id, (today - datetime.timedelta(days=day + 1)).isoformat())
            found = reporter.post(path, body).expect(201)["id"]
            path = f"{path}/{found}"
            if state == "dismissed":
                officer.post(f"{path}/dismissal", {"reasons": "事实不清"}).expect(200)
            if state in ("notified", "confirmed"):
                notice = {"facts": "检查发现的事实", "grounds": "“九不准”", "intended_consequence": "拟作出处理"}
                officer.post(f"{path}/notification", notice).expect(200)
            if state == "confirmed":
                delivery = {"delivered_on": today.isoformat(), "note": "直接送达，项目部签收"}
                officer.post(f"{path}/delivery", delivery).expect(200)
                reasons = {"reasons": "事实清楚，证据确凿", "urgent_reason": "涉及公共安全，须立即处理"}
                officer.post(f"{path}/confirmation", reasons).expect(200)
            made.append(found)
        return made


def violation(act, company, complex_id, found_on):
    return {"act": act, "company_id": company, "complex_id": complex_id, "found_on": found_on, "source": "inspection",
            "description": "检查时发现保洁、秩序维护人员未按岗位统一着装，现场已责令改正",
            "evidence": [{"title": "现场照片", "url": "https://evidence.example.invalid/1.jpg"}],
            # So that one complex can have many on one day.
            "distinct_fact_reason": "另一楼栋的另一事实"}


def uuid7(milliseconds, source):
    value = (milliseconds << 80) | (7 << 76) | (source.getrandbits(12) << 64) | (2 << 62) | source.getrandbits(62)
    return str(uuid.UUID(int=value))


def copies(register, models, count):
    """Rows as dictionaries by column. Instants are milliseconds since 1970."""
    source = register.random
    by_state = {state: [row for row in models if row["state"] == state] for state in STATES}
    states, weights = list(STATES), list(STATES.values())
    now = datetime.datetime.now(datetime.timezone.utc)
    for _ in range(count):
        row = dict(source.choice(by_state[source.choices(states, weights)[0]]))
        at = now - datetime.timedelta(seconds=source.randrange(2, DAYS * 86400))
        milliseconds = int(at.timestamp() * 1000)
        complex_id, community, company = source.choice(register.complexes)
        row.update(id=uuid7(milliseconds, source), company_id=company, complex_id=complex_id, county=community[:6],
                   township=community[:9], community=community, found_on=(at.date()).isoformat(),
                   reported_at=milliseconds, updated_at=milliseconds)
        yield row


def fill_sqlite(path, register, model_ids, count):
    """Runs while the service is stopped."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA cache_size=-500000")
    db.row_factory = sqlite3.Row
    marks = ",".join("?" * len(model_ids))
    models = [dict(row) for row in db.execute(f"SELECT * FROM violations WHERE id IN ({marks})", model_ids)]
    columns = list(models[0])
    indexes = db.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'violations' AND sql LIKE 'CREATE%INDEX%'")
    indexes = [tuple(row) for row in indexes]
    # Dropping an index deletes its planner statistics, which the service's migrations wrote.
    statistics = [tuple(row) for row in db.execute("SELECT tbl, idx, stat FROM sqlite_stat1")]
    db.execute("BEGIN")
    for name, _ in indexes:
        db.execute(f"DROP INDEX {name}")
    shown = []

    def values():
        for row in copies(register, models, count):
            row["reported_at"] *= 1000
            row["updated_at"] *= 1000
            if row["notified"]:
                shown.append(("property_company", register.codes[row["company_id"]], row["id"], row["found_on"]))
            yield [row[column] for column in columns]

    db.executemany(f"INSERT INTO violations ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})", values())
    add_audiences(db, shown)
    for _, sql in indexes:
        db.execute(sql)
    db.execute("DELETE FROM sqlite_stat1")
    db.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", statistics)
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    # Otherwise the kernel writes a gigabyte back half a minute later, during a measurement.
    os.sync()


def add_audiences(db, shown):
    db.executemany("INSERT INTO violation_audiences (role, area, violation_id, found_on) VALUES (?, ?, ?, ?)", shown)


def fill_postgres(postgres, register, model_ids, count, database="xiaoqu"):
    quoted = ",".join(f"'{one}'" for one in model_ids)
    order = "SELECT column_name FROM information_schema.columns WHERE table_name = 'violations' ORDER BY ordinal_position"
    columns = postgres.sql(order, database).split()
    text = postgres.sql(f"COPY (SELECT * FROM violations WHERE id IN ({quoted})) TO STDOUT", database)
    models = [dict(zip(columns, line.split("\t"), strict=True)) for line in text.splitlines()]
    indexes = postgres.sql("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'violations'"
                           " AND indexname <> 'violations_pkey'", database)
    indexes = [line.split("|", 1) for line in indexes.splitlines()]
    shown = []
    psql = subprocess.Popen(
        ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(postgres.port), "-U", "xiaoqu", "-d",
         database], stdin=subprocess.PIPE, text=True)
    send = psql.stdin.write
    send("BEGIN;\nSET maintenance_work_mem = '1GB';\n")
    for name, _ in indexes:
        send(f"DROP INDEX {name};\n")
    send(f"COPY violations ({','.join(columns)}) FROM STDIN;\n")
    for row in copies(register, models, count):
        for column in ("reported_at", "updated_at"):
            row[column] = datetime.datetime.fromtimestamp(row[column] / 1000, datetime.timezone.utc).isoformat()
        if row["notified"] == "t":
            shown.append(("property_company", register.codes[row["company_id"]], row["id"], row["found_on"]))
        send("\t".join(row[column] for column in columns) + "\n")
    send("\\.\nCOPY violation_audiences (role, area, violation_id, found_on) FROM STDIN;\n")
    for row in shown:
        send("\t".join(row) + "\n")
    send("\\.\n")
    for _, sql in indexes:
        send(f"{sql};\n")
    # As autovacuum would later.
    send("COMMIT;\nVACUUM ANALYZE;\n")
    psql.stdin.close()
    if psql.wait() != 0:
        raise SystemExit("the rows could not be written")
