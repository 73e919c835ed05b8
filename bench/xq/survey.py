"""The survey of disclosures for a township and for a county with 3,000 complexes, both with two years of disclosures.

Companies, complexes and service periods are created through the API, disclosures with SQL: the columns that the service
writes, without events. No contracts are filed, so every complex has that finding and no price is compared.
"""

import datetime
import json
import random
import sqlite3
import subprocess
import time

from . import data
from .postgres import Postgres
from .service import COUNTY, Service
from .wrk import Load
from .wrk import measure as measured

# The smallest township of the register with at least 200 complexes.
AT_LEAST = 200
ONCE = ["service_contract", "service_content", "service_phone", "service_method", "fee_standard"]
COLUMNS = ["id", "version", "number", "kind", "complex_id", "company_id", "county", "township", "community", "state",
           "is_current", "published_on", "period_from", "period_to", "submitted_on", "decided_on", "verified_on",
           "replaced_on", "exceeds_contract", "not_in_contract", "compared_with", "policy_version", "created_at",
           "updated_at"]
CONTENT_COLUMNS = ["disclosure_id", "content", "proof", "findings", "verification", "submitted_by"]
ACTOR = {"iss": "bench", "sub": "bench", "role": "property_company", "division": None}


CONTENTS = {
    "service_contract": {"filing_number": None, "summary": "服务范围、收费标准、双方权利义务" * 5, "party_a": "示范业主委员会",
                         "party_b": "示范物业公司", "effective_from": "2025-01-01", "effective_to": "2027-12-31"},
    "service_content": {"items": [{"name": f"服务事项{at}", "standard": "地面无明显污渍、无杂物堆放", "frequency": "每日一次"}
                                  for at in range(10)], "performance": "按约履行"},
    "service_phone": {"hotline": "0951-0000000", "repair_phone": "0951-0000001",
                      "persons_in_charge": [{"name": "演示经理", "post": f"岗位{at}", "phone": "0951-0000002"}
                                            for at in range(4)]},
    "service_method": {"mode": "partly_outsourced", "outsourced": [{"service": "电梯维护保养", "provider": "示范电梯公司"}]},
}


def quarters(count):
    """The last past quarters, newest first."""
    today = datetime.date.today()
    first = datetime.date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    for _ in range(count):
        last = first - datetime.timedelta(days=1)
        first = datetime.date(last.year, last.month - 2, 1)
        yield first, last


def fees():
    fee = {"charged_to": "owner", "unit_price": "1.80", "unit": "m2_month", "pricing_basis": "market",
           "approval_document": None}
    return {"items": [{"name": f"收费项目{at}", **fee} for at in range(8)], "basis": "物业服务合同",
            "complaint_phones": [{"office": "市场监督管理部门", "phone": "12315"}]}


def revenue(first, last):
    lines = [{"source": f"收入或支出项目{at}", "amount_fen": 100_000, "note": None} for at in range(10)]
    return {"period_from": first.isoformat(), "period_to": last.isoformat(), "opening_balance_fen": 0, "income": lines,
            "expense": lines, "income_total_fen": 1_000_000, "expense_total_fen": 1_000_000, "closing_balance_fen": 0,
            "maintenance_fund": None}


def disclosures(register, source):
    """Rows of both tables as dictionaries. Instants are milliseconds since 1970."""
    sheets = list(quarters(9))
    for complex_id, community, company in register.complexes:
        place = {"complex_id": complex_id, "company_id": company, "county": community[:6], "township": community[:9],
                 "community": community}
        for kind in ONCE:
            if source.random() < 0.1:
                continue
            day = datetime.date.today() - datetime.timedelta(days=source.randrange(30, 700))
            replaced = day + datetime.timedelta(days=20) if source.random() < 0.3 else None
            content = fees() if kind == "fee_standard" else CONTENTS[kind]
            yield row(place, kind, 1, "verified", day, source, content, replaced=replaced)
            if replaced:
                state = source.choices(["verified", "submitted", "rejected"], [8, 1, 1])[0]
                yield row(place, kind, 2, state, replaced, source, content)
        for number, (first, last) in enumerate(sheets, 1):
            if source.random() < 0.1:
                continue
            day = min(last + datetime.timedelta(days=10), datetime.date.today())
            yield row(place, "public_revenue", number, "verified", day, source, revenue(first, last), (first, last))


def row(place, kind, number, state, day, source, content, period=(None, None), replaced=None):
    at = int(datetime.datetime.combine(day, datetime.time(2), datetime.timezone.utc).timestamp() * 1000)
    decided = day if state in ("verified", "rejected") else None
    made = {**place, "id": data.uuid7(at, source), "version": number, "number": number, "kind": kind, "state": state,
            "is_current": replaced is None, "published_on": day, "period_from": period[0], "period_to": period[1],
            "submitted_on": day, "decided_on": decided, "verified_on": day if state == "verified" else None,
            "replaced_on": replaced, "exceeds_contract": 0, "not_in_contract": 0, "compared_with": None,
            "policy_version": 1, "created_at": at, "updated_at": at}
    proof = [{"title": "公示栏照片", "text": None, "url": "https://evidence.example.invalid/board.jpg"}]
    said = {"disclosure_id": made["id"], "content": json.dumps({kind: content}, ensure_ascii=False),
            "proof": json.dumps(proof, ensure_ascii=False), "findings": "[]", "verification": "null",
            "submitted_by": json.dumps(ACTOR)}
    return made, said


def fill_sqlite(path, rows):
    """Runs while the service is stopped."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN")

    def plain(value):
        return value.isoformat() if isinstance(value, datetime.date) else value

    def insert(table, columns, values):
        marks = ",".join("?" * len(columns))
        db.executemany(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({marks})", values)

    # PostgreSQL's instants are in microseconds.
    times = {"created_at", "updated_at"}
    insert("disclosures", COLUMNS,
           ([made[name] * 1000 if name in times else plain(made[name]) for name in COLUMNS] for made, _ in rows))
    insert("disclosure_contents", CONTENT_COLUMNS, ([said[name] for name in CONTENT_COLUMNS] for _, said in rows))
    db.execute("COMMIT")
    db.close()


def fill_postgres(postgres, rows, database="xiaoqu"):
    psql = subprocess.Popen(
        ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(postgres.port), "-U", "xiaoqu", "-d",
         database], stdin=subprocess.PIPE, text=True)
    send = psql.stdin.write

    def plain(name, value):
        if value is None:
            return r"\N"
        if name in ("created_at", "updated_at"):
            return datetime.datetime.fromtimestamp(value / 1000, datetime.timezone.utc).isoformat()
        return str(value).replace("\\", "\\\\")

    send("BEGIN;\n")
    for table, columns, at in (("disclosures", COLUMNS, 0), ("disclosure_contents", CONTENT_COLUMNS, 1)):
        send(f"COPY {table} ({','.join(columns)}) FROM STDIN;\n")
        for pair in rows:
            send("\t".join(plain(name, pair[at][name]) for name in columns) + "\n")
        send("\\.\n")
    send("COMMIT;\nVACUUM ANALYZE;\n")
    psql.stdin.close()
    if psql.wait() != 0:
        raise SystemExit("the rows could not be written")


def milliseconds(client, path, times):
    """The median and the slowest of a number of requests, sent one after the other."""
    taken = []
    for at in range(times + 3):
        began = time.perf_counter()
        client.get(path).expect(200)
        if at >= 3:
            taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[-1]


def public_page(service, folder, kind, title, complexes, table):
    """Public pages of complexes with all six disclosures. Only twenty, so that they stay in the cache."""
    token = service.token("county_authority", division=COUNTY)
    loads = [Load(folder, f"{kind} {name}", service.port, token, [(path, None) for path in paths], 64)
             for name, paths in (("livez", ["/livez"]), ("page", [f"/public/complexes/{id}" for id in complexes]))]
    of = measured(loads, 3, 3)
    page, alive = of[f"{kind} page"]["rate"], of[f"{kind} livez"]["rate"]
    table.at_least(f"public page of a complex from the cache, {title} : `/livez`, 64 connections",
                   f"{page:,.0f}/s : {alive:,.0f}/s", page / alive, 0.5)
    failed = sum(one["failed"] for one in of.values())
    table.holds(f"no public page failed, {title}", f"{failed} failed", failed == 0)


def measure(binary, folder, kind, companies, complexes, times, table):
    folder.mkdir(parents=True)
    postgres = None
    if kind == "sqlite":
        url = f"sqlite:{folder / 'xiaoqu.sqlite'}"
    else:
        postgres = Postgres(folder / "pg", ["shared_buffers=1GB", "max_connections=200"]).create().start()
        url = postgres.create_database()
    service = Service(binary, folder, url)
    try:
        service.start()
        register = data.Register(service, companies, complexes)
        service.stop()
        rows = list(disclosures(register, random.Random(7)))
        if kind == "sqlite":
            fill_sqlite(folder / "xiaoqu.sqlite", rows)
        else:
            fill_postgres(postgres, rows)
        service.start()
        by_township = {}
        for _, community, _ in register.complexes:
            by_township[community[:9]] = by_township.get(community[:9], 0) + 1
        wanted = AT_LEAST * complexes // 3000
        township = min((code for code in by_township if by_township[code] >= wanted), key=by_township.get)
        title = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[kind]
        print(f"{title}: {len(rows):,} versions of disclosures", flush=True)
        places = [("township", by_township[township], "social_affairs_office", township, 50),
                  ("county", complexes, "county_authority", COUNTY, 500)]
        for level, count, role, division, target in places:
            client = service.client(service.token(role, division=division))
            for words, path in (("survey", "/v1/disclosure-survey"),
                                ("first page of problems", "/v1/disclosure-survey/findings?limit=50")):
                middle, slowest = milliseconds(client, path, times)
                work = f"{words} of a {level} with {count:,} complexes, {title}"
                figures = f"median of {times}, the slowest {slowest:.1f} ms"
                if words == "survey":
                    table.at_most(work, figures, middle, target, " ms")
                else:
                    table.shown(work, figures, f"{middle:.2f} ms")
        public_page(service, folder, kind, title, [id for id, *_ in register.complexes[:20]], table)
    finally:
        service.stop()
        if postgres:
            postgres.stop()
