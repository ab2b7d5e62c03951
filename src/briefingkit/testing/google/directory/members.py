"""`members.list`.

Sources: the descriptions of the method and of Member in the discovery document; "Directory API: Group Members"
(developers.google.com/workspace/admin/directory/v1/guides/manage-group-members). Seen in public reports: what one who
administers no groups is told, and what is said of a group of somebody else's, a group in a group of ours too (403
forbidden, "Not Authorized to access this resource/api"); of one that is not there (404, "Resource Not Found:
groupKey"); that people of other organisations have no status, and who stands for everybody no address; that
`includeDerivedMembership` gives the members of groups and of everybody beside those groups and everybody themselves.
That more than 200 a page is taken for 200, and that a member who is one in several ways is given once, is our reading.
"""

from collections.abc import Sequence
from typing import Any

from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.directory.world import (
    DirectoryWorld,
    HeldGroup,
    HeldMember,
)
from briefingkit.testing.google.refusal import Refusal, invalid

__all__ = ["RULES"]

_MOST = 200
_ROLES = {"OWNER", "MANAGER", "MEMBER"}


def _list(world: DirectoryWorld, call: Call) -> Answer:
    group = _group(world, call)
    derived = bool(call.query.get("includeDerivedMembership"))
    query = (group.email, derived, call.query.get("roles"))
    found = [*(world.derived(group) if derived else group.members.values())]
    listed = world.pages.begin_or_go_on(call.query.get("pageToken"), query, _of_roles(found, call))
    size = min(call.query.get("maxResults", _MOST), _MOST)
    page, following = world.pages.cut(listed, size, query)
    body: dict[str, Any] = {"kind": "admin#directory#members", "etag": '"members"', **following}
    if page:  # an empty list is left out
        body["members"] = [_shown(world, member) for member in page]
    return Answer(body)


def _group(world: DirectoryWorld, call: Call) -> HeldGroup:
    key = call.path["groupKey"]
    if call.caller.email not in world.admins:
        raise _not_authorized()
    group = world.find(key)
    if group is None and "@" in key and not world.is_own(key):
        raise _not_authorized()
    if group is None:
        raise Refusal(404, "notFound", "Resource Not Found: groupKey")
    return group


def _not_authorized() -> Refusal:
    return Refusal(403, "forbidden", "Not Authorized to access this resource/api")


def _of_roles(found: Sequence[HeldMember], call: Call) -> Sequence[HeldMember]:
    wanted = set(call.query.get("roles", "").split(",")) - {""}
    if not wanted <= _ROLES:
        raise invalid("Invalid Input: roles", "roles")
    return [member for member in found if member.role in wanted] if wanted else found


def _shown(world: DirectoryWorld, member: HeldMember) -> dict[str, Any]:
    shown = {"kind": "admin#directory#member", "role": member.role, "type": member.kind}
    if member.email is None:
        return {**shown, "id": world.customer}
    shown |= {"id": world.identifier(member.email), "email": member.email}
    if world.is_own(member.email):
        shown["status"] = world.users.get(member.email.lower(), "ACTIVE")
    return shown


RULES = {"directory.members.list": _list}
