"""Templates of a user's own: what they may replace, what they may do, and what they are told when they may not."""

from collections.abc import Callable, Mapping, Sequence
from time import process_time
from typing import Any

import pytest

from briefingkit.errors import RenderError
from briefingkit.mailing.messages.composer import Composer
from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.message import Parts
from briefingkit.mailing.messages.templating import fill
from briefingkit.mailing.people.recipient import Recipient
from briefingkit.rendering.templates import Templates

Make = Callable[..., Edition]


def ann(**fields: Any) -> Recipient:
    return Recipient(**{"address": "ann@example.org", "name": "Ann <b>", **fields})


def growing(step: str) -> str:
    """Put a step into a loop that goes on for long."""
    return "{% set n = namespace(x='xxxxxxxxxx') %}{% for i in range(60) %}" + step + "{% endfor %}"


def parts(make_edition: Make, sources: Mapping[str, str], **fields: Any) -> Parts:
    templates = Templates(sources, "letters")
    return Composer(make_edition("reminder", templates=templates)).message(ann(**fields)).parts


def test_one_block_is_replaced_and_the_rest_stays(make_edition: Make) -> None:
    source = '{% extends "briefingkit/mail.txt.j2" %}{% block greeting %}Good day {{ recipient.name }}!{% endblock %}'
    found = parts(make_edition, {"mail.txt.j2": source})
    assert found.text.startswith("Good day Ann <b>!\n")
    assert "This is a reminder of the event below." in found.text
    assert '<p class="lede"' in (found.html or "")


@pytest.mark.parametrize("part", ["subject", "txt", "html", "css"])
def test_each_part_is_replaced_alone(make_edition: Make, part: str) -> None:
    own = parts(make_edition, {f"mail.{part}.j2": "h1 { color: #010203; }" if part == "css" else "zq"})
    others = parts(make_edition, {})
    told = {
        "subject": own.subject != others.subject,
        "txt": own.text != others.text,
        "html": own.html != others.html,
    }
    assert {name for name, changed in told.items() if changed} == {part if part != "css" else "html"}
    assert part != "css" or "color: #010203" in (own.html or "")


def test_a_mailing_s_own_template_goes_before_its_kind_s_and_that_before_the_general_one(
    make_edition: Make,
) -> None:
    sources = {"mail.subject.j2": "general", "reminder.subject.j2": "kind", "m.subject.j2": "mailing"}
    assert parts(make_edition, sources).subject == "mailing"
    del sources["m.subject.j2"]
    assert parts(make_edition, sources).subject == "kind"
    del sources["reminder.subject.j2"]
    assert parts(make_edition, sources).subject == "general"


@pytest.mark.parametrize(
    ("letter", "key", "order"),
    [
        ("missed", "thanks", ["thanks", "missed", "follow-up", "mail"]),
        ("missed", "follow-up", ["missed", "follow-up", "mail"]),
        ("follow-up", "follow-up", ["follow-up", "mail"]),
        ("withdrawn", "confirmation", ["withdrawn", "confirmation", "mail"]),
        ("withdrawn", "welcome", ["welcome", "withdrawn", "mail"]),
    ],
)
def test_what_some_are_told_in_a_mailing_s_place_has_the_more_particular_template_or_else_the_general_one(
    make_edition: Make, letter: str, key: str, order: Sequence[str]
) -> None:
    names = {"thanks", "missed", "follow-up", "withdrawn", "confirmation", "welcome", "mail"}
    found = []
    while names:
        templates = Templates({f"{name}.subject.j2": name for name in names}, "letters")
        edition = make_edition(letter, mailing={"key": key}, templates=templates)
        said = Composer(edition).message(ann()).parts.subject
        if said not in names:
            break
        found.append(said)
        names.discard(said)
    assert found == order


def test_values_are_escaped_in_html_and_not_in_text(make_edition: Make) -> None:
    found = parts(
        make_edition, {"mail.html.j2": "<p>{{ recipient.name }}</p>", "mail.txt.j2": "{{ recipient.name }}"}
    )
    assert "<p>Ann &lt;b&gt;</p>" in (found.html or "")
    assert found.text == "Ann <b>\n"


@pytest.mark.parametrize("written", ["{{ recipient.name }}", "{{ recipient.name ~ '' }}", "{{ time }}"])
@pytest.mark.parametrize("part", ["txt", "html"])
def test_what_is_not_known_of_somebody_is_written_as_nothing(
    make_edition: Make, part: str, written: str
) -> None:
    found = parts(make_edition, {f"mail.{part}.j2": f"Good day{written}!"}, name="")
    assert "Good day!" in ((found.html or "") if part == "html" else found.text)


def test_fields_of_one_s_own_are_filled_in(make_edition: Make) -> None:
    found = parts(
        make_edition, {"mail.txt.j2": "Table {{ recipient.fields.table }}"}, fields={"table": "9\r\nx"}
    )
    assert found.text == "Table 9 x\n"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("\n\n{{ nothing }}", "letters/mail.txt.j2:3: the template fails: 'nothing' is undefined"),
        ("\n{% for %}", "letters/mail.txt.j2:2: the template fails: Expected an expression"),
        ("{% include '/etc/passwd' %}", "mail.txt.j2:1: the template fails: there is no template /etc/passwd"),
        ("{% include '../../secrets' %}", "there is no template"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ view.__init__.__globals__ }}", "unsafe"),
        ("{{ recipient.name|upper }}", "each recipient's own was changed"),
        ("{{ recipient.name|length }}", "each recipient's own was changed"),
        ("{{ recipient.name[0] }}", "has no element 0"),
        ("{% if recipient.name == 'Ann' %}x{% endif %}", "each recipient's own"),
        ("{{ (recipient.name ~ 'x')|upper }}", "each recipient's own"),
        ("{{ (recipient.name ~ 'x')|truncate(6, true, '') }}", "each recipient's own"),
        ("{{ (recipient.name ~ 'x')|urlencode }}", "each recipient's own"),
        ("{{ recipient.fields.nobody }}", "nobody"),
    ],
)  # fmt: skip
def test_a_template_that_is_wrong_is_an_error_with_its_file_and_line(
    make_edition: Make, source: str, message: str
) -> None:
    with pytest.raises(RenderError) as error:
        parts(make_edition, {"mail.txt.j2": source})
    assert message in str(error.value)
    assert "mail.txt.j2" in str(error.value)


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ range(10 ** 9)|list }}",
        "{{ range(0, -10 ** 30, -1)|length }}",
        "{{ 'x' * 10 ** 9 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ [0] * 10 ** 9 }}",
        "{{ 'x'|center(10 ** 9) }}",
        "{{ 'x'|indent(10 ** 9) }}",
        "{{ 'x'.ljust(10 ** 9) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ '%1000000000d'|format(1) }}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
        "{% include 'mail.txt.j2' %}{% include 'mail.txt.j2' %}",
        "{% for x in [1, 2] recursive %}{{ loop([1, 2]) }}{% endfor %}",
        growing("{% set n.x = n.x ~ n.x %}"),
        growing("{% set n.x = n.x + n.x %}"),
        growing("{% set n.x %}{{ n.x }}{{ n.x }}{% endset %}"),
        growing("{% set n.x = n.x|replace('x', n.x) %}"),
        growing("{% set n.x = n.x.replace('x', n.x) %}"),
        "{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}",
        growing("{% set n.x = [n.x|join, n.x|join] %}"),
        growing("{% set n.x = [n.x, n.x] %}") + "{{ n.x }}",
        "{{ [view.title * 10000] * 100000 }}",
        "{{ ([view.title * 10000] * 100000)|select|join }}",
    ],
)
def test_no_template_runs_for_ever_or_fills_the_memory(make_edition: Make, source: str) -> None:
    start = process_time()
    with pytest.raises(RenderError, match=r"mail\.txt\.j2"):
        parts(make_edition, {"mail.txt.j2": source})
    assert process_time() - start < 8


def test_ordinary_loops_filters_and_macros_are_free_to_use() -> None:
    source = (
        "{% macro line(word) %}{{ loopy * 3 }}{{ word|upper|center(9) }}{% endmacro %}"
        "{% for word in words|sort %}{{ line(word) }}{{ loop.index }}/{{ loop.length }}"
        "{% if not loop.last %}, {% endif %}{% endfor %} {{ words|map('length')|sum }} {{ 7 ** 2 }} "
        "{{ range(3)|join('-') }} {{ 'a' + 'b' ~ 1 }}"
    )
    values = {"words": ["two", "one"], "loopy": "="}
    assert (
        fill(Templates({"x.txt.j2": source}), "x.txt.j2", values)
        == "===   ONE   1/2, ===   TWO   2/2 6 49 0-1-2 ab1"
    )


def test_a_subject_stays_on_one_line(make_edition: Make) -> None:
    with pytest.raises(RenderError, match="one line"):
        parts(make_edition, {"mail.subject.j2": "a\nBcc: x@y.org"})
    found = parts(
        make_edition, {"mail.subject.j2": "Hello {{ recipient.name }}"}, name="a\r\nBcc: victim@example.org"
    )
    assert found.subject == "Hello a Bcc: victim@example.org"


@pytest.mark.parametrize(
    ("html", "message"),
    [
        ("<script>x = '{{ recipient.name }}'</script>", "cannot stand in <script>"),
        ("<style>.a { color: {{ recipient.name }} }</style><p class=a>", "cannot stand in"),
        ("<p style='color: {{ recipient.name }}'>", "cannot stand in style"),
        ("<p onclick='{{ recipient.name }}'>", "cannot stand in onclick"),
        ("<!-- {{ recipient.name }} -->", "cannot stand in a comment"),
        ("<p {{ recipient.name }}=1>", "each recipient's own"),
        ("<p{{ recipient.name }}>", "each recipient's own"),
        ("<a href='{{ recipient.name }}'>", "cannot stand in href like this"),
        ("<a href='{{ recipient.name|urlencode }}'>", "cannot stand in href like this"),
        ("<a href='https://x.org/{{ recipient.name }}'>", "cannot stand in href like this"),
        ("<a href='x{{ recipient.links.edit }}'>", "cannot stand in href like this"),
    ],
)
def test_a_value_stands_only_where_escaping_makes_it_safe(
    make_edition: Make, links: Mapping[str, str], html: str, message: str
) -> None:
    with pytest.raises(RenderError) as error:
        parts(make_edition, {"mail.html.j2": html}, links=links)
    assert message in str(error.value)


def test_a_value_in_an_address_is_encoded_for_it(make_edition: Make) -> None:
    source = '<a href="https://x.org/?n={{ recipient.name|urlencode }}">x</a>'
    html = parts(make_edition, {"mail.html.j2": source}, name='a&b="c" é').html or ""
    assert '<a href="https://x.org/?n=a%26b%3D%22c%22%20%C3%A9">x</a>' in html


def test_nothing_is_loaded_from_a_style_sheet_elsewhere(make_edition: Make) -> None:
    html = '<html><head><link rel="stylesheet" href="file:///etc/passwd"></head><body><p>x</p></body></html>'
    found = parts(make_edition, {"mail.html.j2": html}).html or ""
    assert "<p>x</p>" in found
    assert "passwd" not in found


def test_a_mark_in_the_briefing_s_own_text_is_text(make_edition: Make, publish: Callable[..., Any]) -> None:
    shown = publish(title={"en": "\ue000bK000000000000.0\ue001"})
    with pytest.raises(RenderError, match="each recipient's own"):
        Composer(make_edition(publication=shown)).message(ann())
