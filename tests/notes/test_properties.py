"""What holds of every note, whatever stands in it."""

import json
import re
import time
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.errors import NoteError
from briefingkit.model.structure import structure
from briefingkit.notes import Draft, draft, report

CORPUS = Path(__file__).parent / "corpus"
LINES = sorted(
    {line for path in CORPUS.glob("*.[mt][dx]*") for line in path.read_text(encoding="utf-8").split("\n")}
)
ODD = [
    "", "   ", "[a](#)", "[", "](", "**", "| a | b |", "|---|---|", "a\tb", "1.", "- ", "# ", "---", "===",
    "15:00", "15:00 - ", "> quote",
    "31 February 2022", "00:00 24:00", "99/99/9999", "\u202e<script>alert(1)</script>", "é" * 50, "CET", "tbc",
    "(tbc)", "Moderator:",
    "Speakers:", "Prof. Smith, John", "???", "https://", "http://[::1", "https://user:pw@x.example/", "mailto:x@y",
    "ẞ İ", "\x0b\x0c", "de 15h",
    "Date:", "Agenda", "Day 2 - 16 May 2023", "key: [value", "null", "'", '"', "{}", "- ? : |", "\u2028", "\ud800",
    "\ufdd0", "\x85",
]  # fmt: skip
lines = st.one_of(st.sampled_from(LINES), st.sampled_from(ODD), st.text(max_size=40))
notes = st.lists(lines, min_size=1, max_size=30).map("\n".join)
# What a value may be without its words standing in the note: words of the model, keys, dates, languages.
NORMALISED = frozenset(
    {
        *(
            "format",
            "briefing",
            "key",
            "person",
            "languages",
            "status",
            "kind",
            "role",
            "access",
            "steers",
            "joinable",
        ),
        *(
            "start",
            "end",
            "day",
            "duration",
            "closes",
            "timezone",
            "interpretation",
            "floor",
            "into",
            "captions",
            "sign",
        ),
        *("unconfirmed", "unplaced"),
    }
)


def made_of(text: str) -> Draft | None:
    try:
        return draft(text, today=date(2023, 3, 1))
    except NoteError:
        return None


def letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFC", text) if char.isalnum())


def strings(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    if name in NORMALISED:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, name)
    elif isinstance(value, str):
        yield name, value


@given(notes)
def test_no_note_is_too_odd_to_draft_and_every_draft_is_a_briefing(text: str) -> None:
    made = made_of(text)
    if made is not None:
        assert structure(dict(made.data)).identifier == made.data["briefing"]
        assert list(report(made))
        assert json.loads(json.dumps(made.to_json()))["briefing"] == made.data


@given(notes)
def test_the_written_file_reads_back_as_the_data(text: str) -> None:
    made = made_of(text)
    if made is not None:
        loaded = yaml.load(made.yaml(), Loader=yaml.BaseLoader)

        def plain(value: object) -> object:
            if isinstance(value, dict):
                return {key: plain(inner) for key, inner in value.items()}
            if isinstance(value, list):
                return [plain(inner) for inner in value]
            return "true" if value is True else str(value)

        assert loaded == plain(made.data)


@given(notes)
def test_nothing_is_invented(text: str) -> None:
    made = made_of(text)
    if made is not None:
        source = letters(text)
        for name, value in strings(dict(made.data)):
            for line in value.split("\n"):
                words = re.sub(r"\]\([^)]*\)", "](", line) if name in {"background", "objectives"} else line
                assert letters(words) in source or all(letters(word) in source for word in words.split()), (
                    name,
                    line,
                )


@given(notes)
def test_nothing_is_lost(text: str) -> None:
    made = made_of(text)
    if made is not None:
        held = {line for field in made.fields for line in field.lines}
        held |= {*made.unplaced_lines, *made.structure_lines}
        for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), 1):
            words = re.sub(r"^\W*(\d+|[ivxIVX]+|[a-hA-H])[.)]", "", line)
            assert number in held or not re.search(r"[^\W_]{3}", words), line


@given(notes)
def test_unplaced_lines_are_word_for_word(text: str) -> None:
    made = made_of(text)
    if made is not None:
        raw = [
            re.sub(r"[\ud800-\udfff\ufdd0-\ufdef]", "\ufffd", line)
            for line in re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
        ]
        kept = [raw[number - 1] for number in made.unplaced_lines]
        assert [line for line in made.unplaced.split("\n") if line.strip()] == [
            line for line in kept if line.strip()
        ]


@given(notes)
def test_the_same_note_gives_the_same_draft(text: str) -> None:
    first = made_of(text)
    assert first is None or first == made_of(text)


HOSTILE = [
    "[", "[a](", "*", "(", "| a ", "1. a\n", "- x\n", "# a\n", "15:00 a\n", "13 April 2022 ", "1 to 2 ", '"a ',
    "A ", "a@b.", "http://a ",
    "[a](b) ", "Moderator: ", "in partnership with A, ", "organised by A and ", "Agenda\n", "Date: ",
    "Aa, Bb (C)\n", 'is part of "',
    "1 h ", "ahead of the Aa Forum 3 May 2022. ", "Agenda\n15:00 A – B, C\n", "members A, ", "English, ", "_",
    "<b>", "Aa Bb ",
]  # fmt: skip


@pytest.mark.parametrize("fragment", HOSTILE, ids=repr)
def test_a_hostile_note_takes_time_in_step_with_its_length(fragment: str) -> None:
    def seconds(length: int) -> float:
        text = fragment * (length // len(fragment))
        begin = time.process_time()
        draft(text, today=date(2023, 3, 1))
        return time.process_time() - begin

    seconds(1_000)
    assert seconds(60_000) < 0.5 + 10 * seconds(15_000)
