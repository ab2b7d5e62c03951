import pytest

from briefingkit.errors import RenderError
from briefingkit.model import Publication
from briefingkit.rendering.html import html
from briefingkit.rendering.templates import Templates, template_digest
from briefingkit.rendering.view import view


def _page(publication: Publication, **sources: str) -> str:
    named = {f"{name}.html.j2": source for name, source in sources.items()}
    return html(view(publication, "fr"), templates=Templates(named, folder="ours")).decode()


def test_a_users_template_takes_the_place_of_the_packages(imrf: Publication) -> None:
    assert _page(imrf, page="{{ view.identifier }} {{ _('Agenda') }}") == "imrf-2022 Ordre du jour"


def test_a_users_template_can_change_one_block_of_the_packages(imrf: Publication) -> None:
    written = _page(
        imrf, page='{% extends "briefingkit/page.html.j2" %}{% block masthead %}City of X{% endblock %}'
    )
    assert '<p class="masthead-name">City of X</p>' in written
    assert "Ordre du jour" in written


def test_a_users_part_is_used_by_the_packages_page(imrf: Publication) -> None:
    parts = "{% macro agenda(items, level) %}AGENDA {{ items | length }}{% endmacro %}"
    parts += "{% macro links(a, b) %}{% endmacro %}{% macro programme(a) %}{% endmacro %}"
    assert "AGENDA 4" in _page(imrf, parts=parts)


def test_what_a_template_writes_is_escaped(imrf: Publication) -> None:
    assert _page(imrf, page="{{ '<b>' ~ view.title }}").startswith("&lt;b&gt;")


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("a\n{% if %}", 2, "Expected an expression"),
        ("a\n\n{{ nothing }}", 3, "'nothing' is undefined"),
        ("{{ view.nothing }}", 1, "no attribute 'nothing'"),
        ("a\n{{ view.__class__.__mro__ }}", 2, "unsafe"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
        ("{{ href('javascript:x') }}", None, "no address for a link"),
        ("{% include 'missing.html.j2' %}", None, "there is no template missing.html.j2"),
        ("{{ range(10) }}", 1, "'range' is undefined"),
        ("{% for x in view.title %}{% include 'page.html.j2' %}{% endfor %}", None, "it calls itself"),
    ],
)
def test_a_template_that_fails_is_a_render_error_with_its_file_and_line(
    imrf: Publication, source: str, line: int | None, said: str
) -> None:
    with pytest.raises(RenderError) as failed:
        _page(imrf, page=source)
    assert said in str(failed.value)
    if line is not None:
        assert str(failed.value).startswith(f"ours/page.html.j2:{line}: ")


def test_the_digest_changes_with_a_template_and_with_nothing_else() -> None:
    plain = template_digest()
    assert plain == template_digest(Templates())
    assert plain == template_digest(Templates(folder="elsewhere"))
    assert plain != template_digest(Templates({"page.html.j2": "x"}))
    assert template_digest(Templates({"a": "1", "b": "2"})) == template_digest(
        Templates({"b": "2", "a": "1"})
    )
