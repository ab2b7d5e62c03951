"""A hundred thousand rows of CSV merged into a list of a hundred thousand, beside a bare insert of what that writes."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lines import Line

__all__ = ["registration_lines"]

_NUMBER = 100_000
_ROUNDS = 3
_FIELDS = ("name", "email", "organization", "position", "country", "language")
_BRIEFING = """\
format: 1
briefing: assembly
languages: [en]
title: Assembly
status: confirmed
start: 2027-03-10T15:00
duration: 1h
timezone: Europe/Brussels
registration: {capacity: 200000, waitlist: true}
"""

# Each in a process of its own: memory is that of the whole process, at its highest.
_MERGE = """
import gc, json, resource, sys
from time import perf_counter
gc.set_threshold(50_000, 20, 20)  # as the command line does
import briefingkit as bk
project = bk.open(sys.argv[1])
with project.registrations("assembly") as roll:
    before = sum(roll.counts().statuses.values())
    start = perf_counter()
    done = roll.import_(sys.argv[2])
    seconds = perf_counter() - start
    after = sum(roll.counts().statuses.values())
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "memory": memory, "before": before, "after": after,
                  "outcomes": dict(done.outcomes), "faulty": done.faulty}))
"""

# What SQLAlchemy Core does with the same rows and nothing else: those that the merge has written, a registration and
# a response for each row of it, ready made, as durable, in transactions as long, into tables that hold the others.
_BARE = """
import gc, json, sys
gc.set_threshold(50_000, 20, 20)
from time import perf_counter
from sqlalchemy import create_engine, event, select
from briefingkit.store.tables import metadata, registrations, responses
def opened(path):
    engine = create_engine("sqlite:///" + path)
    @event.listens_for(engine, "connect")
    def durable(connection, record):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    return engine
with opened(sys.argv[1]).connect() as connection:
    newest = select(responses.c.at).order_by(responses.c.at.desc()).limit(1).scalar_subquery()
    query = {
        registrations: select(registrations).order_by(registrations.c.changed_at, registrations.c.number),
        responses: select(responses).where(responses.c.at == newest),
    }
    rows = {table: [dict(row._mapping) for row in connection.execute(query[table])] for table in query}
before = {registrations: rows[registrations][:-100_000]}
merged = {registrations: rows[registrations][-100_000:], responses: rows[responses]}
engine = opened(sys.argv[2])
metadata.create_all(engine)
def insert(tables):
    for start in range(0, 100_000, 4000):
        with engine.begin() as connection:
            for table, values in tables.items():
                if some := values[start:start + 4000]:
                    connection.execute(table.insert(), some)
insert(before)
start = perf_counter()
insert(merged)
print(json.dumps({"seconds": perf_counter() - start, "rows": [len(each) for each in merged.values()]}))
"""


def _write(path: Path, first: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_FIELDS)
        for number in range(first, first + _NUMBER):
            person = f"Élodie Ngô {number}", f"person.{number}@city{number % 500}.example.org"
            writer.writerow((*person, f"City of {number % 500}", "Adviser", "Belgium", "fr"))


def registration_lines() -> Iterator[Line]:
    """Merge a file whose first half is on the list already, with other answers, and whose second half is new."""
    best: dict[str, Any] = {"seconds": float("inf"), "memory": 0.0}
    bare = float("inf")
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "briefingkit.yaml").write_text(
            "format: 1\nnamespace: bench.example.org\n", encoding="utf-8"
        )
        (folder / "briefing.yaml").write_text(_BRIEFING, encoding="utf-8")
        held, merged = folder / "held.csv", folder / "merged.csv"
        _write(held, 0)
        _write(merged, _NUMBER // 2)
        merged.write_text(merged.read_text(encoding="utf-8").replace("Adviser", "Mayor"), encoding="utf-8")
        for number in range(_ROUNDS):
            for file in (folder / ".briefingkit").glob("ledger*"):
                file.unlink()
            _run(_MERGE, folder, held)
            found = _run(_MERGE, folder, merged)
            peer = _run(_BARE, folder / ".briefingkit" / "ledger.sqlite3", folder / f"bare{number}.db")
            assert peer["rows"] == [_NUMBER, _NUMBER]
            memory = max(best["memory"], found["memory"])
            best = {**min(best, found, key=lambda each: each["seconds"]), "memory": memory}
            bare = min(bare, peer["seconds"])
    yield Line(
        "100,000 rows of CSV merged into 100,000",
        f"{_NUMBER / best['seconds']:,.0f} rows/s",
        f"bare Core insert of what it writes: {_NUMBER / bare:,.0f}/s",
        best["seconds"] / bare,
        3.0,
    )
    right = best["outcomes"] == {"changed": _NUMBER // 2, "new": _NUMBER // 2} and not best["faulty"]
    whole = best["after"] == _NUMBER * 3 // 2
    yield Line(
        "… half of them changes, half new", "yes" if right and whole else str(best), holds=right and whole
    )
    yield Line("… in memory", f"{best['memory']:.0f} MB at most", "200 MB", best["memory"] / 200, 1.0)


def _run(script: str, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
