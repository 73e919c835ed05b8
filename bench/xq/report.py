"""Prints tables and verdicts, and writes them to a section of a page in docs/."""

import datetime
import os
import sys
from pathlib import Path

from .service import ROOT, run


def machine():
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), "unknown processor")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    kernel = os.uname()
    return f"{os.cpu_count()} processors ({model}), {memory:.0f} GiB, {kernel.sysname} {kernel.release}"


def heading():
    commit = run("git", "-C", ROOT, "rev-parse", "--short", "HEAD").strip()
    changed = run("git", "-C", ROOT, "status", "--porcelain", "--untracked-files=no", "src", "Cargo.toml").strip()
    command = " ".join([str(Path(sys.argv[0]).resolve().relative_to(ROOT)), *sys.argv[1:]])
    now = datetime.datetime.now(datetime.timezone.utc)
    # Lines of at most 100 columns, as .ci/markdown/check wants them.
    return [f"`{command}`,",
            f"{now:%Y-%m-%d %H:%M} UTC, commit `{commit}`{' with changes' if changed else ''}.",
            f"Machine: {machine()};",
            "the load generator shares it with the servers.", ""]


class Table:
    """Rows with work, figures, target and verdict."""

    def __init__(self):
        self.rows = []

    def at_least(self, work, figures, ratio, target):
        self.rows.append((work, figures, f"{ratio:.2f}", f"≥ {target}", ratio >= target))

    def at_most(self, work, figures, value, target, unit=""):
        self.rows.append((work, figures, f"{value:.2f}{unit}", f"≤ {target}{unit}", value <= target))

    def holds(self, work, figures, holds):
        self.rows.append((work, figures, "yes" if holds else "NO", "yes", holds))

    def shown(self, work, figures, value):
        self.rows.append((work, figures, value, "", None))

    def passed(self):
        return all(row[4] is not False for row in self.rows)

    def markdown(self):
        verdict = {True: "reached", False: "**not reached**", None: ""}
        lines = ["| work | figures | result | target | verdict |", "|---|---|---|---|---|"]
        lines += [f"| {work} | {figures} | {value} | {target} | {verdict[holds]} |"
                  for work, figures, value, target, holds in self.rows]
        return lines


def write_section(page, name, lines):
    """Writes lines between the markers of a section. Text outside them is written by people."""
    path = ROOT / "docs" / page
    begin, end = f"<!-- {name}: written by the program -->", f"<!-- {name}: end -->"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    section = "\n".join([begin, *lines, end])
    if begin in text:
        before, rest = text.split(begin, 1)
        text = before + section + rest.split(end, 1)[1]
    else:
        text = text.rstrip("\n") + f"\n\n{section}\n"
    path.write_text(text.lstrip("\n"), encoding="utf-8")


def finish(page, name, table, notes=(), write=True):
    """Prints and writes the report. Returns exit code 0 if every target was reached."""
    lines = [*heading(), *table.markdown(), *([""] if notes else []), *notes]
    print("\n" + "\n".join(lines))
    if write:
        write_section(page, name, lines)
        print(f"\nwritten to docs/{page}")
    sys.exit(0 if table.passed() else 1)
