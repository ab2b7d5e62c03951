"""Every file of the corpus: the good ones load and fit the schema, the bad ones are refused where they are wrong.

A bad file starts with comments: what is found, `CODE LINE:COLUMN words`, the line counted after the comments; then
`shape` where the schema refuses it too, or `sense` where only reading can tell.
"""

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from briefingkit.errors import SourceError
from briefingkit.source import dump, json_schema, load, loads
from briefingkit.source.yaml_tree import read_yaml

CORPUS = Path(__file__).parent / "corpus"
GOOD = sorted(CORPUS.glob("good/*.briefing.yaml"))
BAD = sorted(CORPUS.glob("bad/*.briefing.yaml"))
EXPECTED = re.compile(r"# (?P<code>[EW]\d{3}) (?P<line>\d+):(?P<column>\d+) ?(?P<words>.*)")


def ident(path: Path) -> str:
    return path.name.removesuffix(".briefing.yaml")


def header(path: Path) -> list[str]:
    lines = path.read_bytes().split(b"\n")
    count = next(i for i, line in enumerate(lines) if line in (b"# shape", b"# sense")) + 1
    return [line.decode() for line in lines[:count]]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(json_schema())
    return Draft202012Validator(json_schema())


@pytest.mark.parametrize("path", GOOD, ids=ident)
def test_a_good_file_loads_without_a_finding(path: Path) -> None:
    loaded = load(path)
    assert loaded.findings == ()
    assert loaded.require() is loaded.briefing


@pytest.mark.parametrize("path", GOOD, ids=ident)
def test_a_good_file_fits_the_schema(path: Path, validator: Draft202012Validator) -> None:
    assert list(validator.iter_errors(read_yaml(path.read_bytes(), "f").data)) == []


@pytest.mark.parametrize("path", GOOD, ids=ident)
def test_a_good_file_written_anew_is_the_same_briefing_and_fits_the_schema(
    path: Path, validator: Draft202012Validator
) -> None:
    briefing = load(path).require()
    again = loads(dump(briefing))
    assert again.findings == ()
    assert again.briefing == briefing
    assert list(validator.iter_errors(again.tree.data)) == []


@pytest.mark.parametrize("path", BAD, ids=ident)
def test_a_bad_file_is_refused_where_it_is_wrong(path: Path) -> None:
    head = header(path)
    loaded = load(path)
    found = [
        (f.code, max((f.position.line or 0) - len(head), 1), f.position.column, str(f))
        for f in loaded.findings
    ]
    for line in head[:-1]:
        expected = EXPECTED.fullmatch(line)
        assert expected, line
        place = (expected["code"], int(expected["line"]), int(expected["column"]))
        assert [one for one in found if one[:3] == place and expected["words"].lower() in one[3].lower()], (
            line,
            found,
        )
    assert len(found) == len(head) - 1, found


@pytest.mark.parametrize("path", BAD, ids=ident)
def test_a_bad_file_gives_no_briefing_to_who_requires_one(path: Path) -> None:
    loaded = load(path)
    with pytest.raises(SourceError) as raised:
        loaded.require()
    assert raised.value.findings == tuple(f for f in loaded.findings if f.severity == "error")


@pytest.mark.parametrize("path", [p for p in BAD if header(p)[-1] == "# shape"], ids=ident)
def test_what_is_wrong_in_shape_is_refused_by_the_schema_too(
    path: Path, validator: Draft202012Validator
) -> None:
    assert list(validator.iter_errors(read_yaml(path.read_bytes(), "f").data))
