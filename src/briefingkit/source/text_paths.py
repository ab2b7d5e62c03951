"""Which texts a briefing has, each under its path by keys; and the same briefing with some of them replaced."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import attrs

from briefingkit.model import Briefing, Channel
from briefingkit.source.paths import Path
from briefingkit.text import MultilingualText, Name
from briefingkit.text.language import undetermined

__all__ = ["is_translatable", "replace_texts", "texts"]

T = TypeVar("T")
Text = MultilingualText | Name


def texts(briefing: Briefing) -> Iterator[tuple[Path, Text]]:
    """Go through every text and name of a briefing, in the order of its file. Paths hold keys where there are any."""
    return _texts(briefing, ())


def is_translatable(text: Text) -> bool:
    """Say whether there is anything to translate: a name that is one string holds in every language."""
    return tuple(text.texts) != (undetermined,)


def replace_texts(value: T, change: Callable[[Path, Text], Text]) -> T:
    """Give the value with each text as `change` returns it; what stays the same is shared, not copied."""
    replaced: T = _replaced(value, (), change)
    return replaced


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, Text]]:
    if isinstance(value, MultilingualText | Name):
        yield path, value
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield from _texts(entry, (*path, _step(entry, index)))
    elif attrs.has(type(value)):
        for name in _fields(type(value)):
            held = getattr(value, name)
            if held is not None and not isinstance(held, str):
                yield from _texts(held, (*path, name))


def _replaced(value: Any, path: Path, change: Callable[[Path, Text], Text]) -> Any:
    if isinstance(value, MultilingualText | Name):
        return change(path, value)
    if isinstance(value, tuple):
        entries = tuple(_replaced(one, (*path, _step(one, index)), change) for index, one in enumerate(value))
        return value if all(a is b for a, b in zip(entries, value, strict=True)) else entries
    if not attrs.has(type(value)):
        return value
    changed = {}
    for name in _fields(type(value)):
        held = getattr(value, name)
        if held is not None and not isinstance(held, str):
            new = _replaced(held, (*path, name), change)
            if new is not held:
                changed[name] = new
    return attrs.evolve(value, **changed) if changed else value


def _step(entry: Any, index: int) -> str | int:
    if isinstance(entry, Channel):
        return entry.language
    key = getattr(entry, "key", None)
    return key if isinstance(key, str) else index


_NAMES: dict[type, tuple[str, ...]] = {}


def _fields(kind: type) -> tuple[str, ...]:
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in attrs.fields(kind))
    return _NAMES[kind]
