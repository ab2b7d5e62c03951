"""Lists that targets keep as well: what is asked of them, and what is said when somebody is erased."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen

from briefingkit.errors import IntegrationError, MissingExtra, RegistrationError
from briefingkit.model import Briefing, Programme, structure
from briefingkit.publish import Identity, Remote, Resource
from briefingkit.registrations.connected import Connected
from briefingkit.registrations.mirroring import Kept, Mirror, Mirrored
from briefingkit.registrations.personal_data import PersonalData
from briefingkit.registrations.registration import Registration
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.store import open_ledger

AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
HELD = {Identity("wall", "night-buses"): Remote(Resource("wall", "night-buses", "night-buses", {}), "1")}


def briefing(identifier: str = "night-buses") -> Briefing:
    return structure(
        {
            "briefing": identifier,
            "namespace": "example.org",
            "languages": ["en"],
            "title": "Night buses",
            "status": "confirmed",
            "start": "2027-03-10T15:00",
            "end": "2027-03-10T16:00",
            "timezone": "Europe/Brussels",
            "registration": {
                "fields": ["name", "email"],
                "consent": {"key": "gdpr", "text": {"en": "Yes"}, "retention": "30d"},
            },
        }
    )


@frozen
class Wall:
    """A target on which names are written, which may be out of reach."""

    names: list[str]
    reached: bool = True

    def mirror(
        self,
        briefing: Briefing,
        programme: Programme,
        held: Mapping[Identity, Remote],
        registrations: Iterable[Registration],
    ) -> Mirrored:
        assert programme.briefings[briefing.identifier] == briefing
        assert held == HELD
        if not self.reached:
            raise IntegrationError("the wall is out of reach")
        before = len(self.names)
        self.names[:] = [str(each.answers["name"]) for each in registrations]
        return Mirrored("the wall", removed=max(before - len(self.names), 0), untouched=len(self.names))


@frozen
class Project:
    """The targets of a project, and the ledger's file."""

    folder: Path
    targets: Mapping[str, Any]
    held: Mapping[Identity, Remote]

    def connections(self, protocol: type, _briefing: str | None = None, /) -> list[Connected]:
        assert protocol is Mirror
        return [Connected(name, each, self.held) for name, each in self.targets.items()]

    def roll(self) -> RegistrationList:
        held = briefing()
        ledger = open_ledger(str(self.folder / "ledger.db"))
        return RegistrationList(
            held, Programme([held]), ledger, clock=lambda: AT, connections=self.connections
        )

    def data(self, *briefings: Briefing, later: timedelta = timedelta()) -> PersonalData:
        ledger = open_ledger(str(self.folder / "ledger.db"))
        programme = Programme(briefings)
        return PersonalData(programme, ledger, clock=lambda: AT + later, connections=self.connections)


@pytest.fixture
def wall() -> Wall:
    return Wall([])


@pytest.fixture
def project(tmp_path: Path, wall: Wall) -> Project:
    made = Project(tmp_path, {"wall": wall}, HELD)
    with made.roll() as roll:
        roll.add({"name": "Ada", "email": "ada@example.org"})
        roll.add({"name": "Bo", "email": "bo@example.org"})
        roll.mirror()
    return made


def test_each_target_is_given_the_list_in_its_order(project: Project, wall: Wall) -> None:
    assert wall.names == ["Ada", "Bo"]
    other = Wall([])
    with evolve(project, targets={"wall": wall, "other": other}).roll() as roll:
        roll.cancel("ada@example.org")
        [kept] = roll.mirror(["other"])
    assert (kept.target, other.names) == ("other", ["Ada", "Bo"])


def test_one_that_is_out_of_reach_stops_no_other(project: Project, wall: Wall) -> None:
    targets = {"far": Wall([], reached=False), "wall": wall}
    with evolve(project, targets=targets).roll() as roll:
        far, near = roll.mirror()
    assert (far.error, far.mirrored) == ("the wall is out of reach", None)
    assert near.mirrored == Mirrored("the wall", untouched=2)


def test_a_target_that_keeps_none_is_named(project: Project) -> None:
    with project.roll() as roll, pytest.raises(RegistrationError, match="there are: wall"):
        roll.mirror(["site"])


def test_who_is_erased_goes_everywhere(project: Project, wall: Wall) -> None:
    with project.roll() as roll:
        erased = roll.erase("ada@example.org")
    assert wall.names == ["Bo"]
    assert erased.kept == (Kept("night-buses", "wall", Mirrored("the wall", removed=1, untouched=1)),)
    with project.data(briefing(), briefing("other")) as data:
        erased = data.erase("bo@example.org")
    assert wall.names == []
    assert [kept.briefing for kept in erased.kept] == ["night-buses"]


def test_a_copy_that_cannot_be_reached_is_named_with_the_command_that_takes_it_away(
    project: Project, wall: Wall
) -> None:
    with evolve(project, targets={"wall": evolve(wall, reached=False)}).roll() as roll:
        [kept] = roll.erase("ada@example.org").kept
        assert [each.number for each in roll.list()] == [2]
    assert kept.error == "the wall is out of reach"
    assert kept.command == "briefingkit registrations mirror night-buses --target wall"
    assert wall.names == ["Ada", "Bo"]


def test_a_place_that_was_never_made_holds_no_copy(project: Project) -> None:
    far = {"wall": Wall([], reached=False)}
    with evolve(project, targets=far, held={}).roll() as roll:
        assert roll.erase("ada@example.org").kept == ()


def test_targets_that_cannot_be_loaded_keep_nobody_from_being_erased(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> list[Connected]:
        raise MissingExtra("a package is not installed")

    monkeypatch.setattr(Project, "connections", missing)
    with project.data(briefing()) as data:
        [kept] = data.erase("ada@example.org").kept
    assert kept.error == "the targets cannot be loaded: a package is not installed"
    assert kept.command == "briefingkit registrations mirror night-buses"


def test_a_list_that_expires_is_emptied_everywhere(project: Project, wall: Wall) -> None:
    with project.data(briefing(), later=timedelta(days=60)) as data:
        gone = data.expire()
    assert gone == {"night-buses": 2}
    assert [kept.error for kept in gone.kept] == [None]
    assert wall.names == []


def test_of_a_briefing_that_is_gone_it_is_said_what_takes_its_list_away(project: Project) -> None:
    with project.data() as data:
        [kept] = data.erase("ada@example.org").kept
    assert kept.error is not None
    assert "gone from the project" in kept.error


def test_nobody_is_shown_in_what_is_represented(project: Project) -> None:
    with project.roll() as roll:
        assert "Ada" not in repr(roll.erase("ada@example.org"))
