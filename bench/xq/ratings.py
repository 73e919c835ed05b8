"""The publication of a rating cycle with 3,000 complexes at once, while others write and read.

Companies, complexes, service periods and cycles are created through the API. So is one rating of each star in the newest
cycle, which the offices bring to its announcement. SQL copies their rows to every other complex and to the earlier cycles,
and moves the announcement periods to the past. The oldest cycle is published without measuring it, which creates plaques,
events, the focus list and the first removals as in a county. The others are published and measured one after the other.
"""

import datetime
import itertools
import json
import random
import sqlite3
import subprocess
import threading
import time

from . import data
from .postgres import Postgres
from .service import COUNTY, TOWNSHIP, Service
from .writers import Rows

COMPANIES, COMPLEXES = 150, 3000
# Percentage of ratings with each star: ten are low.
STARS = {"five": 15, "four": 45, "three": 30, "two": 6, "one": 3, "unqualified": 1}
SHARES = {"five": 93, "four": 85, "three": 74, "two": 65, "one": 55, "unqualified": 40}
LOW = {"two", "one", "unqualified"}
# Other writers: number of connections, and seconds between the writes of each, whether or not the previous one has finished.
CONNECTIONS, EVERY = 8, 0.08
LOOK = 0.03
# Targets.
DONE_IN, HOLD, P99 = 10, 100, 250


def half_years(count):
    """The past half-years, oldest first: first and last day, and a name."""
    today = datetime.date.today()
    first = datetime.date(today.year, 1 if today.month < 7 else 7, 1)
    found = []
    for _ in range(count):
        last = first - datetime.timedelta(days=1)
        first = datetime.date(last.year, last.month - 5, 1)
        found.append((first, last, f"{first.year} 年{'上' if first.month == 1 else '下'}半年星级评定"))
    return found[::-1]


def choose_stars(source, complexes, cycles):
    """The star of each complex in each cycle, oldest first. In the first cycle a tenth has none. A tenth of all is low, and
    half of those are low again."""
    share = sum(STARS[name] for name in LOW) / 100

    def star(low):
        names = [name for name in STARS if (name in LOW) == low]
        return source.choices(names, [STARS[name] for name in names])[0]

    chosen = []
    for _ in range(complexes):
        stars = [star(source.random() < share) if source.random() < 0.9 else None]
        for _ in range(cycles - 1):
            stars.append(star(source.random() < (0.5 if stars[-1] in LOW else share / 2 / (1 - share))))
        chosen.append(stars)
    return chosen


def calls_for_removal(stars):
    """Below standard, or low in two consecutive cycles (the complexes of the register never change companies)."""
    return "unqualified" in stars or any(a in LOW and b in LOW for a, b in itertools.pairwise(stars))


class Models:
    """Creates one rating of each star through the API. Returns the ids."""

    def __init__(self, service, register, cycle):
        offices = {name: service.client(service.token("social_affairs_office", name, division=TOWNSHIP))
                   for name in ("scorer", "reviewer")}
        rubric = service.client(offices["scorer"].token).get("/v1/policies/current").expect(200)
        dimensions = (rubric.get("document") or rubric)["ratings"]["dimensions"]
        self.items = [item for one in dimensions for item in one["items"]]
        self.made = {}
        for star, (complex_id, community, _) in zip(STARS, register.local()):
            body = {"cycle_id": cycle, "complex_id": complex_id}
            made = offices["reviewer"].post("/v1/ratings", body).expect(201)
            path = f"/v1/ratings/{made['summary']['id']}"
            there = service.client(service.token("community", "rater", division=community))
            for client, rater in ((there, "community"), (offices["scorer"], "owners"), (offices["scorer"], "office")):
                client.post(f"{path}/scores", self.sheet(rater, SHARES[star])).expect(200)
            offices["reviewer"].post(f"{path}/review", {"outcome": "confirmed", "reasons": "逐项核对，评分与事实相符"}).expect(200)
            shown = offices["reviewer"].post(f"{path}/announcement", {}).expect(200)
            if shown["summary"]["star"] != star:
                raise SystemExit(f"the model of {star} has {shown['summary']['star']}")
            self.made[star] = made["summary"]["id"]

    def sheet(self, rater, share):
        """As an office fills it in: a note at each item from which something is taken off, some with a photograph."""
        if rater == "owners":
            return {"rater": rater, "satisfaction": str(share), "respondents": 120}

        def score(at, item):
            evidence = [{"title": "现场照片", "url": f"https://evidence.example.invalid/{at}.jpg"}] if at % 4 == 0 else []
            points = f"{float(item['points']) * share / 100:.2f}"
            return {"item": item["code"], "points": points, "note": "3 号楼 2 单元等处不合格，按标准扣分", "evidence": evidence}

        signed = [{"title": "评分表签字页", "url": "https://evidence.example.invalid/sheet.pdf"}]
        return {"rater": rater, "items": [score(*one) for one in enumerate(self.items)], "evidence": signed}


def copies(register, models, stars, cycles, ratings, contents):
    """Rows of both tables, copied from the models, with other complexes, cycles and days."""
    source = register.random
    for at, (cycle, (first, last, _)) in enumerate(cycles):
        newest = at == len(cycles) - 1
        made_on = datetime.datetime.combine(last + datetime.timedelta(days=20), datetime.time(3), datetime.timezone.utc)
        for number, ((complex_id, community, company), of) in enumerate(zip(register.complexes, stars)):
            star = of[at]
            if star is None or newest and complex_id in models:
                continue
            model = ratings[star]
            made = uuid7_at(made_on, number, source)
            yield ({**model, "id": made, "cycle_id": cycle, "complex_id": complex_id, "company_id": company,
                    "county": community[:6], "township": community[:9], "community": community,
                    "period_from": first.isoformat(), "period_to": last.isoformat()},
                   {**contents[star], "rating_id": made})


def uuid7_at(at, number, source):
    """In the order of the complexes, as successive calls would start them."""
    return data.uuid7(int(at.timestamp() * 1000) + number, source)


def fill(rows, url, postgres, register, made, stars, cycles):
    """Copies the models while the service is stopped. Returns the number of ratings of each cycle."""
    over = (datetime.date.today() - datetime.timedelta(days=5)).isoformat()
    begun = (datetime.date.today() - datetime.timedelta(days=16)).isoformat()
    in_the_past = f"UPDATE ratings SET announced_on = '{begun}', announcement_ends_on = '{over}'"
    # The complexes of the models have them for good.
    models = {rows.query(f"SELECT complex_id FROM ratings WHERE id = '{id}'")[0][0]: star for star, id in made.items()}
    for (complex_id, *_), of in zip(register.complexes, stars):
        if complex_id in models:
            of[-1] = models[complex_id]
    star_of = {id: star for star, id in made.items()}
    ids = ",".join(f"'{id}'" for id in made.values())
    filling = fill_postgres if postgres else fill_sqlite
    filling(url, postgres, ids, star_of, in_the_past,
            lambda ratings, contents: list(copies(register, models, stars, cycles, ratings, contents)))
    counted = dict(rows.query("SELECT cycle_id, count(*) FROM ratings GROUP BY cycle_id"))
    return [int(counted[cycle]) for cycle, _ in cycles]


TABLES = (("ratings", "id"), ("rating_contents", "rating_id"))


def fill_sqlite(url, _, ids, star_of, in_the_past, copied):
    db = sqlite3.connect(url.removeprefix("sqlite:"), isolation_level=None)
    db.row_factory = sqlite3.Row
    models = [{star_of[row[key]]: dict(row) for row in db.execute(f"SELECT * FROM {table} WHERE {key} IN ({ids})")}
              for table, key in TABLES]
    db.execute("BEGIN")
    rows = copied(*models)
    for (table, _), at in zip(TABLES, itertools.count()):
        columns = list(rows[0][at])
        db.executemany(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})",
                       ([pair[at][name] for name in columns] for pair in rows))
    db.execute(in_the_past)
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def fill_postgres(_, postgres, ids, star_of, in_the_past, copied, database="xiaoqu"):
    models = []
    for table, key in TABLES:
        order = f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
        columns = postgres.sql(order, database).split()
        text = postgres.sql(f"COPY (SELECT * FROM {table} WHERE {key} IN ({ids})) TO STDOUT", database)
        found = [dict(zip(columns, line.split("\t"), strict=True)) for line in text.splitlines()]
        models.append({star_of[row[key]]: row for row in found})
    rows = copied(*models)
    psql = subprocess.Popen(
        ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(postgres.port), "-U", "xiaoqu", "-d",
         database], stdin=subprocess.PIPE, text=True)
    send = psql.stdin.write
    send("BEGIN;\n")
    for (table, _), at in zip(TABLES, itertools.count()):
        columns = list(rows[0][at])
        send(f"COPY {table} ({','.join(columns)}) FROM STDIN;\n")
        for pair in rows:
            send("\t".join(pair[at][name] for name in columns) + "\n")
        send("\\.\n")
    # As autovacuum would later.
    send(f"{in_the_past};\nCOMMIT;\nVACUUM ANALYZE;\n")
    psql.stdin.close()
    if psql.wait() != 0:
        raise SystemExit("the rows could not be written")


# Numbers of new companies, above those of the register.
NEW = itertools.count(1_000_000)


class Others:
    """Concurrent writers: half report violations, half register companies, each on a schedule. The time of a write counts
    from its scheduled time, so that one that waits does not hide those behind it (coordinated omission)."""

    def __init__(self, service, register, officer, county):
        self.service, self.stopped = service, threading.Event()
        self.done, self.failed = [], []
        homes = register.local()
        today = datetime.date.today()

        def violation(source):
            complex_id, _, company = source.choice(homes)
            day = today - datetime.timedelta(days=source.randrange(data.DAYS))
            return "/v1/violations", data.violation(source.choice(data.ACTS), company, complex_id, day.isoformat())

        def company(_):
            at = next(NEW)
            return "/v1/companies", {"uscc": data.uscc(at), "name": f"宁夏新办物业{at}有限公司", "legal_representative": "甲某",
                                     "service_hotline": "0951-0000000"}

        self.threads = [threading.Thread(target=self.work, args=(at, *((violation, officer) if at % 2 else (company, county))),
                                         daemon=True) for at in range(CONNECTIONS)]
        for thread in self.threads:
            thread.start()

    def work(self, at, make, token):
        source, client = random.Random(at), self.service.client(token, timeout=30)
        due = time.perf_counter() + at * EVERY / CONNECTIONS
        while not self.stopped.is_set():
            time.sleep(max(0.0, due - time.perf_counter()))
            path, body = make(source)
            answer = client.post(path, body, key=f"others-{at}-{due}")
            self.done.append((due, time.perf_counter() - due))
            if answer.status != 201:
                self.failed.append(f"{path}: {answer.status} {answer.body.decode(errors='replace')[:200]}")
            due += EVERY

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=60)

    def between(self, begin, end):
        """Durations in milliseconds of the writes scheduled in this time."""
        return sorted(taken * 1000 for due, taken in self.done if begin <= due <= end)


def percentile(values, of):
    return values[min(len(values) - 1, int(len(values) * of / 100))] if values else float("nan")


class Looker:
    """Concurrent readers, who must see either none of the ratings or all of them, and must not stop seeing them."""

    def __init__(self, service, token, cycle, before, current_before, wanted):
        self.client, self.stopped = service.client(token, timeout=30), threading.Event()
        self.looks = {"none": 0, "all": 0}
        self.half, self.seen_all = [], None
        asked = f"/v1/ratings?limit=1&with_total=true&cycle_id={cycle}"
        # The request, and its results before and after.
        self.questions = [(f"{asked}&state=published", 0, wanted), (f"{asked}&current=true", 0, wanted),
                          ("/v1/ratings?limit=1&with_total=true&current=true", current_before, wanted)]
        if before:
            self.questions.append((f"/v1/ratings?limit=1&with_total=true&current=true&cycle_id={before}", current_before, 0))
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        for path, before, after in itertools.cycle(self.questions):
            if self.stopped.is_set():
                return
            began = time.perf_counter()
            total = self.client.get(path).expect(200)["total"]
            if before != after:
                if total == after:
                    self.looks["all"] += 1
                    self.seen_all = self.seen_all or began
                elif total == before and not self.seen_all:
                    self.looks["none"] += 1
                else:
                    self.half.append(f"{path}: {total}")
            time.sleep(max(0.0, LOOK - (time.perf_counter() - began)))

    def stop(self):
        self.stopped.set()
        self.thread.join(timeout=60)


class Holds:
    """A histogram of the service between two readings."""

    def __init__(self, service, name):
        self.service, self.name = service, name
        self.again()

    def again(self):
        self.before = self.look()

    def look(self):
        # A new connection, because the service closes idle ones.
        text = self.service.metrics()
        found, total = {}, 0.0
        for line in text.splitlines():
            if line.startswith(f"{self.name}_bucket"):
                bound = line.split('le="')[1].split('"')[0]
                found[float(bound.replace("+Inf", "inf"))] = int(float(line.split()[-1]))
            elif line.startswith(f"{self.name}_sum"):
                total = float(line.split()[-1])
        return found, total

    def since(self):
        """Count, mean, and upper bound of the longest (buckets are 10 ms wide there), in milliseconds."""
        (before, sum_before), (now, sum_now) = self.before, self.look()
        counts = {bound: now[bound] - before.get(bound, 0) for bound in sorted(now)}
        count = counts[float("inf")]
        longest = next((bound for bound, below in counts.items() if below == count), 0.0) if count else 0.0
        return count, (sum_now - sum_before) / count * 1000 if count else 0.0, longest * 1000


def pending(client, cycle):
    return client.get(f"/v1/rating-cycles/{cycle}").expect(200)["progress"]["consequences_pending"]


def publish(client, cycle, answered=lambda: None):
    """Publishes, and waits for all consequences. Returns the number of ratings, and the seconds to the response and to the end."""
    began = time.perf_counter()
    answer = client.post(f"/v1/rating-cycles/{cycle}/publication", {}).expect(200)
    called = time.perf_counter() - began
    answered()
    while pending(client, cycle):
        if time.perf_counter() - began > 120:
            raise SystemExit("what follows from the publication does not come to an end")
        time.sleep(0.1)
    return answer["progress"]["moved"], called, time.perf_counter() - began


class Round:
    """One publication under load, after a reference period of the same length."""

    def __init__(self, service, register, tokens, cycle, before, current_before, wanted, quiet):
        officer, county = tokens
        client = service.client(county, timeout=120)
        others = Others(service, register, officer, county)
        looker = Looker(service, county, cycle, before, current_before, wanted)
        try:
            time.sleep(1)
            calm = time.perf_counter()
            time.sleep(quiet)
            chunks, writes = Holds(service, "xiaoqu_rating_chunk_seconds"), Holds(service, "xiaoqu_write_hold_seconds")
            begin = time.perf_counter()
            self.published, self.call, self.done = publish(client, cycle, writes.again)
            self.chunks, self.writes = chunks.since(), writes.since()
            time.sleep(0.5)
        finally:
            others.stop()
            looker.stop()
        self.quiet, self.busy = others.between(calm, calm + quiet), others.between(begin, begin + self.done)
        self.failed, self.looks, self.half = others.failed, looker.looks, looker.half


def measure(binary, folder, kind, rounds, table):
    folder.mkdir(parents=True)
    postgres = None
    if kind == "sqlite":
        url = f"sqlite:{folder / 'xiaoqu.sqlite'}"
    else:
        postgres = Postgres(folder / "pg", ["shared_buffers=1GB", "max_connections=200"]).create().start()
        url = postgres.create_database()
    service = Service(binary, folder, url)
    title = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[kind]
    try:
        service.start()
        register = data.Register(service, COMPANIES, COMPLEXES)
        officer = service.token("social_affairs_office", "reporter", division=TOWNSHIP)
        county = service.token("county_authority", division=COUNTY)
        today = datetime.date.today()
        cycles = []
        for first, last, name in half_years(rounds + 1):
            body = {"name": name, "kind": "half_year", "period_from": first.isoformat(),
                    "opens_on": (last + datetime.timedelta(days=1)).isoformat(),
                    "closes_on": (today + datetime.timedelta(days=60)).isoformat()}
            cycles.append((service.client(county).post("/v1/rating-cycles", body).expect(201)["id"], (first, last, name)))
        models = Models(service, register, cycles[-1][0])
        service.stop()
        stars = choose_stars(random.Random(11), COMPLEXES, rounds + 1)
        rows = Rows(url, postgres)
        counts = fill(rows, url, postgres, register, models.made, stars, cycles)
        service.start()
        print(f"{title}: {sum(counts):,} ratings in {len(cycles)} cycles", flush=True)
        client = service.client(county, timeout=120)
        _, called, done = publish(client, cycles[0][0])
        print(f"  the oldest: {counts[0]:,} published in {called:.2f} s, all done after {done:.2f} s", flush=True)
        current, found = counts[0], []
        for at in range(1, len(cycles)):
            one = Round(service, register, (officer, county), cycles[at][0], cycles[at - 1][0], current, counts[at],
                        10 if rounds > 1 else 5)
            found.append(one)
            current = counts[at]
            told(one)
        report(title, kind, found, table)
        removals, wanted = removals_of(rows), sum(map(calls_for_removal, stars))
        table.holds(f"every removal that is called for is proposed, {title}", f"{removals:,} of {wanted:,}", removals == wanted)
        hanging = int(rows.query("SELECT count(*) FROM plaques WHERE state = 'valid'")[0][0])
        wanted = sum(of[-1] != "unqualified" for of in stars)
        table.holds(f"a plaque hangs where there is a star, {title}", f"{hanging:,} of {wanted:,}", hanging == wanted)
    finally:
        service.stop()
        if postgres:
            postgres.stop()


def removals_of(rows):
    return int(rows.query("SELECT count(*) FROM measures WHERE kind = 'removal'")[0][0])


def told(one):
    count, mean, longest = one.chunks
    print(f"  {one.published:,} published in {one.call * 1000:.0f} ms, all done after {one.done:.2f} s: {count} chunks of "
          f"{mean:.1f} ms, the longest ≤ {longest:.0f} ms; all writes once it was answered ≤ {one.writes[2]:.0f} ms; others "
          f"p50 {percentile(one.busy, 50):.1f} ms, p99 {percentile(one.busy, 99):.1f} ms, max {one.busy[-1]:.1f} ms (quiet "
          f"{percentile(one.quiet, 50):.1f}, {percentile(one.quiet, 99):.1f}, {one.quiet[-1]:.1f}); looks {one.looks}, "
          f"half {len(one.half)}, failed {len(one.failed)} {one.failed[:1]}", flush=True)


def report(title, kind, found, table):
    """The worst round."""
    worst = lambda pick: max(map(pick, found))
    of = f"the slowest of {len(found)}" if len(found) > 1 else "one round"
    table.holds(f"one call publishes all {COMPLEXES:,} ratings, {title}", f"{found[0].published:,}",
                all(one.published == COMPLEXES for one in found))
    looks = sum(sum(one.looks.values()) for one in found)
    half = [text for one in found for text in one.half]
    table.holds(f"nobody sees half of it, {title}", f"{looks} looks, {len(half)} saw a part", not half and looks > 0)
    table.shown(f"the call, {title}", of, f"{worst(lambda one: one.call) * 1000:.0f} ms")
    table.at_most(f"all that follows is done, {title}", of, worst(lambda one: one.done), DONE_IN, " s")
    longest = max(found, key=lambda one: one.chunks[2])
    count, mean, _ = longest.chunks
    words = "hold of the writer" if kind == "sqlite" else "transaction"
    table.at_most(f"longest {words} by a chunk, {title}", f"{count} chunks, {mean:.1f} ms on average", longest.chunks[2],
                  HOLD, " ms")
    if kind == "sqlite":
        table.at_most(f"longest hold of the writer by anybody once the call is answered, {title}",
                      f"{longest.writes[0]} commits", worst(lambda one: one.writes[2]), HOLD, " ms")
    else:
        table.shown(f"longest transaction of anybody once the call is answered, with waits for locks, {title}",
                    f"{longest.writes[0]} commits", f"≤ {worst(lambda one: one.writes[2]):.0f} ms")
    slow = max(found, key=lambda one: percentile(one.busy, 99))
    p = lambda values, of: percentile(values, of)
    table.at_most(f"p99 of others' writes meanwhile, {title}",
                  f"{len(slow.busy)} writes, p50 {p(slow.busy, 50):.1f} ms, the slowest {slow.busy[-1]:.0f} ms",
                  p(slow.busy, 99), P99, " ms")
    table.shown(f"p99 of others' writes in the quiet before, {title}",
                f"{len(slow.quiet)} writes, p50 {p(slow.quiet, 50):.1f} ms, the slowest {slow.quiet[-1]:.0f} ms",
                f"{p(slow.quiet, 99):.2f} ms")
    table.shown(f"p50 of others' writes, meanwhile : in the quiet, {title}",
                f"{p(slow.busy, 50):.1f} ms : {p(slow.quiet, 50):.1f} ms", f"{p(slow.busy, 50) / p(slow.quiet, 50):.2f}")
    failed = [text for one in found for text in one.failed]
    table.holds(f"no write of others failed, {title}", f"{len(failed)} failed", not failed)
