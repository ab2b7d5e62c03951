"""What a draft is made of: fields that say where they were read, by which rule and how surely."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

from attrs import frozen

__all__ = ["Confidence", "Draft", "DraftField", "Found", "Part", "Span", "Value"]

Value = Any
"""JSON's values: str, int, bool, None, lists and dicts of them, in the form of briefing.yaml."""


class Confidence(StrEnum):
    """How surely a rule read its field."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@frozen
class Span:
    """Characters of the document, from `start` up to `end`."""

    start: int
    end: int


@frozen
class Found:
    """What a rule read: `spans` are the words that it rests on, `note` says why it is in doubt.

    A found field whose value is None has no value to give: an address that the note does not have, for one.
    """

    path: str
    value: Value
    rule: str
    spans: tuple[Span, ...] = ()
    confidence: Confidence = Confidence.HIGH
    doubtful: bool = False
    note: str = ""
    alternatives: tuple[Value, ...] = ()

    @classmethod
    def doubt(
        cls,
        path: str,
        value: Value,
        rule: str,
        spans: tuple[Span, ...],
        why: str,
        *,
        confidence: Confidence = Confidence.MEDIUM,
        alternatives: tuple[Value, ...] = (),
    ) -> Self:
        """Give what a person has to confirm; `why` says what is in doubt, and `alternatives` what else it may be."""
        return cls(path, value, rule, spans, confidence, doubtful=True, note=why, alternatives=alternatives)


@frozen
class Part:
    """One part of the file, as far as the note gives it, with what was found to make it."""

    data: Value = None
    found: tuple[Found, ...] = ()


@frozen
class DraftField:
    """A field of the draft with its source. Lines and columns count from 1; None where no words of the note gave it."""

    path: str
    value: Value
    rule: str
    confidence: Confidence
    doubtful: bool
    line: int | None = None
    column: int | None = None
    last_line: int | None = None
    words: str = ""
    note: str = ""
    alternatives: tuple[Value, ...] = ()
    lines: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Value]:
        """Give the field as JSON's values, in the order in which a person asks."""
        return {
            "path": self.path,
            "value": self.value,
            "doubtful": self.doubtful,
            "confidence": str(self.confidence),
            "rule": self.rule,
            "line": self.line,
            "column": self.column,
            "last_line": self.last_line,
            "words": self.words,
            "note": self.note,
            "alternatives": list(self.alternatives),
        }


@frozen
class Draft:
    """A briefing as a concept note tells it: `data` in the form of briefing.yaml, and every field's source.

    `unplaced` is the text that no field holds, word for word; `unplaced_lines` are its lines in the note, and
    `structure_lines` are those that only order it (headings, labels, rules).
    """

    file: str
    language: str
    data: Mapping[str, Value]
    fields: tuple[DraftField, ...]
    unplaced: str = ""
    unplaced_lines: tuple[int, ...] = ()
    structure_lines: tuple[int, ...] = ()

    @property
    def doubts(self) -> tuple[DraftField, ...]:
        """The fields that a person is to confirm, in the order of the file."""
        return tuple(each for each in self.fields if each.doubtful)

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """The paths of the doubts, each once."""
        return tuple(dict.fromkeys(each.path for each in self.doubts))

    def yaml(self) -> str:
        """Write the draft as a briefing.yaml with a comment at each doubt."""
        from briefingkit.notes.write import write_yaml

        return write_yaml(self)

    def to_json(self) -> dict[str, Value]:
        """Give the whole draft as JSON's values, for programs."""
        return {
            "file": self.file,
            "language": self.language,
            "briefing": dict(self.data),
            "fields": [each.to_json() for each in self.fields],
            "unconfirmed": list(self.unconfirmed),
            "unplaced": self.unplaced,
            "unplaced_lines": list(self.unplaced_lines),
        }
