"""A draft's report for people: what was read, what is in doubt and why, and what found no place."""

from collections.abc import Iterator

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
    return f"{draft.file}:{field.line}:{field.column}" if field.line is not None else draft.file


def _doubt(draft: Draft, field: DraftField) -> Iterator[str]:
    yield f"{_place(draft, field)} {field.path}: {_say(field.value)}"
    yield f"    {field.note or 'to be confirmed'} ({field.rule}, {field.confidence} confidence)"
    if field.alternatives:
        shown = " | ".join(_say(each) for each in field.alternatives[:_MOST_ALTERNATIVES])
        more = len(field.alternatives) - _MOST_ALTERNATIVES
        yield f"    or: {shown}" + (f" | {more} more" if more > 0 else "")


def report(draft: Draft) -> Iterator[str]:
    """Give the report's lines: what was read surely, each doubt with its place and alternatives, what is unplaced."""
    sure = [field for field in draft.fields if not field.doubtful]
    yield f"Read {len(draft.fields)} fields from {draft.file} ({draft.language}); {len(draft.unconfirmed)} to confirm."
    if sure:
        yield ""
        yield "Read:"
        for field in sure:
            yield f"  {_place(draft, field)} {field.path}: {_say(field.value)}"
    if draft.doubts:
        yield ""
        yield "To confirm:"
        for field in draft.doubts:
            yield from (f"  {line}" for line in _doubt(draft, field))
    if draft.unplaced:
        yield ""
        yield f"Unplaced ({len(draft.unplaced_lines)} lines, kept word for word under `unplaced`):"
        for number, line in zip(
            draft.unplaced_lines, filter(str.strip, draft.unplaced.split("\n")), strict=False
        ):
            yield f"  {draft.file}:{number} {_say(line)}"
