from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from briefingkit.model import Publication
from briefingkit.rendering.plain import text
from briefingkit.rendering.view import view
from briefingkit.rendering.wrapping import WIDTH, columns
from briefingkit.testing.strategies import publications


def _text(publication: Publication, language: str) -> str:
    return text(view(publication, language)).decode()


def test_a_text_says_when_and_where_to_register(imrf: Publication) -> None:
    written = _text(imrf, "en")
    assert "Date and time: Wednesday, 13 April 2022, 15:00–16:00 CEST (UTC+2), Brussels" in written.replace(
        "\n  ", " "
    )
    assert "Online: The address is sent to those who register\n" in written
    assert "\n  https://forms.example.org/imrf-2022\n" in written
    assert "Interpretation: English, French and Spanish\n" in written


def test_headings_are_underlined_to_their_width(imrf: Publication) -> None:
    assert "\nObjectives\n----------\n" in _text(imrf, "en")
    assert "\n背景\n----\n" in _text(imrf, "zh")


def test_an_agenda_item_holds_its_people_and_questions(imrf: Publication) -> None:
    written = _text(imrf, "en")
    assert "- 15:05–15:30 The road to the International Migration Review Forum\n  (Presentation)\n" in written
    assert "  - Monami Maulik, Civil Society Liaison Officer, UN Network on\n    Migration\n" in written
    assert "  - Moderator (to be confirmed)\n" in written
    assert (
        "  - Guiding questions:\n    - How is your local or regional government acting on migration?\n"
        in written
    )


def test_a_label_takes_its_colon_as_the_language_does(imrf: Publication) -> None:
    assert "En ligne\u00a0: " in _text(imrf, "fr")


def test_names_in_another_script_are_isolated(imrf: Publication) -> None:
    assert "\u2068Monami Maulik\u2069، " in _text(imrf, "ar")


def test_a_text_that_fell_back_says_so_above_itself(make: Callable[..., Publication]) -> None:
    written = _text(make(background={"en": "Only English"}), "fr")
    assert "Ce texte n’est pas disponible" in written
    assert written.index("Ce texte") < written.index("Only English")


def test_a_cancelled_event_says_so_below_its_title(make: Callable[..., Publication]) -> None:
    written = _text(make(status="cancelled"), "en")
    assert "\n\nCancelled. This event has been cancelled.\n" in written
    assert "https://forms.example.org" not in written


def test_several_days_have_a_heading_each(make: Callable[..., Publication]) -> None:
    agenda = [
        {
            "key": "a",
            "title": "A",
            "start": "10:00",
            "day": "2022-04-11",
            "duration": "1h",
            "description": "*First*",
        },
        {"key": "b", "title": "B", "start": "09:00", "day": "2022-04-12"},
    ]
    written = _text(make(start="2022-04-11", end="2022-04-13", agenda=agenda), "en")
    assert "Monday, 11 April 2022\n\n- 10:00–11:00 A\n\n  First\n\nTuesday, 12 April 2022\n" in written


@given(publications(), st.sampled_from(("en", "fr", "ar", "zh")))
def test_no_control_stands_in_a_text_and_lines_fit_unless_they_cannot(
    publication: Publication, language: str
) -> None:
    written = _text(publication, language)
    assert all(character == "\n" or ord(character) >= 32 for character in written)
    assert not set("\u202a\u202b\u202d\u202e") & set(written)
    for line in written.split("\n"):
        assert (
            columns(line) <= WIDTH
            or " " not in line.strip(" -0123456789.>|")
            or line.startswith(("    ", "  "))
        )
