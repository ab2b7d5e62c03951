import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from briefingkit.errors import RegistrationError
from briefingkit.model import Programme
from briefingkit.registrations.intake import Refusal
from briefingkit.registrations.personal_data import PersonalData
from briefingkit.registrations.registration_list import RegistrationList
from briefingkit.registrations.response import Response
from briefingkit.store import open_ledger

Opened = Callable[..., RegistrationList]
Octets = Callable[[], bytes]
AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
TRACES = (b"zanzibar", b"Quetzalcoatl", b"Tegucigalpa")


def hers(minute: int = 0, id_: str = "form-id-7", **answers: Any) -> Response:
    given = {
        "email": "Zanzibar@example.org",
        "name": "Quetzalcoatl",
        "organization": "Tegucigalpa",
        **answers,
    }
    return Response(id_, "night-buses", "form", AT + timedelta(minutes=minute), "en", given)


def found(octets: bytes) -> list[bytes]:
    return [trace for trace in TRACES if trace.lower() in octets.lower()]


def test_no_octet_of_a_person_is_left_in_the_ledger(opened: Opened, ledger_octets: Octets) -> None:
    roll = opened({"crm": lambda _: 1 / 0})
    others = [
        Response(str(n), "night-buses", "form", AT, None, {"email": f"p{n}@example.org", "name": "x" * 500})
        for n in range(200)
    ]
    roll.receive_all(others[:100])
    roll.receive(hers())
    roll.receive_all(others[100:])
    roll.receive(hers(5, organization="Quetzalcoatl of Tegucigalpa" * 50))
    assert found(ledger_octets()) == list(TRACES)
    erased = roll.erase("ZANZIBAR@example.org")
    assert erased.complete
    assert found(ledger_octets()) == []
    assert roll.counts().erased == {"confirmed": 1}
    assert sum(roll.counts().statuses.values()) == 200


def test_the_copies_elsewhere_are_told(opened: Opened) -> None:
    roll = opened()
    roll.receive(hers())
    roll.add({"email": "bo@example.org", "name": "Bo", "organization": "with zanzibar@EXAMPLE.org"})
    erased = roll.erase("zanzibar@example.org")
    assert [(each.intake, each.id, each.at) for each in erased.copies] == [("form", "form-id-7", AT)]
    assert erased.mentions == (("night-buses", 2),)


def test_an_erased_person_comes_back_by_themselves_and_not_by_an_old_file(
    opened: Opened, tmp_path: Path
) -> None:
    roll = opened()
    (tmp_path / "g.csv").write_text("email,name\nzanzibar@example.org,Quetzalcoatl\n", encoding="utf-8")
    roll.receive(hers())
    roll.erase("zanzibar@example.org")
    assert roll.import_(tmp_path / "g.csv").outcomes == {"erased": 1}
    assert roll.receive(hers()).refusal is Refusal.ERASED
    assert list(roll.list()) == []
    assert roll.receive(hers(60 * 24, "form-id-8")).taken
    assert roll.receive(hers()).refusal is Refusal.ERASED


def test_who_was_never_on_the_list_can_be_kept_off_it(opened: Opened) -> None:
    roll = opened()
    assert roll.erase("zanzibar@example.org").registrations == 0
    assert roll.receive(hers(-60)).refusal is Refusal.ERASED
    assert roll.counts().erased == {}


def test_the_place_of_an_erased_person_goes_to_whoever_waits(opened: Opened) -> None:
    told: list[Any] = []
    roll = opened({"crm": told.append}, capacity=1, waitlist=True)
    roll.receive(hers())
    roll.add({"email": "bo@example.org"})
    roll.erase("#1")
    assert [each.status for each in roll.list()] == ["confirmed"]
    assert [each.kind for each in told[2:]] == ["erased", "promoted"]
    assert told[2].registration is None


def test_marks_of_one_person_on_two_lists_are_not_alike(opened: Opened, tmp_path: Path) -> None:
    roll = opened()
    roll.erase("zanzibar@example.org")
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        data = PersonalData(Programme([]), ledger, clock=lambda: AT)
        with roll.store.writing("another") as writer:
            writer.put(writer.held())
        data.erase("zanzibar@example.org")
        with ledger.reading() as connection:
            marks = connection.exec_driver_sql("SELECT mark FROM suppressions").scalars().all()
    assert len(set(marks)) == 2
    assert not [mark for mark in marks if "zanzibar" in mark]


def test_a_person_is_shown_all_that_is_held_of_them(opened: Opened, tmp_path: Path) -> None:
    roll = opened(consent={"key": "c", "text": "Yes", "retention": "90d"})
    roll.receive(hers())
    roll.receive(hers(5, country="BE"))
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        shown = PersonalData(Programme([]), ledger, clock=lambda: AT).person("ZANZIBAR@example.org")
    (one,) = shown["lists"]
    assert one["briefing"] == "night-buses"
    assert one["kept_until"] == "2027-06-08T15:00:00.000000+00:00"
    assert one["registration"]["answers"]["country"] == "BE"
    assert [each["id"] for each in one["responses"]] == ["form-id-7", "form-id-7"]
    assert json.dumps(shown)


def test_everything_goes_when_its_time_is_over(opened: Opened, tmp_path: Path, ledger_octets: Octets) -> None:
    consent = {"key": "c", "text": "Yes", "retention": "90d"}
    roll = opened(consent=consent)
    roll.receive(hers())
    roll.erase("someone@example.org")
    due = datetime(2027, 6, 8, 15, 0, tzinfo=UTC)
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        # The briefing's own file may be gone by then.
        assert PersonalData(Programme([]), ledger, clock=lambda: due - timedelta(seconds=1)).expire() == {}
        assert PersonalData(Programme([]), ledger, clock=lambda: due).expire() == {"night-buses": 1}
        assert PersonalData(Programme([]), ledger, clock=lambda: due).expire() == {}
    assert found(ledger_octets()) == []
    assert roll.counts().erased == {"confirmed": 1}
    assert roll.counts().taken == 0
    assert roll.receive(hers()).refusal is Refusal.EXPIRED


def test_a_briefing_that_was_moved_keeps_its_list_for_longer(opened: Opened, tmp_path: Path) -> None:
    roll = opened(consent={"key": "c", "text": "Yes", "retention": "90d"})
    roll.receive(hers())
    longer = opened(consent={"key": "c", "text": "Yes", "retention": "900d"}).briefing
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        later = datetime(2027, 12, 1, tzinfo=UTC)
        assert PersonalData(Programme([longer]), ledger, clock=lambda: later).expire() == {}


def test_what_is_no_address_cannot_be_erased(opened: Opened) -> None:
    with pytest.raises(RegistrationError) as caught:
        opened().erase("some secret")
    assert "secret" not in str(caught.value)
