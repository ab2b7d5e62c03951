"""Where nothing can have changed, nothing is read again; in any doubt it is."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError
from briefingkit.in_step import FILE_NAME, Said, Sources, Watch, glance
from briefingkit.model import Briefing
from briefingkit.publish import Drift, Target
from briefingkit.publish.journal import Journal
from briefingkit.publish.plan import Plan
from briefingkit.store import open_ledger
from briefingkit.store.peek import generations
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.memory import Memory, MemoryServer

SOURCES = Sources("briefingkit.yaml", (".",), ("COLOUR",), ("briefingkit_files",), "stop")
SAID = Said({"empty": True}, [(0, [("dim", "Nothing to do.")])])


class Bench(Workbench):
    """A workbench with a ledger in a file, and a watch over it."""

    def __init__(self, folder: Path) -> None:
        self.server = MemoryServer()
        self.ledger = folder / "ledger.sqlite3"
        super().__init__(Memory(self.server, incremental=True), "calendar")
        self.journal = Journal(open_ledger(str(self.ledger)))

    def watch(self, digest: str = "same") -> Watch:
        return Watch(SOURCES, digest, self.ledger, [self.target])

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
    assert bench.watch().still() == Said({"empty": True}, [[0, [["dim", "Nothing to do."]]]])


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
        watch = Watch(SOURCES, "same", bench.ledger, [Target("calendar", integration)])
        assert watch.still() is None


def test_a_target_that_is_new_is_read(bench: Bench) -> None:
    bench.settle(sample_briefing())
    second = Target("second", Memory(MemoryServer(), incremental=True))
    more = Watch(SOURCES, "same", bench.ledger, [bench.target, second])
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


def test_a_digest_follows_files_settings_variables_and_programs(tmp_path: Path) -> None:
    def digest(environment: Mapping[str, str] | None = None, **other: Any) -> str:
        return evolve(SOURCES, **other).digest(tmp_path, environment or {})

    seen = [digest()]
    for name, text in (
        ("briefingkit.yaml", "format: 1"),
        ("briefingkit.yaml", "format: 1 "),
        ("night/briefing.yaml", "title: a"),
        ("night/briefing.yaml", "title: b"),
        ("day.briefing.yaml", "title: a"),
        ("night/translations/fr.po", "one"),
        ("night/translations/fr.po", "two"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
        seen.append(digest())
    seen += [
        digest({"COLOUR": "red"}),
        digest(drift="keep"),
        digest(packages=()),
        digest(patterns=("night",)),
    ]
    assert len(set(seen)) == len(seen)
    assert digest(packages=("there_is_none", "briefingkit_files")) != digest()
    assert digest({"OTHER": "red"}) == digest()
    (tmp_path / "notes.txt").write_text("not read", encoding="utf-8")
    assert digest() == seen[7]


def test_a_digest_is_the_same_from_wherever_the_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "briefing.yaml").write_text("title: a", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert SOURCES.digest(Path(), {}) == SOURCES.digest(tmp_path, {})


class Lookout:
    """A target's lookout: notes what it is asked, and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.answer: Any = True

    def __call__(self, *about: object) -> Any:
        self.asked.append(about)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def lookout(monkeypatch: pytest.MonkeyPatch) -> Lookout:
    found, module = Lookout(), ModuleType("lookouts")
    module.look = found
    monkeypatch.setitem(sys.modules, "lookouts", module)
    monkeypatch.setattr(Memory, "lookout", "lookouts:look", raising=False)
    return found


@pytest.fixture
def settled(bench: Bench, lookout: Lookout, tmp_path: Path) -> Callable[..., Said | None]:
    """Remember that all is in step, and give what glances at it."""
    assert lookout.answer
    (tmp_path / "briefing.yaml").write_text("title: a", encoding="utf-8")
    bench.publish(sample_briefing())
    digest = SOURCES.digest(tmp_path, {})
    settings = {"calendar": {"url": "https://x.example", "password": "${WORD}"}}
    watch = Watch(SOURCES, digest, bench.ledger, [bench.target], settings)
    watch.remember(bench.plan(sample_briefing()), SAID)

    def look(drift: str = "stop", name: str = "briefingkit.yaml", **environment: str) -> Said | None:
        return glance(tmp_path / name, bench.ledger, drift, {"WORD": "hidden", **environment}).said

    return look


def test_a_glance_says_the_same_without_opening_the_project(
    settled: Callable[..., Said | None], lookout: Lookout, tmp_path: Path
) -> None:
    said = settled()
    assert said is not None
    assert said.report == SAID.report
    ((settings, folder, cursor),) = lookout.asked
    assert settings == {"url": "https://x.example", "password": "hidden"}
    assert (folder, cursor) == (tmp_path, "4")


def test_no_secret_is_remembered(settled: Callable[..., Said | None], tmp_path: Path) -> None:
    assert settled() is not None
    assert "hidden" not in (tmp_path / FILE_NAME).read_text(encoding="utf-8")


def test_a_glance_says_nothing_in_doubt(
    settled: Callable[..., Said | None], lookout: Lookout, tmp_path: Path, bench: Bench
) -> None:
    assert settled(drift="keep") is None
    assert settled(name="other.yaml") is None
    assert settled(COLOUR="red") is None
    for answer in (False, None, IntegrationError("out of reach"), ValueError("what?"), OSError("gone")):
        lookout.answer = answer
        assert settled() is None
    lookout.answer = True
    assert settled() is not None
    (tmp_path / "briefing.yaml").write_text("title: b", encoding="utf-8")
    assert settled() is None
    (tmp_path / "briefing.yaml").write_text("title: a", encoding="utf-8")
    bench.publish(sample_briefing(hour=9))
    assert settled() is None


def test_what_a_glance_has_digested_in_vain_is_taken_over_for_the_same_sources_alone(
    settled: Callable[..., Said | None], tmp_path: Path, bench: Bench
) -> None:
    assert settled() is not None
    (tmp_path / "briefing.yaml").write_text("title: b", encoding="utf-8")
    seen = glance(tmp_path / "briefingkit.yaml", bench.ledger, "stop", {"WORD": "hidden"})
    assert seen.digest_of(SOURCES) == SOURCES.digest(tmp_path, {})
    assert seen.digest_of(evolve(SOURCES, drift="keep")) is None
    assert glance(tmp_path / "other.yaml", bench.ledger, "stop", {}).digest_of(SOURCES) is None


def test_a_glance_says_nothing_where_a_variable_is_missing(
    settled: Callable[..., Said | None], bench: Bench, tmp_path: Path
) -> None:
    assert settled() is not None
    assert glance(tmp_path / "briefingkit.yaml", bench.ledger, "stop", {}).said is None


def test_a_glance_says_nothing_where_a_target_has_no_lookout(
    settled: Callable[..., Said | None], bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settled() is not None
    monkeypatch.delattr(Memory, "lookout")
    digest = SOURCES.digest(tmp_path, {})
    Watch(SOURCES, digest, bench.ledger, [bench.target]).remember(bench.plan(sample_briefing()), SAID)
    assert settled() is None


def test_a_glance_says_nothing_of_what_is_not_remembered(tmp_path: Path) -> None:
    assert glance(tmp_path / "briefingkit.yaml", tmp_path / "ledger.sqlite3", "stop", {}).said is None
