from pathlib import Path

import pytest

from briefingkit.source import extract, load, load_tree, readiness, texts
from briefingkit.source.check import check
from briefingkit.source.paths import dotted
from briefingkit.source.translations import Catalogue, merge, parse_catalogue

BRIEFING = """\
briefing: harbour
languages: [en, fr]
title: {en: Harbour}
organizers: [{key: hc, name: HC}]
people: {ada: {name: Ada, organization: {en: Sea}}}
agenda:
  - {key: floor, title: {en: Floor}, questions: [{key: why, text: {en: "Why?", fr: "Pourquoi ?"}}]}
"""
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def entry(context: str, source: str, text: str, *, flags: str = "") -> str:
    return f'{flags}msgctxt "{context}"\nmsgid "{source}"\nmsgstr "{text}"\n\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "translations").mkdir()
    (tmp_path / "briefing.yaml").write_text(BRIEFING, encoding="utf-8")
    return tmp_path


def write(folder: Path, *entries: str, name: str = "fr.po") -> None:
    (folder / "translations" / name).write_text(HEADER + "".join(entries), encoding="utf-8")


def test_a_translation_joins_its_text_and_the_source_stays_first(folder: Path) -> None:
    write(
        folder,
        entry("harbour:title", "Harbour", "Port"),
        entry("harbour:agenda.floor.title", "Floor", "Débat"),
    )
    briefing = load(folder / "briefing.yaml").require()
    assert briefing.title is not None
    assert dict(briefing.title.texts) == {"en": "Harbour", "fr": "Port"}
    assert briefing.title.source == "en"
    assert briefing.agenda[0].title.lookup("fr").text == "Débat"


def test_a_name_that_holds_everywhere_can_be_translated_too(folder: Path) -> None:
    write(folder, entry("harbour:organizers.hc.name", "HC", "CP"))
    name = load(folder / "briefing.yaml").require().organizers[0].name
    assert (name.lookup("fr").text, name.lookup("es").text) == ("CP", "HC")


def test_fuzzy_obsolete_empty_and_other_briefings_entries_are_not_used(folder: Path) -> None:
    write(
        folder,
        entry("harbour:title", "Harbour", "Flou", flags="#, fuzzy\n"),
        entry("harbour:agenda.floor.title", "Floor", " "),
        entry("other:title", "Harbour", "Autre"),
        'msgid "Harbour"\nmsgstr "Sans contexte"\n\n',
        '#~ msgctxt "harbour:title"\n#~ msgid "Harbour"\n#~ msgstr "Vieux"\n',
    )
    loaded = load(folder / "briefing.yaml")
    assert loaded.findings == ()
    assert {text.languages for _, text in texts(loaded.require())} == {("en",), ("und",), ("en", "fr")}


def test_a_changed_source_makes_a_translation_stale_and_keeps_it_in_use(folder: Path) -> None:
    write(folder, entry("harbour:title", "The harbour", "Port"))
    loaded = load(folder / "briefing.yaml")
    briefing = loaded.require()
    assert loaded.translations.stale(briefing, "fr") == ("title",)
    assert briefing.title is not None
    assert briefing.title.lookup("fr").text == "Port"
    (stale,) = (f for f in check(loaded) if f.code == "W302")
    assert stale.position.file == str(folder / "translations" / "fr.po")
    assert stale.position.line == 4


def test_readiness_counts_what_is_missing_and_what_is_stale(folder: Path) -> None:
    write(folder, entry("harbour:title", "The harbour", "Port"))
    loaded = load(folder / "briefing.yaml")
    english, french = readiness(loaded.require(), loaded.translations)
    assert str(english) == "en 100 %"
    assert str(french) == "fr 25 %, 2 missing, 1 stale"
    assert french.missing == ("people.ada.organization", "agenda.floor.title")


def test_a_text_translated_twice_and_differently_is_an_error(folder: Path) -> None:
    write(folder, entry("harbour:agenda.floor.questions.why.text", "Why?", "Mais pourquoi ?"))
    loaded = load(folder / "briefing.yaml")
    (finding,) = loaded.findings
    assert (finding.code, finding.position.line) == ("E106", 4)
    assert "Pourquoi ?" in finding.advice
    write(folder, entry("harbour:agenda.floor.questions.why.text", "Why?", "Pourquoi ?"))
    assert load(folder / "briefing.yaml").findings == ()


def test_a_translation_of_nothing_is_named(folder: Path) -> None:
    write(folder, entry("harbour:agenda.gone.title", "Gone", "Parti"))
    assert [f.path for f in check(load(folder / "briefing.yaml")) if f.code == "W304"] == [
        "agenda.gone.title.fr"
    ]


def test_a_hostile_translation_is_refused_in_its_place(folder: Path) -> None:
    write(folder, entry("harbour:title", "Harbour", "Po\u202ert"))
    (finding,) = load(folder / "briefing.yaml").findings
    assert (finding.code, finding.path, finding.position.line) == ("E104", "title.fr", 4)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("fr.po", b'msgid "a"\nmsgstr "b"\nnonsense\n', "E107"),
        ("fr.po", b'msgid "unclosed\nmsgstr "b"\n', "E107"),
        ("fr.po", b'msgid unquoted\nmsgstr "b"\n', "E107"),
        ("fr.po", b'msgstr "b"\nmsgid "a"\nmsgid "c"\n', "E107"),
        ("french.po", b"", "E107"),
        ("fr.po", b'msgid "\xff"\n', "E002"),
    ],
)
def test_a_po_file_that_cannot_be_read_is_a_finding(
    folder: Path, name: str, content: bytes, code: str
) -> None:
    (folder / "translations" / name).write_bytes(content)
    loaded = load(folder / "briefing.yaml")
    assert [f.code for f in loaded.findings] == [code]
    assert loaded.findings[0].position.line
    assert loaded.briefing is not None


def test_a_grammar_error_in_a_po_file_has_its_line() -> None:
    finding = parse_catalogue('msgid "a"\nmsgstr "b"\nnonsense\n', "fr", "fr.po")
    assert not isinstance(finding, Catalogue)
    assert str(finding.position) == "fr.po:3:1"


def test_what_is_extracted_goes_back_in(folder: Path) -> None:
    briefing = load(folder / "briefing.yaml").require()
    sources = extract(briefing)
    assert sources["harbour:agenda.floor.questions.why.text"] == "Why?"
    assert "harbour:organizers.hc.name" not in sources
    entries = "".join(entry(context, source, f"es: {source}") for context, source in sources.items())
    catalogue = parse_catalogue(HEADER + entries, "es", "es.po")
    assert isinstance(catalogue, Catalogue)
    merged, translations, findings = merge(briefing, [catalogue])
    assert findings == ()
    assert readiness(merged, translations, ["es"])[0].percent == 100


def test_texts_stand_under_their_keys(folder: Path) -> None:
    paths = [dotted(path) for path, _ in texts(load(folder / "briefing.yaml").require())]
    assert paths == [
        "title",
        "organizers.hc.name",
        "people.ada.name",
        "people.ada.organization",
        "agenda.floor.title",
        "agenda.floor.questions.why.text",
    ]


def test_translations_that_a_tree_shares_are_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, entry("harbour:title", "Harbour", "Port"))
    (folder / "b.briefing.yaml").write_text(BRIEFING.replace("harbour", "other"), encoding="utf-8")
    read: list[str] = []
    original = Path.read_bytes

    def counted(path: Path) -> bytes:
        read.append(path.name)
        return original(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    both = list(load_tree([folder / "briefing.yaml", folder / "b.briefing.yaml"]))
    assert [len(loaded.translations.entries) for loaded in both] == [1, 0]
    assert read == ["fr.po"]
