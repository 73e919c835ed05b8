"""Complaints: the cost of an office's everyday lists, of a new complaint and of the deadline check, at 1,000,000 complaints
compared with 10,000.

The example `complaints` (bench/complaints) writes the complaints: three years of them at 600 complexes, the same number each day.
At both sizes one complaint in a hundred is open, from the last weeks. The two sizes are compared side by side, and each list
is requested with a page size that is full at both.
"""

import datetime
import json
import random
import shutil
import sqlite3
import subprocess
import time

from . import data
from .postgres import Postgres
from .ratings import Holds
from .service import TOWNSHIP, Service
from .wrk import Load, measure as measured, median
from .writers import Rows

COMPLEXES = 600
PAGE = 20
# Targets: lists, creations, seconds of a deadline check.
LISTS, CREATE, SWEEP = 1.5, 1.2, 1.0
# Hours of deadline checks that are pending when the service starts. A whole day always includes a midnight, when working days end.
BEHIND = 24


class System:
    """One service on one database with this number of complaints."""

    def __init__(self, binary, filler, folder, kind, complaints, complexes, until):
        self.kind, self.folder, self.complaints = kind, folder, complaints
        folder.mkdir(parents=True)
        self.postgres = self.service = None
        if kind == "sqlite":
            url = f"sqlite:{folder / 'xiaoqu.sqlite'}"
        else:
            self.postgres = Postgres(folder / "pg", ["shared_buffers=1GB", "max_connections=200"]).create().start()
            url = self.postgres.create_database()
        self.rows = Rows(url, self.postgres)
        try:
            self.service = Service(binary, folder, url)
            self.service.start()
            self.register = data.Register(self.service, complexes // 10, complexes)
            self.service.stop()
            self.made = fill(filler, self.service, complaints, "--clock-behind-hours", BEHIND, "--until", until)
            self.office = self.service.token("enforcement_office", division=TOWNSHIP)
            self.desk = self.service.token("social_affairs_office", division=TOWNSHIP)
        except BaseException:
            self.stop()
            raise

    def change(self, sql):
        """Changes rows while the service is stopped."""
        if self.postgres:
            self.postgres.sql(sql)
            return
        db = sqlite3.connect(self.rows.path)
        with db:
            db.execute(sql)
        db.close()

    def total(self, path):
        """Number of rows in a list."""
        return self.service.client(self.office, timeout=60).get(f"{path}&limit=1&with_total=true").expect(200)["total"]

    def load(self, name, lines, connections, token, method="GET"):
        words = f"{self.kind} {name}, {self.complaints:,}"
        return Load(self.folder, words, self.service.port, token, lines, connections, method)

    def stop(self):
        if self.service:
            self.service.stop()
        if self.postgres:
            self.postgres.stop()


def fill(filler, service, complaints, *more):
    """Writes complaints while the service is stopped. Returns the summary of the example."""
    command = [filler, "--complaints", complaints, *more, *service.arguments()]
    done = subprocess.run([str(part) for part in command], cwd=service.folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"the complaints could not be written: {(done.stderr or done.stdout)[-2000:]}")
    # Otherwise the kernel writes gigabytes back half a minute later, during a measurement.
    subprocess.run(["sync"], check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


class Sweeps:
    """Duration of the deadline check, from its own metric."""

    def __init__(self, system):
        self.system = system
        self.now = "strftime('%s', 'now') * 1000000" if system.kind == "sqlite" else "now()"
        hour = {"sqlite": "3600000000", "postgres": "interval '1 hour'"}[system.kind]
        self.hour_ago = f"{self.now} - {hour}"

    def number(self, sql):
        return int(self.system.rows.query(sql)[0][0])

    def waiting(self):
        return self.number(f"SELECT count(*) FROM complaints WHERE next_at <= {self.now}")

    def of(self, work, change=None):
        """Starts the service after changing these rows, and waits until no deadline check is due."""
        service = self.system.service
        service.stop()
        if change:
            self.system.change(change)
        waiting, before = self.waiting(), self.number("SELECT count(*) FROM complaint_cards")
        service.start()
        end = time.time() + 600
        while self.waiting():
            if time.time() > end:
                raise SystemExit("the clock of complaints does not come to an end")
            time.sleep(0.5)
        # The deadline check of the last row ends a little later.
        time.sleep(1.5)
        _, seconds = Holds(service, "xiaoqu_complaint_sweep_seconds").look()
        cards = self.number("SELECT count(*) FROM complaint_cards") - before
        print(f"  sweep at {self.system.complaints:,}, {work}: {waiting:,} complaints, {cards:,} cards, {seconds:.2f} s", flush=True)
        return f"{waiting:,} complaints, {cards:,} cards", seconds

    def of_a_day(self):
        """The deadlines of a day, and then the remaining checks."""
        # Later than every check: 24 months after a complaint is closed.
        far = {"sqlite": "315360000000000", "postgres": "interval '10 years'"}[self.system.kind]
        cards = self.of("deadlines of a day",
                        f"UPDATE complaints SET next_at = next_at + {far} WHERE NOT is_open AND next_at <= {self.now}")
        rest = self.of("closing and erasure of a day",
                       f"UPDATE complaints SET next_at = next_at - {far} WHERE next_at > {self.now} + {far} / 2")
        return cards, rest

    def of_all_open(self):
        """Every open complaint is checked, and none has a consequence."""
        return self.of("every open complaint", f"UPDATE complaints SET next_at = {self.now} WHERE is_open")

    def of_all_late(self):
        """Every open complaint became overdue an hour ago."""
        return self.of("every open complaint late", f"UPDATE complaints SET resolve_due = {self.hour_ago}, next_at = {self.hour_ago}"
                       " WHERE is_open AND state <> 'waiting_for_complainant'")


def ratio(a, b, key):
    """The median of the rounds' ratios. Each round measures both sizes side by side."""
    return median([x[key] / y[key] for x, y in zip(a.results, b.results)])


def lists(systems, small, large, rounds, seconds, table, title):
    asked = {"mine, open": "/v1/complaints?mine=true&open=true", "mine, overdue": "/v1/complaints?mine=true&overdue=true"}
    loads, told = [], {}
    for name, path in asked.items():
        held = {size: system.total(path) for size, system in systems.items()}
        limit = max(1, min(PAGE, *held.values()))
        told[name] = f"{limit} of {held[large]:,} : {limit} of {held[small]:,} rows"
        loads += [(name, size, system.load(f"list {name}", [(f"{path}&limit={limit}", None)], 2, system.office))
                  for size, system in systems.items()]
    # The complexes with the most complaints, so that a page is full at the small size, too.
    held = {size: counted(system) for size, system in systems.items()}
    chosen = {size: sorted(of, key=of.get, reverse=True)[:100] for size, of in held.items()}
    least = {size: min(held[size][id] for id in chosen[size]) for size in systems}
    limit = max(1, min(PAGE, *least.values()))
    told["by complex"] = f"{limit} of {least[large]:,} and more : {limit} of {least[small]:,} and more rows"
    for size, system in systems.items():
        lines = [(f"/v1/complaints?complex_id={id}&limit={limit}", None) for id in chosen[size]]
        loads.append(("by complex", size, system.load("list by complex", lines, 2, system.office)))
    of = measured([load for *_, load in loads], rounds, seconds)
    by = {(name, size): load for name, size, load in loads}
    for name in dict.fromkeys(name for name, *_ in loads):
        a, b = (of[by[name, size].name] for size in (large, small))
        figures = (f"{a['p99']:.2f} ms : {b['p99']:.2f} ms (p50 {a['p50']:.2f} : {b['p50']:.2f}; {told[name]})")
        table.at_most(f"p99 of a list {name}, {title}, {large:,} : {small:,} complaints", figures, ratio(by[name, large], by[name, small], "p99"),
                      LISTS)
    return sum(one["failed"] for one in of.values())


def counted(system):
    """Number of complaints for each complex in the office's township."""
    local = {id for id, *_ in system.register.local()}
    rows = system.rows.query("SELECT complex_id, count(*) FROM complaints WHERE confidentiality = 'open' GROUP BY complex_id")
    return {id: int(count) for id, count in rows if id in local}


CATEGORIES = ["service.cleaning", "service.facilities", "service.lift", "fees.overcharging", "environment.noise",
              "environment.waste", "safety.ebike", "other"]


def creations(system, connections):
    source = random.Random(connections)
    homes = system.register.local()

    def body(at):
        contact = {"name": "王某某", "phone": f"1400{source.randrange(10_000_000):07}", "address": "示范花园 3 号楼 2 单元 1201 室"}
        return {"kind": "complaint", "channel": "phone", "category": source.choice(CATEGORIES),
                "complex_id": source.choice(homes)[0], "location": f"{1 + at % 20} 号楼 2 单元门厅", "contact": contact,
                "description": "楼道和电梯厅的垃圾已经连续三天没有人清理，气味很大，老人和孩子上下楼都要捂着鼻子。请尽快安排人员到场处理。"}

    lines = [("/v1/complaints", body(at)) for at in range(5000)]
    return system.load(f"create {connections}", lines, connections, system.desk, "POST")


def created(systems, small, large, rounds, seconds, table, title):
    by = {(connections, size): creations(system, connections) for connections in (1, 64) for size, system in systems.items()}
    of = measured(list(by.values()), rounds, seconds)
    for connections in (1, 64):
        a, b = (of[by[connections, size].name] for size in (large, small))
        # With a fixed number of callers, the time of a creation follows from their rate.
        figures = (f"{a['rate']:,.0f}/s : {b['rate']:,.0f}/s; p50 {a['p50']:.2f} : {b['p50']:.2f} ms,"
                   f" p99 {a['p99']:.2f} : {b['p99']:.2f} ms")
        words = f"{connections} connection{'s' if connections > 1 else ''}"
        table.at_most(f"time of a new complaint, {title}, {words}, {large:,} : {small:,} complaints", figures,
                      ratio(by[connections, small], by[connections, large], "rate"), CREATE)
    return sum(one["failed"] for one in of.values())


def measure(binary, filler, folder, kind, small, large, complexes, rounds, seconds, table):
    title = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[kind]
    systems = {}
    until = f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    try:
        for size in (small, large):
            systems[size] = System(binary, filler, folder / f"{kind}-{size}", kind, size, complexes, until)
            made = systems[size].made
            print(f"{title}: {size:,} complaints ({made['open']:,} open), {made['steps']:,} steps, {made['sealed']:,} encrypted texts"
                  f" in {made['seconds']:.0f} s", flush=True)
        at = f"{large:,} complaints, {title}"
        days = {size: Sweeps(system).of_a_day() for size, system in systems.items()}
        (figures, taken), (others, longer) = days[large]
        table.at_most(f"sweep of the deadlines of a day, {at}", figures, taken, SWEEP, " s")
        table.shown(f"sweep of a day's replies that nobody answered and persons to erase, {at}", others, f"{longer:.2f} s")
        failed = lists(systems, small, large, rounds + 2, seconds, table, title)
        figures, taken = Sweeps(systems[large]).of_all_open()
        table.at_most(f"sweep of all open complaints, {at}", figures, taken, SWEEP, " s")
        figures, taken = Sweeps(systems[large]).of_all_late()
        table.shown(f"sweep of all open complaints, all late at once, {at}", figures, f"{taken:.2f} s")
        Sweeps(systems[small]).of_all_late()
        failed += created(systems, small, large, rounds + 2, seconds, table, title)
        table.holds(f"no request failed, {title}", f"{failed} failed", failed == 0)
    finally:
        for system in systems.values():
            system.stop()
        shutil.rmtree(folder, ignore_errors=True)
