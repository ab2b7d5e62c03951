from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from briefingkit.model import Publication
from briefingkit.rendering.markdown import markdown
from briefingkit.rendering.view import view
from briefingkit.testing.strategies import publications

LOOSE = MarkdownIt("commonmark", {"html": True}).enable("table")


def _markdown(publication: Publication, language: str) -> str:
    return markdown(view(publication, language)).decode()


def test_a_document_has_one_title_and_facts_as_a_list(imrf: Publication) -> None:
    written = _markdown(imrf, "en")
    assert written.startswith(
        "# Briefing on the road to the International Migration Review Forum (IMRF)\n\n- **"
    )
    assert "- **Date and time:** Wednesday, 13 April 2022, 15:00–16:00 CEST (UTC+2), Brussels\n" in written
    assert "- **Registration:** [Register](<https://forms.example.org/imrf-2022>); " in written
    assert [line for line in written.split("\n") if line.startswith("# ")] == written.split("\n")[:1]


def test_prose_keeps_its_links_and_emphasis(imrf: Publication) -> None:
    written = _markdown(imrf, "en")
    assert (
        "[Global Compact on Refugees](<https://www.unhcr.org/the-global-compact-on-refugees.html>)" in written
    )
    assert "*Marrakech Mayors Declaration*" in written


def test_people_and_questions_stand_under_their_agenda_item(imrf: Publication) -> None:
    written = _markdown(imrf, "en")
    assert (
        "(Presentation)\n  - Monami Maulik, Civil Society Liaison Officer, UN Network on Migration\n"
        in written
    )
    assert "  - Guiding questions:\n    - How is your" in written


def test_a_description_belongs_to_its_item(make: Callable[..., Publication]) -> None:
    agenda = [{"key": "a", "title": "A", "description": "One\n\n- two"}, {"key": "b", "title": "B"}]
    rendered = LOOSE.render(_markdown(make(agenda=agenda), "en"))
    assert "<li>\n<p>A</p>\n<p>One</p>\n<ul>\n<li>two</li>\n</ul>\n</li>\n<li>\n<p>B</p>" in rendered


def test_hostile_text_is_shown_and_not_obeyed(make: Callable[..., Publication]) -> None:
    title = "<script>x</script> [a](javascript:x) ![b](https://example.org/b.png) # c | d"
    rendered = LOOSE.render(_markdown(make(title={"en": title}), "en"))
    heading = rendered.split("\n")[0]
    assert heading == (
        "<h1>&lt;script&gt;x&lt;/script&gt; [a](javascript:x) ![b](https://example.org/b.png) # c | d</h1>"
    )


@given(publications(), st.sampled_from(("en", "fr", "ar")))
def test_a_reader_that_allows_html_finds_none_and_no_picture(publication: Publication, language: str) -> None:
    tokens = LOOSE.parse(_markdown(publication, language))
    inline = [child for token in tokens for child in token.children or ()]
    assert not {token.type for token in (*tokens, *inline)} & {"html_block", "html_inline", "image"}
    assert sum(token.type == "heading_open" and token.tag == "h1" for token in tokens) == 1
    addresses = [str(child.attrs["href"]) for child in inline if child.type == "link_open"]
    assert all(address.startswith(("https://", "http://", "mailto:")) for address in addresses)
