"""Who may answer a form and who may edit it: permissions of its file in Drive, and what is ours of them.

Responders are readers of the published view, all of them ours to see to. Of editors only those are ours whom the
settings name, or named when the form was last written; whom people share the form with is their own affair. That
anybody may edit is never ours, and always shown.
Source: https://developers.google.com/workspace/forms/api/guides/publish-form
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from briefingkit.publish import Fields
from briefingkit_google.forms.choices import ANYONE
from briefingkit_google.masking import masked
from briefingkit_google.unchecked import list_in, mapping_in, text_in

__all__ = ["Differences", "Grant", "Wanted", "differences", "editors_in", "known_editors", "responders_in"]

_PUBLISHED: Final = "published"
_EDITING: Final = {"writer", "fileOrganizer", "organizer", "owner"}


@frozen
class Grant:
    """A permission to give: the body of permissions.create."""

    body: Mapping[str, Any]

    @classmethod
    def to_respond(cls, scope: str) -> "Grant":
        """Let somebody answer: `anyone`, `domain:…`, `group:…`, `user:…`."""
        return cls({"role": "reader", "view": _PUBLISHED, **_whom(scope)})

    @classmethod
    def to_edit(cls, address: str) -> "Grant":
        """Let a person edit."""
        return cls({"role": "writer", **_whom(f"user:{address}")})

    @property
    def is_personal(self) -> bool:
        """Whether Google would write to somebody about it."""
        return self.body["type"] in {"user", "group"}


def _whom(scope: str) -> dict[str, str]:
    kind, _, of = scope.partition(":")
    if kind == "domain":
        return {"type": kind, "domain": of}
    return {"type": kind, "emailAddress": of} if of else {"type": kind}


def _is_responder(permission: Mapping[str, Any]) -> bool:
    """Tell a permission to answer from one to see or edit the form itself."""
    return permission.get("view") == _PUBLISHED


def _scope(permission: Mapping[str, Any]) -> str:
    kind = str(permission.get("type", ""))
    of = text_in(permission.get("domain")) if kind == "domain" else text_in(permission.get("emailAddress"))
    return f"{kind}:{of.lower()}" if of else kind


def responders_in(permissions: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Say who may answer, as far as a plan may show it."""
    return tuple(sorted(masked(_scope(each)) for each in permissions if _is_responder(each)))


def editors_in(permissions: Iterable[Mapping[str, Any]], known: Collection[str]) -> tuple[str, ...]:
    """Say who may edit, of those that are known to be ours (masked), and whether anybody may."""
    found = {_editor(each) for each in permissions if _edits(each)}
    return tuple(sorted(each for each in found if each == ANYONE or each in known))


def _edits(permission: Mapping[str, Any]) -> bool:
    return not _is_responder(permission) and permission.get("role") in _EDITING


def _editor(permission: Mapping[str, Any]) -> str:
    return masked(_scope(permission).removeprefix("user:").removeprefix("group:"))


def known_editors(*fields: Fields) -> frozenset[str]:
    """Gather the editors that are ours by what is wanted, held or was last sent."""
    listed = (list_in(each.get("editors")) for each in fields)
    return frozenset(str(editor) for each in listed for editor in each)


@frozen
class Wanted:
    """Who shall answer and edit: as a resource says it, masked, and in full as the settings do.

    The two differ where what people have changed is kept: whom the settings do not name is there already.
    """

    responders: Collection[str]
    editors: Collection[str]
    named_responders: Sequence[str] = field(default=(), repr=False)
    named_editors: Sequence[str] = field(default=(), repr=False)


@frozen
class Differences:
    """What is to be granted, and the ids of permissions that are to be taken back."""

    grants: tuple[Grant, ...]
    revoked: tuple[str, ...]


def differences(
    permissions: Sequence[Mapping[str, Any]], wanted: Wanted, *, ours: Collection[str]
) -> Differences:
    """Compare what there is with what is wanted; `ours` are the editors that are ours to see to, masked."""
    answering = {_scope(each) for each in permissions if _is_responder(each)}
    editing = {_editor(each) for each in permissions if _edits(each)}
    missing = [each for each in wanted.named_responders if masked(each) in wanted.responders]
    absent = [each for each in wanted.named_editors if masked(each) in wanted.editors]
    grants = (
        *(Grant.to_respond(each) for each in missing if each not in answering),
        *(Grant.to_edit(each) for each in absent if masked(each) not in editing),
    )
    leaving = {*ours, ANYONE} - {*wanted.editors}
    return Differences(grants, tuple(_revoked(permissions, wanted.responders, leaving)))


def _revoked(
    permissions: Iterable[Mapping[str, Any]], responders: Collection[str], leaving: Collection[str]
) -> Iterator[str]:
    for each in permissions:
        gone = (
            masked(_scope(each)) not in responders
            if _is_responder(each)
            else _edits(each) and each.get("role") != "owner" and _editor(each) in leaving
        )
        inherited = any(mapping_in(one).get("inherited") for one in list_in(each.get("permissionDetails")))
        if gone and not inherited:
            yield str(each["id"])
