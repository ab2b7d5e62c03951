"""Changes field by field, down to the single value: what a person reads, language by language.

A plan is read by more people than may know who is invited: addresses in a field called `attendees` are masked.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from briefingkit.publish.change import Action, Change, to_send
from briefingkit.publish.resource import PEOPLE, Fields, Value

__all__ = ["FieldChange", "field_changes", "hand_edits"]

_NESTED = (tuple, Mapping)
_ALL_BUT_THE_FIRST_LETTER = re.compile(r"(?<=^.)[^@]*(?=@)")


@frozen
class FieldChange:
    """A value that changes; `path` leads to it through mappings (a language) and, by number, through lists."""

    path: tuple[str, ...]
    before: Value
    after: Value


def field_changes(change: Change) -> Iterator[FieldChange]:
    """Give what a change would alter at the target, in the order of the fields; a deletion alters all."""
    held: Fields = change.held.resource.fields if change.held is not None else {}
    sent = to_send(change).wanted
    if sent is None:
        yield from _compare((), held, dict.fromkeys(held))
    elif change.action is Action.UPDATE:
        written = {name: sent.fields.get(name) for name in change.edits}
        yield from _compare((), {name: held.get(name) for name in written}, written)
    elif change.action is Action.CREATE:
        yield from _compare((), {}, sent.fields)


def hand_edits(change: Change) -> Iterator[FieldChange]:
    """Give what someone else has changed at the target since it was last written."""
    if change.last is None or change.held is None:
        return
    then, now = change.last.held or {}, change.held.resource.fields
    names = change.drifted
    yield from _compare((), _only(then, names), _only(now, names))


def _only(fields: Fields, names: Iterable[str]) -> Fields:
    return {name: fields.get(name) for name in names}


def _compare(path: tuple[str, ...], before: Value, after: Value) -> Iterator[FieldChange]:
    if before == after:
        return
    if _is_nested(before) or _is_nested(after):
        then, now = _parts(before), _parts(after)
        if then is not None and now is not None:
            for name in {**then, **now}:
                yield from _compare((*path, name), then.get(name), now.get(name))
            return
    if path[0] == PEOPLE:
        before, after = _masked(before), _masked(after)
    yield FieldChange(path, before, after)


def _masked(value: Value) -> Value:
    """Show an address so far that those who know it recognise it: m…@example.org."""
    return _ALL_BUT_THE_FIRST_LETTER.sub("…", value) if isinstance(value, str) else value


def _is_nested(value: Value) -> bool:
    return not isinstance(value, str) and bool(value) and isinstance(value, _NESTED)


def _parts(value: Value) -> Mapping[str, Value] | None:
    """Take a value apart by name or number; None for one that has no parts."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return value
    if isinstance(value, tuple):
        return {str(number): part for number, part in enumerate(value, start=1)}
    return None
