"""Which form is which, and which of its items are ours: names that follow from a briefing, and marks that say so.

Google names a form that is made, so a mark stands in its file's private properties from the moment that it is made.
Items and questions take ids from us: they follow from what is asked, so that answers keep their question whatever its
words become. An id of an item of ours holds a check of itself, and its question's id follows from it; so items that
people add by hand are told from ours without any memory.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from attrs import frozen

from briefingkit.publish import Identity
from briefingkit.publish.views import REGISTRATION
from briefingkit_google.unchecked import mapping_in, text_in

__all__ = [
    "FORM",
    "ONE_FOR_ALL",
    "ORDER",
    "FormName",
    "Mark",
    "digest_property",
    "filled_properties",
    "is_filled",
    "is_of_ours",
    "item_ids",
    "mark_for",
    "mark_of",
    "mark_properties",
    "outputs_fitting",
    "outputs_of",
    "outputs_property",
    "question_id",
    "target_property",
]

FORM: Final = "form"
ORDER: Final = (FORM,)
ONE_FOR_ALL: Final = "all"
"""Stands for the language of a form that branches."""

_MARK: Final = "briefingkit-mark"
_NAMESPACE: Final = "briefingkit-namespace"
_TARGET: Final = "briefingkit-target"
_OWNER: Final = "briefingkit-owner"
_LANGUAGE: Final = "briefingkit-language"
_FILLED: Final = "briefingkit-filled"
_OUTPUTS: Final = "briefingkit-outputs"
_WHOLE: Final = "*"
_LONGEST: Final = 124
"""Bytes of a property with its key (https://developers.google.com/workspace/drive/api/guides/properties)."""
_PART: Final = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")


@frozen
class FormName:
    """What a form is of: a briefing, in a language or in all of them."""

    briefing: str
    language: str

    @property
    def key(self) -> str:
        """Write the resource's key: `imrf-2022.fr`, `imrf-2022.all`; no part holds a dot."""
        return f"{self.briefing}.{self.language}"

    @property
    def identity(self) -> Identity:
        """Return the identity of the form as a resource."""
        return Identity(FORM, self.key)

    @classmethod
    def parse(cls, key: str) -> "FormName | None":
        """Read a key back; None for one that this target never makes."""
        parts = key.split(".")
        ours = len(parts) == 2 and all(map(_PART.fullmatch, parts))  # noqa: PLR2004 - a briefing and a language
        return cls(*parts) if ours else None


@frozen
class Mark:
    """What a form of ours says of itself: namespace and target as they fit into a property, and what it is of."""

    namespace: str
    target: str
    name: FormName

    @property
    def digest(self) -> str:
        """What is searched for before a form is made; it is the same whoever asks."""
        return _hashed("form", self.namespace, self.target, self.name.key)[:40]


def _fitting(key: str, value: str) -> str:
    """Give a value as a property holds it: itself, or a digest where it would not fit."""
    whole = len(key.encode()) + len(value.encode()) <= _LONGEST
    return value if whole and value.isprintable() else f"sha256-{_hashed(value)[:32]}"


def mark_for(namespace: str, target: str, name: FormName) -> Mark:
    """Make the mark of a form."""
    return Mark(_fitting(_NAMESPACE, namespace), _fitting(_TARGET, target), name)


def mark_properties(mark: Mark) -> dict[str, str]:
    """Write the mark as private properties of a new file (appProperties of drive v3).

    A copy has the properties of its template: those by which that one would be ours are emptied.
    """
    return {
        _FILLED: "",
        _OUTPUTS: "",
        _MARK: mark.digest,
        _NAMESPACE: mark.namespace,
        _TARGET: mark.target,
        _OWNER: mark.name.briefing,
        _LANGUAGE: mark.name.language,
    }


def target_property(target: str) -> tuple[str, str]:
    """Give the property by which all forms of a target are found."""
    return _TARGET, _fitting(_TARGET, target)


def digest_property(mark: Mark) -> tuple[str, str]:
    """Give the property by which one form is found."""
    return _MARK, mark.digest


def filled_properties(form: str) -> dict[str, str]:
    """Write that a form has got its items; it names the form, so that a copy that somebody makes is told from it."""
    return {_FILLED: form}


def is_filled(file: Mapping[str, Any]) -> bool:
    """Tell whether a form has got its items: until then those that it was born with are nobody's."""
    return text_in(mapping_in(file.get("appProperties")).get(_FILLED)) == file.get("id")


def mark_of(file: Mapping[str, Any]) -> Mark | None:
    """Read the mark of a file as the API gives it; None for one that is not ours, as is a copy that somebody made."""
    properties = mapping_in(file.get("appProperties"))
    found = [text_in(properties.get(name)) for name in (_NAMESPACE, _TARGET, _OWNER, _LANGUAGE)]
    if not all(found):
        return None
    namespace, target, owner, language = map(str, found)
    name = FormName.parse(f"{owner}.{language}")
    filled = text_in(properties.get(_FILLED))
    if name is None or filled not in {None, file.get("id")}:
        return None
    mark = Mark(namespace, target, name)
    return mark if properties.get(_MARK) == mark.digest else None


def outputs_fitting(outputs: Sequence[str]) -> tuple[str, ...]:
    """Give the addresses that a form stands for, `registration` and `registration.fr`, as far as they can be noted."""
    fit: list[str] = []
    for output in outputs:
        if len(_OUTPUTS.encode()) + len(_written(*fit, output).encode()) <= _LONGEST:
            fit.append(output)
    return tuple(fit)


def outputs_property(outputs: Sequence[str]) -> dict[str, str]:
    """Write which addresses a form stands for."""
    return {_OUTPUTS: _written(*outputs)}


def _written(*outputs: str) -> str:
    return " ".join(output.removeprefix(REGISTRATION) or _WHOLE for output in outputs)


def outputs_of(file: Mapping[str, Any]) -> tuple[str, ...]:
    """Read which addresses a form stands for."""
    written = text_in(mapping_in(file.get("appProperties")).get(_OUTPUTS)) or ""
    return tuple(REGISTRATION if each == _WHOLE else f"{REGISTRATION}{each}" for each in written.split())


# Items and questions. Ids are eight hexadecimal digits, the first below 8, in all forms that are seen.


def item_ids(keys: Sequence[str]) -> dict[str, str]:
    """Derive the ids of a form's items from their keys; where two meet, the later one steps aside.

    A key that begins with # is of an item that asks nothing.
    """
    taken: set[str] = set()
    ids: dict[str, str] = {}
    for key in keys:
        turn = 0
        while {name := _item_id(key, turn), question_id(name)} & taken:
            turn += 1
        taken |= {name, question_id(name)}
        ids[key] = name
    return ids


def question_id(item: str) -> str:
    """Derive the id of an item's question from the item's own."""
    return _eight(_hashed("question", item))


def is_of_ours(item: str, question: str | None) -> bool:
    """Tell an item of ours by its ids.

    A question's id follows from its item's, and an item that asks nothing holds a check of itself.
    """
    if question is not None:
        return question == question_id(item)
    return item[-_CHECK:] == _check(item[:-_CHECK])


_CHECK: Final = 4


def _item_id(key: str, turn: int) -> str:
    name = _eight(_hashed("item", key, str(turn)))
    return name[:-_CHECK] + _check(name[:-_CHECK]) if key.startswith("#") else name


def _check(body: str) -> str:
    return _hashed("check", body)[:_CHECK]


def _eight(digest: str) -> str:
    return f"{int(digest[0], 16) % 8}{digest[1:8]}"


def _hashed(*parts: str) -> str:
    return sha256("\n".join(("briefingkit", *parts)).encode()).hexdigest()
