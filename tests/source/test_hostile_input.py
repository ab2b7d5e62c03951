"""Whatever is in a file, the answer is findings with their places: no exception, and nothing half done."""

from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from briefingkit.errors import ModelError
from briefingkit.model import Briefing, structure
from briefingkit.model.structure import source_language
from briefingkit.source import json_schema, loads, neighbours
from briefingkit.source.briefing_file import Loaded
from briefingkit.source.check import check
from briefingkit.source.diagnose import diagnose
from briefingkit.source.paths import Path as Steps
from briefingkit.source.project_file import loads_project_file
from briefingkit.source.writing import dump
from briefingkit.source.yaml_tree import read_yaml
from briefingkit.testing.strategies import HOSTILE, briefings

FULL = (Path(__file__).parent / "corpus" / "good" / "full.briefing.yaml").read_text(encoding="utf-8")
DATA = read_yaml(FULL, "f").data
NASTY = (
    *HOSTILE,
    "\0",
    "\u202e",
    "x" * 100_000,
    "../../etc/passwd",
    "~",
    "",
    "9999-12-31",
    "0001-01-01T00:00",
)


def answered(loaded: Loaded) -> None:
    found = check(loaded, programme=neighbours([loaded]))
    assert all(f.code and f.message and f.position.file and f.position.line for f in found), found
    assert (loaded.briefing is None) <= any(f.severity == "error" for f in found)


def leaves(data: object, path: Steps = ()) -> list[Steps]:
    if isinstance(data, dict):
        return [path, *(p for name, value in data.items() for p in leaves(value, (*path, name)))]
    if isinstance(data, list):
        return [path, *(p for i, value in enumerate(data) for p in leaves(value, (*path, i)))]
    return [path]


def replaced(data: object, path: Steps, value: object) -> object:
    if not path:
        return value
    step, *rest = path
    if isinstance(data, dict):
        return {
            name: replaced(one, tuple(rest), value) if name == step else one for name, one in data.items()
        }
    if isinstance(data, list):
        return [replaced(one, tuple(rest), value) if i == step else one for i, one in enumerate(data)]
    return data


PATHS = [path for path in leaves(DATA) if path]
VALUES = st.one_of(
    st.sampled_from(NASTY),
    st.none(),
    st.text(max_size=20),
    st.integers(-5, 5).map(str),
    st.dates().map(str),
    st.datetimes().map(lambda at: at.isoformat(timespec="minutes")),
    st.lists(st.text(max_size=5), max_size=2),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)


@given(st.sampled_from(PATHS), VALUES)
def test_any_value_in_any_field_is_answered(path: Steps, value: object) -> None:
    answered(loads(yaml.safe_dump(replaced(DATA, path, value), allow_unicode=True), "f"))


@given(st.lists(st.tuples(st.sampled_from(PATHS), VALUES), min_size=2, max_size=4))
def test_many_faults_at_once_are_answered(faults: list[tuple[Steps, object]]) -> None:
    data = DATA
    for path, value in faults:
        data = replaced(data, path, value)
    answered(loads(yaml.safe_dump(data, allow_unicode=True), "f"))


@given(st.data())
def test_a_good_file_with_lines_bytes_and_spaces_changed_is_answered(data: st.DataObject) -> None:
    lines = FULL.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(("drop", "indent", "outdent", "swap", "double", "cut"))):
            case "drop":
                lines[index] = ""
            case "indent":
                lines[index] = " " + lines[index]
            case "outdent":
                lines[index] = lines[index].removeprefix(" ")
            case "swap":
                lines[index], lines[0] = lines[0], lines[index]
            case "double":
                lines[index] *= 2
            case _:
                lines[index] = lines[index][: data.draw(st.integers(0, len(lines[index])))]
    text = "".join(lines).encode()
    at = data.draw(st.integers(0, len(text)))
    answered(loads(text[:at] + data.draw(st.binary(max_size=3)) + text[at:], "f"))


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda s: s.encode("utf-8", "replace"))))
def test_any_bytes_are_answered(content: bytes) -> None:
    answered(loads(content, "f"))
    loaded = loads_project_file(content, "p")
    assert loaded.project is not None or all(f.position.line for f in loaded.findings)
    assert loaded.project is not None or loaded.findings


@given(briefings())
def test_any_briefing_can_be_checked(briefing: Briefing) -> None:
    answered(loads(dump(briefing), "f"))


@given(briefings())
def test_any_briefing_fits_the_schema(briefing: Briefing) -> None:
    data = loads(dump(briefing)).tree.data
    assert list(Draft202012Validator(json_schema()).iter_errors(data)) == []


@given(st.sampled_from(PATHS), VALUES)
def test_the_search_for_problems_agrees_with_reading(path: Steps, value: object) -> None:
    data = replaced(DATA, path, value)
    with source_language("en"):
        problems = diagnose(data, Briefing)
    try:
        structure(data)
    except ModelError:
        assert problems
    else:
        assert problems == ()
