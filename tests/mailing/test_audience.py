"""Whom a mailing goes to: each person once, in a language that the briefing has, and everybody else counted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from briefingkit.errors import MailingError, RegistrationError
from briefingkit.mailing.people.audience import LeftOut, Member, Selection, participants, registrants, select
from briefingkit.mailing.people.contacts import contacts
from briefingkit.mailing.people.known_people import UNREADABLE, Heard, Omitted, heard
from briefingkit.model import Audience, Briefing, structure
from briefingkit.registrations.files.importing import RowFault
from briefingkit.registrations.registration import Registration, RegistrationStatus

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
LANGUAGES = ("en", "fr", "es")


def audience(**data: Any) -> Audience:
    return briefing(audience=[data]).mailing[0].audience[0]


def briefing(**mailing: Any) -> Briefing:
    return structure(
        {
            "briefing": "night-buses",
            "languages": list(LANGUAGES),
            "title": {"en": "Night buses"},
            "people": {
                "ada": {
                    "name": "Ada",
                    "email": "ada@example.org",
                    "language": "fr",
                    "timezone": "Africa/Dakar",
                    "organization": {"en": "Transit", "fr": "Les transports"},
                },
                "bo": {"name": "Bo", "email": "bo@example.org"},
                "cy": {"name": "Cy", "email": "cy@example.org"},
                "di": {"name": "Di", "email": "di@example.org"},
            },
            "agenda": [
                {
                    "key": "talk",
                    "title": {"en": "Talk"},
                    "participants": [
                        {"person": "ada", "role": "speaker"},
                        {"person": "bo", "role": "interpreter"},
                        {"person": "cy", "role": "speaker", "status": "declined"},
                    ],
                }
            ],
            "mailing": [{"key": "m", "kind": "reminder", "audience": ["registered"], **mailing}],
        }
    )


def registration(
    name: str, number: int, status: RegistrationStatus = RegistrationStatus.CONFIRMED, **answers: Any
) -> Registration:
    given = {"name": name, "email": f"{name}@example.org", **answers}
    person = f"{name}@example.org"
    return Registration(
        "night-buses", person, number, number, status, False, "fr", given, {}, ("",), None, AT, AT
    )


THERE = (
    registration("ada", 1, country="BE", segments=("talk",), meal="veg", certificate=True),
    registration("bo", 2, segments=("walk",), meal="fish", timezone="Asia/Kolkata", language="es"),
    registration("cy", 3, RegistrationStatus.WAITLISTED),
    registration("di", 4, RegistrationStatus.CANCELLED),
    registration("eve", 5, RegistrationStatus.PENDING, timezone="Not/AZone"),
)


def names(members: Iterable[Member]) -> list[str]:
    return [member.name for member in members]


@pytest.mark.parametrize(
    ("asked", "those"),
    [
        ({"group": "registered"}, ["ada", "bo"]),
        ({"group": "waitlisted"}, ["cy"]),
        ({"group": "pending"}, ["eve"]),
        ({"group": "cancelled"}, ["di"]),
        ({"group": "registered", "segments": ["talk"]}, ["ada"]),
        (
            {"group": "registered", "answers": [{"question": "meal", "answers": ["fish", "veg"]}]},
            ["ada", "bo"],
        ),
        ({"group": "registered", "answers": [{"question": "certificate", "answers": ["yes"]}]}, ["ada"]),
        ({"group": "registered", "answers": [{"question": "segments", "answers": ["walk"]}]}, ["bo"]),
        (
            {
                "group": "registered",
                "answers": [
                    {"question": "meal", "answers": ["veg"]},
                    {"question": "country", "answers": ["FR"]},
                ],
            },
            [],
        ),
        ({"group": "attended"}, ["bo", "cy"]),
        ({"group": "absent"}, ["ada"]),
    ],
)
def test_a_group_is_narrowed_by_what_people_chose_and_answered(asked: Any, those: list[str]) -> None:
    found = registrants(audience(**asked), THERE, lambda each: each.answers["name"] in {"bo", "cy"})
    assert names(found) == those


def test_what_a_registrant_said_is_known_of_them() -> None:
    _, bo = registrants(audience(group="registered"), THERE)
    assert (bo.address, bo.language, bo.timezone, bo.number) == ("bo@example.org", "es", "Asia/Kolkata", 2)
    (eve,) = registrants(audience(group="pending"), THERE)
    assert (eve.language, eve.timezone) == ("fr", None)


def test_the_people_of_the_programme_are_those_with_a_part_who_did_not_decline() -> None:
    ada, bo = participants(audience(group="participants"), briefing())
    assert (ada.name, ada.language, ada.timezone, ada.organization, ada.key) == (
        "Ada",
        "fr",
        "Africa/Dakar",
        "Les transports",
        "ada",
    )
    assert bo.language is None
    assert names(participants(audience(group="participants", roles=["interpreter"]), briefing())) == ["Bo"]


def nobody(_people: Sequence[tuple[str, Member]]) -> Mapping[str, str]:
    return {}


def selected(
    *groups: tuple[Audience, Iterable[Member]],
    refused: Callable[[Sequence[tuple[str, Member]]], Mapping[str, str]] = nobody,
) -> tuple[list[Member], Selection]:
    selection = Selection()
    found = [member for _, member in select(groups, LANGUAGES, refused=refused, selection=selection)]
    return found, selection


def test_each_person_is_taken_once_from_the_first_audience_that_has_them() -> None:
    first = (Member("Ada@Example.org", "Ada", "fr"),)
    second = (Member("ada@example.org", "A. Okafor", "es"), Member("bo@example.org", "Bo"))
    found, selection = selected((audience(file="a.csv"), first), (audience(file="b.csv"), second))
    assert names(found) == ["Ada", "Bo"]
    assert selection.left_out == {LeftOut.TWICE: 1}
    assert selection.languages == {"fr": 1, "en": 1}
    assert selection.taken == 2


def test_who_cannot_be_written_to_is_counted_with_the_reason() -> None:
    those = (Member(None, "A"), Member("", "B"), Member("not one", "C"), Member("d@example.org", "D"))
    found, selection = selected((audience(file="a.csv"), those))
    assert names(found) == ["D"]
    assert selection.left_out == {LeftOut.NO_ADDRESS: 2, LeftOut.BAD_ADDRESS: 1}


def test_a_language_that_the_briefing_has_not_becomes_one_that_is_declared_and_then_the_source() -> None:
    those = (
        Member("a@x.org", "A", "fr-BE"),
        Member("b@x.org", "B", "de"),
        Member("c@x.org", "C", None),
    )
    told = audience(
        file="a.csv", assumed={"language": "es", "timezone": "Africa/Dakar", "organization": "City"}
    )
    found, _ = selected((told, those))
    assert [member.language for member in found] == ["fr", "es", "es"]
    assert {(member.timezone, member.organization) for member in found} == {("Africa/Dakar", "City")}
    found, _ = selected((audience(file="a.csv"), those))
    assert [member.language for member in found] == ["fr", "en", "en"]


def test_a_target_that_gives_nonsense_for_a_language_or_a_zone_stops_nobody() -> None:
    told = audience(target="crm", assumed={"language": "fr", "timezone": "Africa/Dakar"})
    found, _ = selected((told, (Member("a@x.org", "A", "klingon!!", "Mars/Base"),)))
    assert [(member.language, member.timezone) for member in found] == [("fr", "Africa/Dakar")]


def test_an_audience_of_some_languages_leaves_out_who_reads_another() -> None:
    those = (Member("a@x.org", "A", "fr"), Member("b@x.org", "B", "es"), Member("c@x.org", "C"))
    found, selection = selected((audience(file="a.csv", languages=["fr", "en"]), those))
    assert names(found) == ["A", "C"]
    assert selection.left_out == {LeftOut.LANGUAGE: 1}


def test_who_must_not_be_written_to_is_asked_for_many_at_once() -> None:
    asked: list[int] = []

    def refused(people: Sequence[tuple[str, Member]]) -> Mapping[str, str]:
        asked.append(len(people))
        return {person: "have unsubscribed" for person, _ in people if person.startswith("7")}

    those = (Member(f"{number}@x.org", str(number)) for number in range(1200))
    found, selection = selected((audience(file="a.csv"), those), refused=refused)
    assert asked == [500, 500, 200]
    assert selection.left_out == {"have unsubscribed": 111}
    assert len(found) == 1200 - 111


# Files, and whatever else knows people

Read = Callable[[str], Iterable[Heard]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def contacts_in(text: str) -> Iterable[Heard]:
        path = tmp_path / "contacts.csv"
        path.write_text(text, encoding="utf-8")
        return contacts(path)

    return contacts_in


def test_a_file_is_read_by_what_its_columns_are_called(read: Read) -> None:
    found = read("Nom;Courriel;Langue;timezone;Organisme\nAda;ada@x.org;FR;Africa/Dakar;Ville\n")
    assert list(found) == [Member("ada@x.org", "Ada", "fr", "Africa/Dakar", "Ville")]


def test_a_language_may_be_called_by_its_name(read: Read) -> None:
    found = read("email,language\na@x.org,Français\nb@x.org,中文\nc@x.org,RUSSE\nd@x.org,de\n")
    assert [each.language for each in found if isinstance(each, Member)] == ["fr", "zh", "ru", "de"]


def test_a_row_that_says_nonsense_stops_no_other_and_is_told(read: Read) -> None:
    selection, faults = Selection(), list[RowFault]()
    found = read("email,name,language,timezone\n,,,\na@x.org,A,français!,Mars/Base\n,,fr,\nb@x.org,B,,\n")
    assert names(heard(found, selection, faults)) == ["A", "B"]
    assert [(fault.row, fault.column) for fault in faults] == [(3, "language"), (3, "timezone"), (4, None)]
    assert selection.left_out == {UNREADABLE: 1}
    assert "Mars" not in str(faults)


def test_a_row_whose_address_is_none_is_told_by_its_number_alone(read: Read) -> None:
    selection, faults = Selection(), list[RowFault]()
    list(heard(read("email,name\na@x.org,A\nnobody (at) x,B\n,C\n"), selection, faults))
    assert faults == [RowFault(3, "email", "this is no e-mail address that can be written to")]


def test_a_formula_without_a_value_is_nobodys_name(read: Read) -> None:
    selection, faults = Selection(), list[RowFault]()
    found = read("email,name\na@x.org,#N/A\nb@x.org,Loading...\nc@x.org,#1 of the league\n")
    assert names(heard(found, selection, faults)) == ["#1 of the league"]
    assert [fault.message for fault in faults] == ["its formula has no value"] * 2
    assert selection.left_out == {UNREADABLE: 2}


def test_of_very_many_bad_rows_all_are_counted_and_a_thousand_told() -> None:
    selection, faults = Selection(), list[RowFault]()
    rows = ((Omitted(UNREADABLE), RowFault(row, None, "no")) for row in range(1500))
    assert list(heard(chain.from_iterable(rows), selection, faults)) == []
    assert len(faults) == 1000
    assert selection.left_out == {UNREADABLE: 1500}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MailingError, match=r"guests\.csv is not there"):
        list(contacts(tmp_path / "guests.csv"))


def test_a_file_without_a_header_that_is_known_is_refused(read: Read) -> None:
    with pytest.raises(RegistrationError, match="let its first row name the columns, such as email,name"):
        list(read("ada@x.org,Ada\n"))
