from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from briefingkit.model import Publication
from briefingkit.rendering.calendar_text import Block
from briefingkit.testing.strategies import LANGUAGES, publications, words
from briefingkit_google.calendar.description import LONGEST, Section, describe

from .projecting import briefing, context, projected, target

BLOCKS = st.lists(
    st.builds(Block, st.none() | words(), st.lists(words(200), min_size=1, max_size=5).map(tuple)), max_size=6
).map(tuple)
SECTIONS = st.lists(st.builds(Section, st.sampled_from(LANGUAGES), BLOCKS, st.none() | words()), max_size=3)


class Seen(HTMLParser):
    """Collect the tags, their attributes, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(html: str | None) -> Seen:
    parser = Seen()
    parser.feed(html or "")
    parser.close()
    return parser


@given(publications(), st.sampled_from(["by-language", "stacked"]))
def test_a_description_has_no_tags_but_ours(publication: Publication, layout: str) -> None:
    settings = target(calendar="all@group.calendar.google.com", layout=layout, agenda="events")
    for resource in settings.desired([publication], context()):
        found = seen(resource.fields["description"])
        assert found.tags <= {"b", "br", "a"}
        for name, value in found.attributes:
            assert name == "href"
            assert str(value).startswith(("https://", "http://"))


@given(SECTIONS, st.integers(60, 3000))
def test_a_description_fits_or_has_nothing_left_to_take(sections: list[Section], longest: int) -> None:
    described = describe(sections, longest)
    headings = sum(
        len(each.heading or "") + sum(len(b.heading or "") + 60 for b in each.blocks) for each in sections
    )
    too_long = len((described.html or "").encode("utf-16-le")) // 2 > longest
    assert not too_long or headings * 6 > longest
    assert bool(described.cut) or describe(sections, 10**9).html == described.html


@given(SECTIONS)
def test_all_of_a_text_is_told_in_order(sections: list[Section]) -> None:
    """Nothing is lost but what is set in by blanks, and nothing is added but directions."""
    told = "".join(
        part
        for section in sections
        if section.blocks
        for part in (
            section.heading or "",
            *(line for block in section.blocks for line in (block.heading or "", *block.lines)),
        )
    )
    added = dict.fromkeys(map(ord, "\u200f\u2067\u2069 \u00a0\n\r\t"), "")
    shown = seen(describe(sections, 10**9).html).text
    assert "".join(shown.translate(added).split()) == "".join(told.translate(added).split())


def test_a_text_that_is_too_long_loses_its_end_at_a_line_and_says_so() -> None:
    paragraphs = "\n\n".join(f"Paragraph {n} " + "word " * 50 for n in range(60))
    contact = {"name": "Desk", "email": "desk@example.org"}
    event = projected(
        target(page="https://example.org/{briefing}"),
        briefing(background={"en": paragraphs}, contact=contact),
    )["imrf-2022.en"]
    html = str(event.fields["description"])
    assert LONGEST - 600 < len(html) <= LONGEST
    assert "word<br><br>…<br><br><b>Contact</b><br>Desk, desk@example.org<br><br>" in html
    assert html.endswith('<a href="https://example.org/imrf-2022">https://example.org/imrf-2022</a>')
    assert event.notices == (
        "the text is longer than the 8,192 characters that an event holds: cut short is Background (en)",
    )


def test_stacked_languages_are_cut_alike() -> None:
    lines = tuple("word " * 20 for _ in range(60))
    described = describe([Section(language, (Block("H", lines),), "L") for language in ("en", "fr")])
    assert described.cut == ("H (en)", "H (fr)")


def test_lines_from_right_to_left_say_so_and_addresses_do_not() -> None:
    html = describe([Section("ar", (Block("عنوان", ("نص.", "https://example.org/")),))]).html
    assert html == (
        "<b>\u200f\u2067عنوان\u2069</b><br>\u200f\u2067نص.\u2069<br>"
        '<a href="https://example.org/">https://example.org/</a>'
    )


def test_what_is_set_in_stays_set_in() -> None:
    assert describe([Section("en", (Block(None, ("a", "    b")),))]).html == "a<br>\u00a0\u00a0\u00a0\u00a0b"


def test_nothing_to_tell_is_no_description() -> None:
    assert describe([Section("en", ())]).html is None
    assert projected(target(), briefing())["imrf-2022.en"].fields["description"] is None
