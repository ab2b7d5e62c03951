"""With whom a spreadsheet is shared: rules of access that people are given, as a plan may show them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import frozen

from briefingkit_google.masking import masked
from briefingkit_google.unchecked import list_in, mapping_in, text_in

__all__ = ["Give", "Take", "scope_of", "shared", "sharing_steps"]

_RANKS: Final = ("reader", "commenter", "writer", "fileOrganizer", "organizer", "owner")
"""Roles of drive v3, from the least to the most."""


@frozen
class Give:
    """Give somebody a role; `permission` is the one that they have by now, if that can be changed."""

    scope: str
    role: str
    permission: str | None


@frozen
class Take:
    """Take back what somebody was given."""

    scope: str
    permission: str


def scope_of(permission: Mapping[str, Any]) -> str:
    """Say whom a permission of drive v3 is for, as settings do: `user:ann@example.org`."""
    of = text_in(permission.get("emailAddress")) or text_in(permission.get("domain")) or ""
    return f"{permission.get('type')}:{of.lower()}"


def shared(permissions: Iterable[Mapping[str, Any]], looked_for: Mapping[str, str]) -> dict[str, str]:
    """Give the roles of those who are looked for, masked; what people shared by themselves is theirs.

    Who has as much as is looked for by being a member of the shared drive, has that.
    """
    found: dict[str, str] = {}
    for each in permissions:
        scope, role = masked(scope_of(each)), str(each.get("role"))
        if scope in looked_for:
            wanted = looked_for[scope]
            found[scope] = wanted if _is_inherited(each) and _reaches(role, wanted) else role
    return {scope: found[scope] for scope in sorted(found)}


def sharing_steps(
    permissions: Iterable[Mapping[str, Any]], wanted: Mapping[str, str], before: Iterable[str]
) -> Iterator[Give | Take]:
    """Say what has to be done so that those have their roles who are wanted, and who was ours before has none."""
    held = {scope_of(each): each for each in permissions}
    for scope, role in wanted.items():
        one = held.get(scope)
        if one is None:
            yield Give(scope, role, None)
        elif _is_inherited(one):
            if not _reaches(str(one.get("role")), role):
                yield Give(scope, role, None)
        elif one.get("role") != role:
            yield Give(scope, role, str(one["id"]))
    ours = set(before)
    for scope, one in held.items():
        if masked(scope) in ours and scope not in wanted and not _is_inherited(one):
            yield Take(scope, str(one["id"]))


def _is_inherited(permission: Mapping[str, Any]) -> bool:
    """Whether somebody has it as a member of the shared drive or by a folder: only there can it be changed."""
    details = [mapping_in(each) for each in list_in(permission.get("permissionDetails"))]
    return bool(details) and all(each.get("inherited") is True for each in details)


def _reaches(role: str, wanted: str) -> bool:
    return role in _RANKS and wanted in _RANKS and _RANKS.index(role) >= _RANKS.index(wanted)
