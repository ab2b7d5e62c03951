from pathlib import Path

import attrs
import pytest

from briefingkit.errors import SourceError
from briefingkit.model import Briefing, Status
from briefingkit.source import load, loads
from briefingkit.source.diagnose import diagnose
from briefingkit.source.hints import field_meant
from briefingkit.source.structured import structure_at
from briefingkit.source.yaml_tree import MAX_BYTES, read_yaml


def said(text: str) -> list[str]:
    return [str(finding) for finding in loads(text, "f").findings]


def test_a_namespace_holds_where_the_file_gives_none(tmp_path: Path) -> None:
    (tmp_path / "briefing.yaml").write_text("briefing: a\nlanguages: [en]\n")
    assert load(tmp_path / "briefing.yaml", namespace="mine.example").require().namespace == "mine.example"
    given = loads("briefing: a\nlanguages: [en]\nnamespace: its.example\n", namespace="mine.example")
    assert given.require().namespace == "its.example"


@pytest.mark.parametrize("name", ["absent.yaml", ".", "nul\0byte.yaml"])
def test_a_file_that_cannot_be_opened_is_a_finding(tmp_path: Path, name: str) -> None:
    loaded = load(tmp_path / name)
    assert [f.code for f in loaded.findings] == ["E001"]
    assert loaded.findings[0].position.line == 1
    with pytest.raises(SourceError):
        loaded.require()


def test_fifty_megabytes_are_refused_without_being_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "briefing.yaml"
    with path.open("wb") as opened:
        opened.truncate(50_000_000)
    taken: list[int] = []

    def measured(content: bytes, _file: str) -> None:
        taken.append(len(content))

    monkeypatch.setattr("briefingkit.source.briefing_file.read_yaml", measured)
    loaded = load(path)
    assert "50,000,000 bytes" in loaded.findings[0].message
    assert f"{MAX_BYTES:,}" in loaded.findings[0].advice
    assert taken == []


def test_a_position_can_be_asked_for_by_a_dotted_path_of_keys() -> None:
    loaded = loads("briefing: a\nlanguages: [en]\nlinks:\n  - {key: gcm, title: {en: A}}\n", "f")
    assert str(loaded.position("links.gcm.title.en")) == "f:4:28"


def test_a_finding_names_its_path_by_keys() -> None:
    (finding,) = loads("briefing: a\nlanguages: [en]\nlinks: [{key: gcm, titel: A, title: A}]\n").findings
    assert finding.path == "links.gcm.titel"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("speakers", "participants"),
        ("speakrs", "participants"),
        ("organiser", "organizers"),
        ("Title", "title"),
    ],
)
def test_another_word_for_a_field_is_understood(written: str, meant: str) -> None:
    known = ["participants", "organizers", "title", "start"]
    assert field_meant(written, known) == meant


def test_a_word_like_no_field_lists_those_that_there_are() -> None:
    (line,) = said("briefing: a\nlanguages: [en]\ncontact: {name: A, zzzzqqq: B}\n")
    assert "The fields here are name, email, phone" in line


def test_a_field_that_is_there_already_is_not_suggested_first() -> None:
    assert "end" in said("briefing: a\nlanguages: [en]\nstart: 2022-01-01\nfinish: 2022-01-02\n")[0]


def test_what_follows_from_a_reported_error_is_not_reported() -> None:
    text = "briefing: a\nlanguages: [en]\nstatus: confirmed\ntitle: A\nstart: noon\nduration: 1h\ntimezone: Mars\n"
    assert [line.split()[1] for line in said(text)] == ["E103", "E104"]
    people = "people: [ada]\nagenda: [{key: a, title: A, participants: [{person: ada}]}]\n"
    assert [line.split()[1] for line in said("briefing: a\nlanguages: [en]\n" + people)] == ["E103"]
    place = "place: {online: {access: everybody}}\n"
    assert [line.split()[1] for line in said("briefing: a\nlanguages: [en]\n" + place)] == ["E103"]


def test_an_end_that_a_duration_makes_is_blamed_on_the_duration() -> None:
    text = "briefing: a\nlanguages: [en]\nstart: 2022-01-01\nduration: 90m\ntimezone: UTC\n"
    (line,) = said(text)
    assert line.startswith("f:4:11 E103")


def test_plain_strings_are_in_the_first_language() -> None:
    briefing = loads("briefing: a\nlanguages: [pt-br, en]\ntitle: Porto\n").require()
    assert briefing.title is not None
    assert briefing.title.source == "pt-BR"
    assert briefing.status is Status.DRAFT


def test_each_language_of_a_text_is_blamed_by_itself() -> None:
    lines = said('briefing: a\nlanguages: [en]\ntitle: {en: "a\\u202eb", fr: [x], zz: c, es: ok}\n')
    assert [line.split()[:2] for line in lines] == [
        ["f:3:13", "E104"],
        ["f:3:29", "E104"],
        ["f:3:34", "E104"],
    ]


def test_settings_of_an_integration_are_read_with_their_places() -> None:
    @attrs.frozen
    class Settings:
        folder: str
        depth: int = 1

    tree = read_yaml("targets:\n  pages: {folder: out, dept: x}\n  feed: {folder: out, depth: 3}\n", "p.yaml")
    assert structure_at(tree, ("targets", "feed"), Settings) == (Settings("out", 3), ())
    value, findings = structure_at(tree, ("targets", "pages"), Settings)
    assert value is None
    assert [str(f) for f in findings] == ["p.yaml:2:24 E101 dept is no field here. Did you mean depth?"]
    missing = structure_at(tree, ("targets", "none"), Settings)[1]
    assert [f.code for f in missing] == ["E102"]


def test_an_integration_may_refuse_its_settings_as_it_likes() -> None:
    def positive(_instance: object, _attribute: object, value: int) -> None:
        if value < 0:
            raise ValueError("below zero")

    @attrs.frozen
    class Settings:
        depth: int = attrs.field(default=1, validator=positive)

    findings = structure_at(read_yaml("a:\n  depth: -1\n", "p"), ("a",), Settings)[1]
    assert [str(f) for f in findings] == ["p:2:10 E103 below zero"]


def test_good_data_has_no_problems() -> None:
    assert diagnose({"briefing": "a", "languages": ["en"]}, Briefing) == ()
