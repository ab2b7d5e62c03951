"""Partial responses: the `fields` parameter.

Source: "Performance tips: Partial response" (developers.google.com/workspace/calendar/api/guides/performance#partial):
a list with commas, `a/b` for a field within a field, `a(b,c)` for several of them, `*` for all.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from briefingkit.testing.google.refusal import Refusal
from briefingkit.testing.google.schema import Shape

__all__ = ["Selection", "check_selection", "parse_fields", "select"]

Selection = Mapping[str, Any]
"""What is wanted: a name, and what is wanted within it; an empty mapping stands for all of it."""

_TOKENS = re.compile(r"\s*([A-Za-z0-9_.$-]+|[*/(),])\s*")


@lru_cache(maxsize=256)
def parse_fields(text: str) -> Selection:
    """Parse a selection. Raises a Refusal, 400, where it is no selection."""
    tokens, at = [], 0
    while at < len(text):
        found = _TOKENS.match(text, at)
        if found is None:
            raise _bad(text)
        tokens.append(found[1])
        at = found.end()
    selection, rest = _parse_list(tokens, text)
    if rest:
        raise _bad(text)
    return selection


def _parse_list(tokens: list[str], text: str) -> tuple[dict[str, Any], list[str]]:
    selection: dict[str, Any] = {}
    while True:
        if not tokens or tokens[0] in "/(),":
            raise _bad(text)
        name, tokens = tokens[0], tokens[1:]
        inner: dict[str, Any] = {}
        if tokens[:1] == ["/"]:
            path_end, tokens = _parse_path(tokens[1:], text)
            inner = path_end
        elif tokens[:1] == ["("]:
            inner, tokens = _parse_list(tokens[1:], text)
            if tokens[:1] != [")"]:
                raise _bad(text)
            tokens = tokens[1:]
        known = selection.get(name)
        selection[name] = _merge(known, inner) if known and inner else inner
        if tokens[:1] != [","]:
            return selection, tokens
        tokens = tokens[1:]


def _parse_path(tokens: list[str], text: str) -> tuple[dict[str, Any], list[str]]:
    """Parse what follows a slash: one name, with what is within it, and no comma."""
    depth, end = 0, len(tokens)
    for place, sign in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0 or (depth == 0 and sign == ","):
            end = place
            break
    inner, rest = _parse_list(tokens[:end], text)
    if rest:
        raise _bad(text)
    return inner, tokens[end:]


def _merge(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(left)
    for name, inner in right.items():
        merged[name] = _merge(merged[name], inner) if merged.get(name) and inner else inner
    return merged


def check_selection(selection: Selection, shape: Shape | None, path: str = "") -> None:
    """Raise a Refusal, 400, for a field that the schema does not have."""
    for name, inner in selection.items():
        if name == "*":
            continue
        if shape is None:
            raise _bad(path + name)
        try:
            within = shape.names(name)
        except KeyError:
            raise _bad(path + name) from None
        check_selection(inner, within, f"{path}{name}/")


def select(value: Any, selection: Selection) -> Any:
    """Keep what is selected."""
    if not selection or "*" in selection:
        return value
    if isinstance(value, list):
        return [select(item, selection) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: select(value[name], inner) for name, inner in selection.items() if name in value}


def _bad(text: str) -> Refusal:
    return Refusal(400, "invalidParameter", f"Invalid field selection {text}", location="fields")
