"""What a target should hold and what it does hold: plain values that can be compared, stored and shown."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from attrs import field, frozen

__all__ = [
    "PEOPLE",
    "Fields",
    "Identity",
    "Remote",
    "Resource",
    "Snapshot",
    "Value",
    "freeze",
    "shown_fields",
]

PEOPLE = "attendees"
"""The one field in which people's addresses may stand; plans mask it, and no representation has it."""

Value: TypeAlias = "str | int | bool | tuple[Value, ...] | Mapping[str, Value] | None"
"""What a field may hold: all of it goes through JSON and comes back equal."""

Fields: TypeAlias = Mapping[str, Value]


# Of a type that `|` makes, every look would make another, and a plan looks at each value of each resource.
_PLAIN = (str, int)
_LISTS = (list, tuple)


class Identity(NamedTuple):
    """What makes a resource the same one in the plan, in the ledger and at the target."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


def freeze(value: object) -> Value:
    """Copy a value so that nobody else can change it: lists become tuples.

    Raises TypeError for what a field cannot hold (a float, a date, bytes): a target's canonical form says
    such things as text, because what cannot be stored exactly cannot be compared either.
    """
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, _LISTS):
        return tuple(map(freeze, value))
    if isinstance(value, Mapping):
        return _freeze_fields(value)
    raise TypeError(
        f"a field holds text, whole numbers, true, false, none, lists and mappings, not {value!r}"
    )


def _freeze_fields(fields: Mapping[str, object]) -> Fields:
    for name in fields:
        if not isinstance(name, str):
            raise TypeError(f"the name of a field is text, not {name!r}")
    return {name: freeze(value) for name, value in fields.items()}


def shown_fields(fields: Fields | None) -> str:
    """Represent fields in Python, which ends up in logs and tracebacks, without people's addresses."""
    hidden = fields is not None and isinstance(fields.get(PEOPLE), tuple)
    return repr({**fields, PEOPLE: "…"} if fields is not None and hidden else fields)


def _as_tuple(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(texts)


@frozen
class Resource:
    """One thing that a target should hold: a page, an event, a form.

    `owner` is a briefing's identifier, or the target's own name for what belongs to no briefing (an index,
    a feed). `fields` names every field that briefingkit governs, None where there is nothing to say;
    `notices` say in words what the target cannot hold. An int field called `revision` is where a lost
    ledger finds its numbers again; people's addresses stand in one called `attendees` alone, which plans mask.
    """

    kind: str
    key: str
    owner: str
    fields: Fields = field(converter=_freeze_fields, repr=shown_fields)
    notices: tuple[str, ...] = field(default=(), eq=False, converter=_as_tuple)

    @property
    def identity(self) -> Identity:
        """Return what makes it the same resource from plan to plan."""
        return Identity(self.kind, self.key)


@frozen
class Remote:
    """The same thing as the target holds it, in the same canonical form.

    `id`, `etag` and `server` (its other names there) belong to the target and are never compared with what is
    wanted. `ours` is the target's own word, by a mark that nobody else would have written, that briefingkit made it:
    an id alone may be anyone's by now. `outputs` are the addresses that it has ("page.fr", "room"), so that a lost
    ledger loses none.
    """

    resource: Resource
    id: str
    etag: str | None = field(default=None, eq=False)
    server: Mapping[str, str] = field(factory=dict, eq=False)
    ours: bool = False
    outputs: Mapping[str, str] = field(factory=dict, eq=False)

    @property
    def identity(self) -> Identity:
        """Return the identity of what is held."""
        return self.resource.identity


@frozen
class Snapshot:
    """What was read of a target, and where to read on (a sync token; None: read all of it every time).

    `duplicates` are further remotes with an identity that `remotes` has already: they are reported and left
    alone.
    """

    remotes: Mapping[Identity, Remote] = field(factory=dict)
    cursor: str | None = None
    duplicates: tuple[Remote, ...] = ()

    @classmethod
    def of(cls, remotes: Iterable[Remote], cursor: str | None = None) -> "Snapshot":
        """Sort remotes by identity; the one with the smallest id stands, so that two reads say the same."""
        found: dict[Identity, Remote] = {}
        duplicates: list[Remote] = []
        for remote in remotes:
            first = found.setdefault(remote.identity, remote)
            if first is remote:
                continue
            found[remote.identity], other = sorted((first, remote), key=lambda one: one.id)
            duplicates.append(other)
        return cls(found, cursor, tuple(sorted(duplicates, key=lambda one: (one.identity, one.id))))
