from collections.abc import Callable
from typing import Any

import pytest
import yaml

from briefingkit.errors import Finding, SourceError
from briefingkit.source import yaml_tree
from briefingkit.source.yaml_tree import MAX_BYTES, MAX_DEPTH, MAX_NODES, Tree, read_yaml

TEXT = "\ufefftitle:\n  en: A\n  fr: ~\nagenda:\n  - key: one\n    start: 15:05\n  - {key: two, no: null}\n"


@pytest.fixture(params=["C", "Python"])
def read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Tree]:
    if request.param == "Python":
        monkeypatch.setattr(yaml_tree, "EventSource", yaml.BaseLoader)
    return read_yaml


def refused(text: str | bytes, read: Callable[..., Tree] = read_yaml) -> Finding:
    with pytest.raises(SourceError) as raised:
        read(text, "f.yaml")
    return raised.value.findings[0]


def test_every_value_is_text_or_nothing(read: Callable[..., Tree]) -> None:
    assert read(TEXT, "f").data == {
        "title": {"en": "A", "fr": None},
        "agenda": [{"key": "one", "start": "15:05"}, {"key": "two", "no": None}],
    }


def test_quoted_emptiness_is_text(read: Callable[..., Tree]) -> None:
    assert read("a: ''\nb: '~'\nc: \"null\"\nd:\n", "f").data == {"a": "", "b": "~", "c": "null", "d": None}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), "f:1:1"),
        (("title", "en"), "f:2:7"),
        (("agenda", 0, "start"), "f:6:12"),
        (("agenda", "two", "key"), "f:7:11"),
        (("agenda", "1", "key"), "f:7:11"),
        (("agenda", "three"), "f:5:3"),
        (("agenda", 9, "key"), "f:5:3"),
        (("title", "de", "x"), "f:2:3"),
        (("title", 1), "f:3:7"),
    ],
)
def test_a_path_has_the_place_of_its_value_or_of_the_nearest_above(
    read: Callable[..., Tree], path: tuple[Any, ...], place: str
) -> None:
    assert str(read(TEXT, "f").position(path)) == place


def test_a_field_has_the_place_of_its_name_too(read: Callable[..., Tree]) -> None:
    tree = read(TEXT, "f")
    assert str(tree.key_position(("agenda", "two", "no"))) == "f:7:16"
    assert str(tree.key_position(("agenda", 0))) == "f:5:5"
    assert tree.has(("agenda", "two", "no"))
    assert not tree.has(("agenda", "two", "on"))


def test_all_double_keys_are_told_at_once() -> None:
    with pytest.raises(SourceError) as raised:
        read_yaml("a: 1\nb: {c: 1, c: 2}\na: 2\n", "f")
    assert [str(f.position) for f in raised.value.findings] == ["f:2:11", "f:3:1"]
    assert "the first time at 1:1" in raised.value.findings[1].message


def test_double_keys_are_told_beside_an_error_of_grammar() -> None:
    with pytest.raises(SourceError) as raised:
        read_yaml("a: 1\na: 2\nb: [\n", "f")
    assert [f.code for f in raised.value.findings] == ["E006", "E004"]


def test_a_byte_that_is_not_utf_8_is_told_with_its_offset() -> None:
    finding = refused("é: x\nb: ".encode() + b"\xff")
    assert finding.code == "E002"
    assert "offset 9" in finding.message
    assert (finding.position.line, finding.position.column) == (2, 4)


@pytest.mark.parametrize("character", ["\0", "\x07", "\x7f", "\ud800", "\ufffe", "\ufeff"])
def test_what_no_editor_shows_is_refused_in_its_place(character: str) -> None:
    finding = refused(f"a: b\nc: d{character}e\n")
    assert (finding.code, finding.position.line, finding.position.column) == ("E003", 2, 5)


def test_the_size_is_refused_before_anything_is_parsed() -> None:
    assert refused(b"[" * (MAX_BYTES + 1)).code == "E005"
    assert read_yaml("# " + "x" * (MAX_BYTES - 2), "f").data is None


def test_the_depth_is_refused_at_the_value_that_is_too_deep(read: Callable[..., Tree]) -> None:
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH, "f").data
    finding = refused("[" * 100_000, read)
    assert (finding.code, finding.position.column) == ("E005", MAX_DEPTH + 1)


def test_values_and_what_aliases_stand_for_are_counted(read: Callable[..., Tree]) -> None:
    assert refused("- x\n" * MAX_NODES, read).code == "E005"
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    assert refused(bomb, read).code == "E005"


def test_an_alias_repeats_its_value(read: Callable[..., Tree]) -> None:
    assert read("a: &x {en: A}\nb: *x\nc: &y z\nd: *y\n", "f").data["b"] == {"en": "A"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: !!str x", "tag"),
        ("a: !local {}", "tag"),
        ("a: {<<: {b: c}}", "merge key"),
        ("a: 1\n---\nb: 2", "second document"),
        ("? [a]\n: b", "name of a field"),
        ("a: &x b\n? *x\n: c", "name of a field"),
        ("? \n: b", "no name"),
        ("a: *b", "never marked"),
        ("a: &b [*b]", "inside what it repeats"),
    ],
)
def test_yaml_that_is_not_used_here_is_refused(read: Callable[..., Tree], text: str, words: str) -> None:
    finding = refused(text, read)
    assert finding.code == "E007"
    assert words in finding.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a:\n\tb: c", "a tab stands"),
        ("a: b: c", "Put a text with a colon"),
        ("a:\n  b: c\n d: e", "indentation"),
        ("a: 'b\n", "quote is opened"),
        ("a: [b\nc: d", "not closed"),
        ("a: @b", "keeps for itself"),
        ("a\nb: c", ""),
        ("%YAML 9.9 x\n---\na: b", ""),
    ],
)
def test_an_error_of_grammar_is_said_in_plain_words(text: str, words: str) -> None:
    finding = refused(text)
    assert finding.code == "E004"
    assert finding.position.line
    assert words in f"{finding.message} {finding.advice}"
