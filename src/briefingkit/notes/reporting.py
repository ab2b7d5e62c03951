"""A draft's report for people: first what they must look at and why, then what was read, then what found no place."""

from collections.abc import Iterator
from itertools import groupby

from briefingkit.notes.value import Draft, DraftField, Value

__all__ = ["report"]

_SHOWN = 72
_MOST_ALTERNATIVES = 4


def _say(value: Value) -> str:
    if value is None:
        return "—"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_say(inner)}" for key, inner in value.items()) or "yes"
    if isinstance(value, list | tuple):
        return ", ".join(_say(inner) for inner in value)
    words = " ".join(str(value).split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN].rstrip()}…"


def _place(draft: Draft, field: DraftField) -> str:
    """Say where a doubt was read, so that a terminal or an editor can go there; nothing where it stands nowhere."""
    return f"{draft.file}:{field.line}:{field.column} " if field.line is not None else ""


def _reason(field: DraftField) -> tuple[str, str, str, tuple[Value, ...]]:
    return field.note or "to be confirmed", field.rule, str(field.confidence), field.alternatives


def _doubts(draft: Draft) -> Iterator[str]:
    """Give the doubts in the file's order; those that follow each other for one reason say it once, below them."""
    for (note, rule, confidence, alternatives), fields in groupby(draft.doubts, key=_reason):
        for field in fields:
            yield f"  {_place(draft, field)}{field.path}: {_say(field.value)}"
        yield f"      {note} ({rule}, {confidence} confidence)"
        if alternatives:
            shown = " | ".join(_say(each) for each in alternatives[:_MOST_ALTERNATIVES])
            more = len(alternatives) - _MOST_ALTERNATIVES
            yield f"      or: {shown}" + (f" | {more} more" if more > 0 else "")


def _lines(rows: list[tuple[int | None, str]]) -> Iterator[str]:
    """Give rows with the note's line numbers in a gutter of their own: the file is named once, above."""
    width = max((len(str(number)) for number, _ in rows if number is not None), default=1)
    for number, words in rows:
        yield f"  {'' if number is None else number:>{width}}  {words}"


def report(draft: Draft) -> Iterator[str]:
    """Give the report's lines: each doubt with its place and alternatives, what was read surely, what is unplaced."""
    sure = [field for field in draft.fields if not field.doubtful]
    yield f"Read {len(draft.fields)} fields from {draft.file} ({draft.language}); {len(draft.unconfirmed)} to confirm."
    if draft.doubts:
        yield ""
        yield "To confirm:"
        yield from _doubts(draft)
    if sure:
        yield ""
        yield "Read, by line of the note:"
        yield from _lines([(field.line, f"{field.path}: {_say(field.value)}") for field in sure])
    if draft.unplaced:
        count = len(draft.unplaced_lines)
        yield ""
        yield f"Found no place, kept word for word under `unplaced` ({count} line{'s' if count != 1 else ''}):"
        words = filter(str.strip, draft.unplaced.split("\n"))
        yield from _lines([(n, _say(line)) for n, line in zip(draft.unplaced_lines, words, strict=False)])
