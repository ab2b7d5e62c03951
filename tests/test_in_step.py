"""Where nothing can have changed, nothing is read again; in any doubt it is."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError
from briefingkit.in_step import FILE_NAME, Said, Watch, digest_of
from briefingkit.model import Briefing
from briefingkit.publish import Drift, Target
from briefingkit.publish.journal import Journal
from briefingkit.publish.plan import Plan
from briefingkit.store import open_ledger
from briefingkit.store.peek import generations
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.memory import Memory, MemoryServer

SAID = Said({"empty": True}, [(0, [("dim", "Nothing to do.")])])


class Bench(Workbench):
    """A workbench with a ledger in a file, and a watch over it."""

    def __init__(self, folder: Path) -> None:
        self.server = MemoryServer()
        self.ledger = folder / "ledger.sqlite3"
        super().__init__(Memory(self.server, incremental=True), "calendar")
        self.journal = Journal(open_ledger(str(self.ledger)))

    def watch(self, digest: str = "same") -> Watch:
        return Watch(digest, self.ledger, [self.target])

    def settle(self, *briefings: Briefing) -> Plan:
        self.publish(*briefings)
        plan = self.plan(*briefings)
        self.watch().remember(plan, SAID)
        return plan


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_nothing_is_remembered_before_the_first_plan(bench: Bench) -> None:
    assert bench.watch().still() is None


def test_what_a_plan_said_is_said_again_while_nothing_has_changed(bench: Bench) -> None:
    bench.settle(sample_briefing())
    assert bench.watch().still() == Said({"empty": True}, [[0, [["dim", "Nothing to do."]]]])  # type: ignore[list-item]


@pytest.mark.parametrize(
    "change",
    [
        lambda bench: bench.server.edit(bench.server.list()[0].id, start="by hand"),
        lambda bench: bench.server.add("stranger", "event", "x"),
        lambda bench: bench.publish(sample_briefing(hour=9)),
        lambda bench: (bench.ledger.parent / FILE_NAME).write_text("torn", encoding="utf-8"),
        lambda bench: (bench.ledger.parent / FILE_NAME).write_text("[]", encoding="utf-8"),
        lambda bench: (bench.ledger.parent / FILE_NAME).unlink(),
    ],
    ids=["an edit by hand", "a stranger", "another run", "a torn file", "no memory at all", "no file"],
)
def test_whatever_changes_a_plan_is_made(bench: Bench, change: Callable[[Bench], object]) -> None:
    bench.settle(sample_briefing())
    change(bench)
    assert bench.watch().still() is None


def test_other_sources_are_noticed(bench: Bench) -> None:
    bench.settle(sample_briefing())
    assert bench.watch("another").still() is None


def test_a_plan_that_has_something_to_do_is_not_remembered(bench: Bench) -> None:
    bench.watch().remember(bench.plan(sample_briefing()), SAID)
    assert not (bench.ledger.parent / FILE_NAME).exists()


def test_a_plan_that_has_something_to_note_is_not_remembered(bench: Bench) -> None:
    bench.publish(sample_briefing())
    bench.server.edit(bench.server.list()[0].id, start="by hand")
    plan = bench.plan(sample_briefing(), drift=Drift.KEEP)
    assert plan.is_empty
    bench.watch().remember(plan, SAID)
    assert bench.watch().still() is None


def test_a_plan_of_a_part_is_not_remembered(bench: Bench) -> None:
    bench.publish(sample_briefing())
    part = evolve(bench.plan(sample_briefing()), owners=frozenset({"contract-2022"}))
    bench.watch().remember(part, SAID)
    assert bench.watch().still() is None


def test_a_target_that_cannot_tell_is_read_every_time(bench: Bench) -> None:
    bench.settle(sample_briefing())
    for integration in (Memory(bench.server, incremental=False), object()):
        watch = Watch("same", bench.ledger, [Target("calendar", integration)])  # type: ignore[arg-type]
        assert watch.still() is None


def test_a_target_that_is_new_is_read(bench: Bench) -> None:
    bench.settle(sample_briefing())
    more = Watch("same", bench.ledger, [bench.target, Target("second", Memory(MemoryServer(), incremental=True))])
    assert more.still() is None


def test_a_target_out_of_reach_is_left_to_the_plan(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: MemoryServer, _token: str) -> None:
        raise IntegrationError("it cannot be reached")

    bench.settle(sample_briefing())
    monkeypatch.setattr(MemoryServer, "since", fail)
    assert bench.watch().still() is None


def test_a_ledger_is_peeked_at_without_being_made(tmp_path: Path, bench: Bench) -> None:
    assert generations(tmp_path / "none.sqlite3") is None
    assert not (tmp_path / "none.sqlite3").exists()
    (tmp_path / "other").write_text("this is no database, whatever its name says", encoding="utf-8")
    assert generations(tmp_path / "other") is None
    assert generations(bench.ledger) == {}
    bench.publish(sample_briefing())
    assert list(generations(bench.ledger) or ()) == ["calendar"]


def test_a_digest_follows_files_settings_and_programs(tmp_path: Path) -> None:
    file = tmp_path / "briefing.yaml"
    given: Mapping[str, object] = {"files": [file], "settings": ["stop"], "packages": ["briefingkit_files"]}

    def digest(**other: object) -> str:
        return digest_of(**{**given, **other})  # type: ignore[arg-type]

    absent = digest()
    file.write_text("title: a", encoding="utf-8")
    first = digest()
    file.write_text("title: b", encoding="utf-8")
    others = [absent, first, digest(), digest(settings=["keep"]), digest(packages=[]), digest(files=[])]
    assert len(set(others)) == len(others)
    file.write_text("title: a", encoding="utf-8")
    assert digest() == first
    assert digest(packages=["there_is_none"]) == digest(packages=[])
