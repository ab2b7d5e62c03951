"""Notes in many styles, each with what must come out; `python tests/notes/test_corpus.py` writes the answers anew."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from briefingkit.model.structure import structure
from briefingkit.notes import Draft, draft, report

CORPUS = Path(__file__).parent / "corpus"
NOTES = sorted(path for path in CORPUS.iterdir() if path.suffix in {".md", ".txt"})
TODAY = date(2023, 3, 1)


def read(path: Path) -> Draft:
    return draft(path.read_bytes().decode("utf-8"), file=path.name, today=TODAY)


def answer(made: Draft) -> dict[str, object]:
    data = {name: value for name, value in made.data.items() if name not in {"unconfirmed", "unplaced"}}
    return {"data": data, "unconfirmed": list(made.unconfirmed), "unplaced_lines": list(made.unplaced_lines)}


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.name)
def test_a_note_gives_what_is_expected_of_it(path: Path) -> None:
    expected = json.loads((CORPUS / f"{path.stem}.expected.json").read_text(encoding="utf-8"))
    assert answer(read(path)) == expected


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.name)
def test_a_draft_structures_into_a_briefing(path: Path) -> None:
    made = read(path)
    briefing = structure(dict(made.data))
    assert briefing.identifier == made.data["briefing"]
    assert tuple(briefing.unconfirmed) == made.unconfirmed


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.name)
def test_the_written_file_holds_the_data_and_a_comment_at_each_doubt(path: Path) -> None:
    made = read(path)
    text = made.yaml()
    loaded = yaml.load(text, Loader=yaml.BaseLoader)
    assert list(loaded) == list(made.data)
    assert loaded["unconfirmed"] == list(made.unconfirmed)
    assert loaded.get("unplaced", "") == made.unplaced
    lines = text.splitlines()
    for unconfirmed in made.unconfirmed:
        assert lines[lines.index(f"  - {unconfirmed}") - 1].startswith("  # ")


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.name)
def test_unconfirmed_paths_start_at_fields_of_the_file(path: Path) -> None:
    made = read(path)
    people, keys = made.data.get("people", {}), [item["key"] for item in made.data.get("agenda", [])]
    for unconfirmed in made.unconfirmed:
        top, *rest = unconfirmed.split(".")
        assert top != "people" or not rest or rest[0] in people
        assert top != "agenda" or not rest or rest[0] in keys


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.name)
def test_the_report_names_every_doubt_with_its_place(path: Path) -> None:
    made = read(path)
    lines = "\n".join(report(made))
    for doubt in made.doubts:
        assert f"{doubt.path}: " in lines
        assert doubt.line is None or f"{path.name}:{doubt.line}:{doubt.column} {doubt.path}" in lines


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.name)
def test_line_ends_make_no_difference(path: Path) -> None:
    text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    same = draft(text.replace("\n", "\r\n"), file=path.name, today=TODAY)
    assert answer(same) == answer(draft(text, file=path.name, today=TODAY))


if __name__ == "__main__":
    for note in NOTES:
        text = json.dumps(answer(read(note)), ensure_ascii=False, indent=1)
        (CORPUS / f"{note.stem}.expected.json").write_text(text + "\n", encoding="utf-8")
