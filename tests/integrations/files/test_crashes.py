"""A run may die between any two operations on the disk, and within one: the next run ends where an unhurt one would."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from briefingkit.model import Briefing
from briefingkit.publish import Drift
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.memory import Crash
from briefingkit_files import Files
from briefingkit_files.folder import Folder

OPERATIONS = ("make", "write", "replace", "remove", "prune", "settle", "sweep")
BEFORE = [sample_briefing("kept"), sample_briefing("dropped")]
AFTER = [sample_briefing("kept", hour=17), sample_briefing("new")]


class Disk:
    """Counts operations, and dies at one of them: before it, or with half of a file written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.how, self.count, self.dead = -1, "before", 0, False
        for name in OPERATIONS:
            monkeypatch.setattr(Folder, name, self._wrap(name, getattr(Folder, name)))

    def _wrap(self, name: str, operation: Callable[..., None]) -> Callable[..., None]:
        def operate(folder: Folder, *args: str | bytes) -> None:
            if self.dead:
                raise Crash
            self.count += 1
            if self.count != self.at:
                operation(folder, *args)
                return
            self.dead = True
            if self.how == "half" and name == "write":
                where, called, content = args
                assert isinstance(content, bytes)
                operation(folder, where, called, content[: len(content) // 2])
            raise Crash

        return operate

    def die(self, at: int, how: str) -> None:
        self.at, self.how, self.count, self.dead = at, how, 0, False

    def live(self) -> None:
        self.die(-1, "before")


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def published(base: Path, *rounds: list[Briefing]) -> Workbench:
    bench = Workbench(Files("site", base=base, languages=("en",), formats=("html", "ics")))
    for briefings in rounds:
        bench.publish(*briefings)
    return bench


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch, plain_pages: list[str]) -> Disk:  # noqa: ARG001 - asked for what it does
    monkeypatch.setattr(
        "os.fsync", lambda _: None
    )  # it takes most of the time, and nothing loses its power here
    return Disk(monkeypatch)


@pytest.mark.parametrize("how", ["before", "half"])
@pytest.mark.parametrize("first", [True, False], ids=["first run", "later run"])
def test_wherever_a_run_dies_the_next_one_ends_as_if_it_had_not(
    tmp_path: Path, disk: Disk, how: str, *, first: bool
) -> None:
    rounds = [] if first else [BEFORE]
    published(tmp_path / "reference", *rounds, AFTER)
    expected = tree(tmp_path / "reference" / "site")
    at, died = 0, True
    while died:
        at += 3 if how == "half" else 1
        disk.live()
        bench = published(tmp_path / "tried", *rounds)
        plan = bench.plan(*AFTER)
        disk.die(at, how)
        try:
            bench.apply(plan)
            died = False
        except Crash:
            disk.live()
            again = bench.plan(*AFTER)
            assert not [change for each in again.targets for change in each.changes if change.refusal]
            bench.apply(again).raise_for_failed()
            assert bench.plan(*AFTER).is_empty
        assert tree(tmp_path / "tried" / "site") == expected, (at, how)
        shutil.rmtree(tmp_path / "tried")
    assert at > 20


def test_a_page_is_never_half_a_page(tmp_path: Path, disk: Disk) -> None:
    whole: set[bytes] = set()
    for briefings in ([], BEFORE), (BEFORE, AFTER):
        published(tmp_path / "whole", *filter(None, briefings))
        whole |= {content for path, content in tree(tmp_path / "whole").items() if path.endswith(".html")}
        shutil.rmtree(tmp_path / "whole")
    for at in range(1, 40, 2):
        disk.live()
        bench = published(tmp_path / "tried", BEFORE)
        plan = bench.plan(*AFTER)
        disk.die(at, "half")
        with suppress(Crash):
            bench.apply(plan)
        seen = {content for path, content in tree(tmp_path / "tried").items() if path.endswith(".html")}
        assert all(content.endswith(b")") for content in seen)
        shutil.rmtree(tmp_path / "tried")


def test_a_run_that_died_while_restoring_an_edit_leaves_the_edit_or_what_was_chosen(
    tmp_path: Path, disk: Disk
) -> None:
    bench = published(tmp_path, BEFORE)
    page = tmp_path / "site" / "en" / "kept.html"
    was = page.read_bytes()
    ended = set()
    for at in range(1, 12):
        page.write_text("by hand")
        plan = bench.plan(*BEFORE, drift=Drift.RESTORE)
        disk.die(at, "before")
        with suppress(Crash):
            bench.apply(plan)
        disk.live()
        refused = bench.apply(bench.plan(*BEFORE)).counts["refused"]
        assert page.read_bytes() == (b"by hand" if refused else was)
        ended.add(bool(refused))
        bench.publish(*BEFORE, drift=Drift.RESTORE)
        assert page.read_bytes() == was
        assert bench.plan(*BEFORE).is_empty
    assert ended == {True, False}


def test_after_a_crash_and_with_the_ledger_gone_too_all_is_found_again(tmp_path: Path, disk: Disk) -> None:
    for at in range(1, 30, 2):
        disk.live()
        bench = published(tmp_path / "tried", BEFORE)
        plan = bench.plan(*AFTER)
        disk.die(at, "before")
        with pytest.raises(Crash):
            bench.apply(plan)
        disk.live()
        bench.lose_ledger()
        bench.publish(*AFTER)
        assert bench.plan(*AFTER).is_empty
        assert not list((tmp_path / "tried" / "site").rglob("_*"))
        assert not list((tmp_path / "tried" / "site").rglob("dropped*"))
        shutil.rmtree(tmp_path / "tried")
