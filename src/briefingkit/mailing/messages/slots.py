"""What differs from recipient to recipient: a mark in a template's output, and later the place of each one's own value.

A slot is no text. A template can put it down, ask whether it is there, and write it into an address with `urlencode`;
comparing it or changing its letters would be done once for everybody, and is refused.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Final, NoReturn, TypeAlias

from attrs import field, frozen

from briefingkit.errors import RenderError

__all__ = ["Marks", "Slot", "Text", "encoded_for_addresses", "is_slot", "refuse_slots"]

_OPEN, _CLOSE = "\ue000bK", "\ue001"
_CHANGED: Final = (
    "a value that is each recipient's own was changed or compared: it is filled in later, for each of them, "
    "so that it can only be written as it is"
)


@frozen
class Slot:
    """A place for a recipient's own value. `encoded` percent-encodes it, for a part of an address."""

    name: str
    encoded: bool = False


Text: TypeAlias = Sequence[str | Slot]
"""A text with slots in it."""


@frozen(eq=False)
class _Mark:
    """What a template gets for a slot."""

    # Private, so that the sandbox shows none of it.
    _slot: Slot
    _shown: str = field(repr=False)
    _encoded: str = field(repr=False)

    def __str__(self) -> str:
        return self._shown

    def __html__(self) -> str:
        return self._shown

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError(f"{self._slot.name}: {_CHANGED}")

    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = _refuse
    __len__ = __iter__ = __getitem__ = __contains__ = __add__ = __radd__ = __mul__ = __mod__ = _refuse
    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return True


def encoded_for_addresses(value: Any) -> str | None:
    """Give what stands in a text for a slot that is to be percent-encoded; None for what is no slot."""
    return value._encoded if isinstance(value, _Mark) else None  # noqa: SLF001 - of this module


def is_slot(value: Any) -> bool:
    """Tell a slot from other values of a template."""
    return isinstance(value, _Mark)


def refuse_slots(values: Iterable[Any]) -> None:
    """Raise TypeError where one of the values is a slot."""
    for value in values:
        if isinstance(value, _Mark):
            raise TypeError(f"{value._slot.name}: {_CHANGED}")  # noqa: SLF001 - of this module


class Marks:
    """The marks of one rendering. `seed` is all that goes into it, so that no text can hold a mark by intent."""

    def __init__(self, seed: str) -> None:
        self._nonce = sha256(seed.encode("utf-8", "replace")).hexdigest()[:12]
        self._slots: list[Slot] = []
        self._exact = re.compile(f"{_OPEN}{self._nonce}\\.(\\d+){_CLOSE}")
        self._traces = re.compile(f"bk{self._nonce}|{_OPEN}", re.IGNORECASE)

    def mark(self, name: str) -> Any:
        """Make what a template gets for a slot of this name."""
        plain, encoded = Slot(name), Slot(name, encoded=True)
        return _Mark(plain, self._shown(plain), self._shown(encoded))

    def _shown(self, slot: Slot) -> str:
        self._slots.append(slot)
        return f"{_OPEN}{self._nonce}.{len(self._slots) - 1}{_CLOSE}"

    def split(self, text: str) -> Text:
        """Take an output apart into text and slots. RenderError where a mark was tampered with."""
        parts = self._exact.split(text)
        if any(map(self._traces.search, parts[::2])):
            raise RenderError(_CHANGED)
        found: list[str | Slot] = []
        for index, part in enumerate(parts):
            if index % 2:
                found.append(self._slots[int(part)])
            elif part:
                found.append(part)
        return tuple(found)
