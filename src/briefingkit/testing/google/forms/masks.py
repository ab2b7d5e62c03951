"""Field masks: which fields of a message an update writes.

Source: the descriptions of `updateMask` in the discovery document: only what is named is changed, the root is
implied, `*` stands for every field. A field that is named and has no value is cleared. Names may be written as in
JSON or as in protocol buffers (google.protobuf.FieldMask). Of fields that exclude each other the one that is written
stays.
"""

import re
from typing import Any

from briefingkit.testing.google.refusal import Refusal
from briefingkit.testing.google.schema import Shape

__all__ = ["ITEM_KINDS", "QUESTION_KINDS", "masked", "read_mask"]

ITEM_KINDS = {
    "imageItem",
    "pageBreakItem",
    "questionGroupItem",
    "questionItem",
    "textItem",
    "videoItem",
}
QUESTION_KINDS = {
    "choiceQuestion",
    "dateQuestion",
    "fileUploadQuestion",
    "ratingQuestion",
    "rowQuestion",
    "scaleQuestion",
    "textQuestion",
    "timeQuestion",
}
_EXCLUDE = (ITEM_KINDS, QUESTION_KINDS)


def read_mask(text: str | None, shape: Shape) -> list[list[str]]:
    """Read the paths of a mask, each a list of names. Raises a Refusal, 400, where it names what is not there."""
    if not text:
        raise Refusal(400, "badRequest", "Update mask is required")
    if text == "*":
        return [[name] for name in shape.checks]
    paths = [[_as_in_json(name) for name in path.strip().split(".")] for path in text.split(",")]
    for path in paths:
        at: Shape | None = shape
        for name in path:
            if at is None or name not in at.checks:
                raise Refusal(400, "badRequest", f"Invalid field mask: {text!r} names no field {name!r}.")
            at = at.inner.get(name)
    return paths


def _as_in_json(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def masked(old: dict[str, Any], new: dict[str, Any], paths: list[list[str]]) -> dict[str, Any]:
    """Give a message with the fields of another one where the mask says so; neither is changed."""
    whole = dict(old)
    for path in paths:
        whole = _set(whole, new, path)
    return whole


def _set(old: dict[str, Any], new: dict[str, Any], path: list[str]) -> dict[str, Any]:
    name, rest = path[0], path[1:]
    whole = dict(old)
    if rest:
        if not isinstance(new.get(name), dict) and name not in old:
            return whole
        value = _set(old.get(name, {}), new.get(name, {}), rest)
    elif name in new:
        value = new[name]
    else:
        whole.pop(name, None)
        return whole
    for kinds in _EXCLUDE:
        if name in kinds and name in new:
            whole = {key: kept for key, kept in whole.items() if key not in kinds}
    whole[name] = value
    return whole
