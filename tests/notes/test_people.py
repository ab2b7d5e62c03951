import pytest

from briefingkit.notes.inline import Passage
from briefingkit.notes.people import PersonReading, read_people
from briefingkit.notes.register import Register
from briefingkit.notes.value import Confidence


def read(text: str, role: str = "speaker") -> list[PersonReading]:
    return list(read_people(Passage(text, range(len(text))), role))


@pytest.mark.parametrize(
    ("text", "name", "position", "organization"),
    [
        (
            "Monami Maulik, Civil Society Liaison Officer, UN Network on Migration",
            "Monami Maulik",
            "Civil Society Liaison Officer",
            "UN Network on Migration",
        ),
        ("Awa Diop (Réseau des villes)", "Awa Diop", "", "Réseau des villes"),
        (
            "Sophie van Haasen – Coordinator, Mayors Mechanism",
            "Sophie van Haasen",
            "Coordinator",
            "Mayors Mechanism",
        ),
        ("Fátima Haddad, conductora de autobús", "Fátima Haddad", "conductora de autobús", ""),
        ("H.E. Ms. Ana Ruiz, Minister of Housing", "H.E. Ms. Ana Ruiz", "Minister of Housing", ""),
    ],
)
def test_a_line_is_taken_apart(text: str, name: str, position: str, organization: str) -> None:
    (person,) = read(text)
    assert (person.name, person.position, person.organization) == (name, position, organization)


def test_name_position_and_organisation_are_sure() -> None:
    assert read("Ana Ruiz, Director, City of Lima")[0].confidence is Confidence.HIGH


def test_a_surname_before_the_given_name_is_a_doubt_with_the_other_reading() -> None:
    (person,) = read("Prof. Smith, John, University of X")
    assert person.confidence is Confidence.LOW
    assert person.organization == "University of X"
    assert person.alternatives == ("John Smith",)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Moderator: Tom Baker (Walk21)", "moderator"),
        ("Modératrice : Awa Diop (RVA)", "moderator"),
        ("Panelistas: Ana Ruiz (X); Eva Gil (Y)", "panellist"),
        ("Speaker: Ana Ruiz, Mayor", "speaker"),
    ],
)
def test_a_label_gives_the_role(text: str, role: str) -> None:
    assert {each.role for each in read(text)} == {role}


@pytest.mark.parametrize(
    "text",
    ["Speaker TBC", "tbc", "Intervenant à confirmer", "Moderador: por confirmar", "Speaker to be announced"],
)
def test_a_part_that_nobody_fills_is_to_be_confirmed(text: str) -> None:
    (part,) = read(text)
    assert (part.name, part.status) == ("", "tbc")


def test_a_named_person_may_be_to_be_confirmed() -> None:
    (person,) = read("Inès Costa, Mayor, City of Lyon (tbc)")
    assert (person.name, person.status, person.organization) == ("Inès Costa", "tbc", "City of Lyon")


@pytest.mark.parametrize(
    "text",
    [
        "Site visit",
        "How do we pay for it?",
        "The mayors will tell what they did, and how.",
        "Open discussion",
    ],
)
def test_words_that_are_no_person_are_left_alone(text: str) -> None:
    assert read(text) == []


def test_several_people_on_a_line_are_several() -> None:
    assert [each.name for each in read("Ngozi Eze (Lagos Lab), Per Lund (Oslo)")] == ["Ngozi Eze", "Per Lund"]
    assert [each.name for each in read("Ana Ruiz and Per Lund")] == ["Ana Ruiz", "Per Lund"]


def test_a_person_named_twice_is_entered_once() -> None:
    register = Register()
    first = register.enter(read("Ana Ruiz")[0])
    second = register.enter(read("Ana Ruiz, Director, City of Lima")[0])
    assert first == second == "ruiz"
    assert register.people == {
        "ruiz": {"name": "Ana Ruiz", "position": "Director", "organization": "City of Lima"}
    }


def test_two_people_of_one_surname_have_two_keys() -> None:
    register = Register()
    assert [register.enter(read(name)[0]) for name in ("Ana Ruiz", "Eva Ruiz")] == ["ruiz", "ruiz-2"]
