import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import RenderError
from briefingkit.rendering import prose_text
from briefingkit.rendering.prose import prose_html, safe_address
from briefingkit.rendering.prose_text import escape_markdown, prose_markdown, prose_plain
from briefingkit.testing.strategies import HOSTILE, words

MARKDOWN = st.lists(
    st.one_of(
        words(), st.sampled_from(("# ", "- ", "1. ", "> ", "\n", "\n\n", "**", "`", "|", "[", "](x)", "<b>"))
    ),
    max_size=12,
).map("".join)


def test_markdown_becomes_html_with_its_headings_below_the_pages() -> None:
    assert prose_html("# A\n\n## B\n\n*c* **d**", below=2) == (
        "<h3>A</h3>\n<h4>B</h4>\n<p><em>c</em> <strong>d</strong></p>\n"
    )


def test_no_heading_is_deeper_than_html_has() -> None:
    assert prose_html("##### A", below=4) == "<h6>A</h6>\n"


def test_raw_html_is_text() -> None:
    assert prose_html("a <script>alert(1)</script>") == "<p>a &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
    assert "<div" not in prose_html("<div onclick=x>\n\nb\n\n</div>")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "JaVaScript:x"]
)
def test_an_address_with_another_scheme_is_no_link(address: str) -> None:
    assert "href" not in prose_html(f"[a]({address})")
    assert "](<" not in prose_markdown(f"[a]({address})")


def test_web_and_mail_addresses_are_links() -> None:
    assert 'href="https://example.org/?a=1&amp;b=2"' in prose_html("[a](https://example.org/?a=1&b=2)")
    assert 'href="mailto:a@example.org"' in prose_html("<a@example.org>")


def test_a_picture_is_a_link_for_a_page_makes_no_request() -> None:
    written = prose_html("![map](https://example.org/map.png)")
    assert "<img" not in written
    assert '<a href="https://example.org/map.png">map</a>' in written


def test_a_table_has_no_style_in_its_cells() -> None:
    written = prose_html("| a |\n|--:|\n| 1 |")
    assert "<td>1</td>" in written
    assert "style" not in written


def test_plain_text_keeps_the_text_and_the_address_of_a_link() -> None:
    assert prose_plain("see [the *text*](https://example.org/x)") == "see the text (https://example.org/x)"
    assert prose_plain("<https://example.org>") == "https://example.org"
    assert prose_plain("<a@example.org>") == "a@example.org"


def test_plain_text_keeps_lists_quotes_code_and_tables_readable() -> None:
    source = "3. a\n4. b\n   - c\n\n> q\n\n```\nx <y>\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    assert prose_plain(source) == "3. a\n4. b\n   - c\n\n> q\n\n    x <y>\n\na | b\n1 | 2"


@given(st.text(alphabet="aZé文 .,-+=:;)(19\u00a0\u2028|*_#&<", max_size=20), st.integers(10, 40))
def test_a_line_without_markup_is_read_as_the_parser_reads_it(line: str, width: int) -> None:
    assert prose_plain(line, width=width) == prose_plain(f"{line}\n", width=width)


def test_a_line_without_markup_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prose_text, "parse", None)
    assert prose_plain("What an event says of itself, in a line (or two).", width=30) == (
        "What an event says of itself,\nin a line (or two)."
    )


def test_markdown_is_written_again_without_html_and_below_the_pages_headings() -> None:
    source = "# A\n\n<b>x</b> [l](https://example.org) `c` **d**\n\n- e"
    assert prose_markdown(source) == ("### A\n\n\\<b\\>x\\</b\\> [l](<https://example.org>) `c` **d**\n\n- e")


@given(MARKDOWN)
def test_markdown_written_again_says_the_same_but_for_stars_in_odd_places(source: str) -> None:
    once = prose_markdown(source, below=0)
    assert _said(prose_plain(once)) == _said(prose_plain(source))


def _said(text: str) -> str:
    return " ".join(text.replace("*", "").split())


@given(words())
def test_escaped_text_is_shown_as_it_was_written(text: str) -> None:
    assert " ".join(prose_plain(escape_markdown(text), width=10**6).split()) == " ".join(text.split())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    assert "<a" not in prose_html(escape_markdown(text))
    assert "<img" not in prose_html(text)
    assert "<script" not in prose_html(text)


@pytest.mark.parametrize(
    "address", ["javascript:x", "//example.org", "x", "https://a b", "https://a\nb", "\ufdd0x"]
)
def test_an_address_that_no_link_may_have_is_refused(address: str) -> None:
    with pytest.raises(RenderError, match="no address for a link"):
        safe_address(address)
