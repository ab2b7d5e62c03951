"""A draft as a briefing.yaml that a person can finish: every doubt has its comment, and comments say what to do."""

import re
import textwrap
from datetime import date
from io import StringIO
from pathlib import PurePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from briefingkit.notes.value import Draft, DraftField, Value

__all__ = ["comment_of", "write_yaml"]

_WIDTH = 100
_MOST_ALTERNATIVES = 6
# What YAML lets stand in a block as it is, less the characters that some readers take for a line's end.
_UNPRINTABLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202f-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATES = frozenset({"start", "end", "day"})


def _header(draft: Draft) -> str:
    count = len(draft.unconfirmed)
    doubts = f"{count} thing{'s' if count != 1 else ''}" if count else "Nothing"
    lines = (
        f"A draft, read from {_one_line(draft.file)}. {doubts} of it must be confirmed by a person.",
        "What to do next: go through `unconfirmed`. Mend or fill in what each path names, delete its line.",
        "Move what is worth keeping out of `unplaced`, and delete the rest. Then run `briefingkit check`,",
        "and set `status: confirmed`. Nothing is published while `unconfirmed` is not empty.",
    )
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(_UNPRINTABLE.sub("\ufffd", text).split())


def _say(value: Value) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_say(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return ", ".join(_say(inner) for inner in value)
    return _one_line(str(value))


def comment_of(field: DraftField, file: str) -> str:
    """Say a doubt in words: why, where it was read, what else it may be."""
    parts = [field.note or "to be confirmed"]
    if field.line is not None:
        parts.append(
            f"{_one_line(PurePath(file).name)}:{field.line}:{field.column} “{_one_line(field.words)}”"
        )
    if field.alternatives:
        shown = "; ".join(_say(each) for each in field.alternatives[:_MOST_ALTERNATIVES])
        more = len(field.alternatives) - _MOST_ALTERNATIVES
        parts.append(f"It may also be: {shown}" + (f" and {more} more" if more > 0 else ""))
    return _wrapped(". ".join(_one_line(part).rstrip(".") for part in parts) + ".")


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False))


def _text(text: str) -> Value:
    """Give a text of several lines as a block, where YAML lets it stand so; else quoted where it needs it."""
    if _UNPRINTABLE.search(text) or "\t" in text:
        return DoubleQuotedScalarString(text)
    if "\n" in text and not text[0].isspace() and not text[-1].isspace():
        return LiteralScalarString(text)
    return DoubleQuotedScalarString(text) if "\n" in text or text.strip() != text else text


def _node(value: Value, key: str = "") -> Value:
    """Turn JSON's values into what ruamel writes, short flat lists and mappings on one line."""
    if isinstance(value, dict):
        mapping = CommentedMap((name, _node(inner, name)) for name, inner in value.items())
        if not value:
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list | tuple):
        sequence = CommentedSeq(_node(inner) for inner in value)
        if all(isinstance(inner, str) and len(inner) < 12 for inner in value):
            sequence.fa.set_flow_style()
        return sequence
    if isinstance(value, str):
        return date.fromisoformat(value) if key in _DATES and _DATE.fullmatch(value) else _text(value)
    return value


def _unconfirmed(draft: Draft) -> CommentedSeq:
    paths = CommentedSeq(draft.unconfirmed)
    for index, path in enumerate(draft.unconfirmed):
        comments = [comment_of(field, draft.file) for field in draft.doubts if field.path == path]
        paths.yaml_set_comment_before_after_key(index, before="\n".join(dict.fromkeys(comments)), indent=2)
    return paths


def _ranges(numbers: tuple[int, ...]) -> str:
    """Write 3, 4, 5, 9 as `3–5, 9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def write_yaml(draft: Draft) -> str:
    """Write a draft as briefing.yaml, in the order of the file's keys."""
    document = _node(dict(draft.data))
    if draft.unconfirmed:
        document["unconfirmed"] = _unconfirmed(draft)
    if draft.unplaced:
        lines = _wrapped(
            f"What no field holds, word for word: {_one_line(PurePath(draft.file).name)}, lines "
            f"{_ranges(draft.unplaced_lines)}."
        )
        document.yaml_set_comment_before_after_key("unplaced", before=lines)
    document.yaml_set_start_comment(_header(draft) + "\n\n")
    return _dump(document)


def _dump(document: Any) -> str:
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.allow_unicode = True
    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()
