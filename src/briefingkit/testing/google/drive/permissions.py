"""The methods of `permissions`: with whom a file is shared.

Sources: the descriptions of Permission and of these methods in the discovery document; "Publish and manage responders
on the form" (developers.google.com/workspace/forms/api/guides/publish-form): responders of a form are those who have
the role `reader` on the view `published`, and such permissions are listed only with
`includePermissionsForView=published`.
That a permission for whom there is one already changes that one is seen; that one with a view stands beside it is our
reading. Transfers of ownership and expirations are not kept.
"""

from hashlib import sha256
from typing import Any

from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.drive.access import find_file, rank
from briefingkit.testing.google.drive.world import DriveWorld, HeldFile, Notice
from briefingkit.testing.google.refusal import Refusal, invalid, required

__all__ = ["RULES", "grant_file"]

_TYPES = ("user", "group", "domain", "anyone")
_GIVEN = ("reader", "commenter", "writer")
_IN_DRIVES = ("fileOrganizer", "organizer")
_USUAL = ("kind", "id", "type", "role")
_NOT_KEPT = ("expirationTime", "pendingOwner", "inheritedPermissionsDisabled")
_LARGEST = 100


def _file(world: DriveWorld, call: Call, least: str = "writer") -> HeldFile:
    if call.path["fileId"] in world.drives:
        raise Refusal(501, "notImplemented", "The double keeps no permissions of shared drives themselves.")
    return find_file(world, call, call.path["fileId"], least)


def _show(permission: dict[str, Any], call: Call) -> dict[str, Any]:
    if "fields" in call.query:
        return permission
    return {name: permission[name] for name in _USUAL}


def _views(call: Call) -> set[str]:
    view = call.query.get("includePermissionsForView")
    if view not in {None, "published"}:
        raise invalid("Invalid Value", "includePermissionsForView")
    return {"", "published"} if view else {""}


def _list(world: DriveWorld, call: Call) -> Answer:
    file, views = _file(world, call, "reader"), _views(call)
    names = [key for key in file.permissions if key[1] in views]
    size = call.query.get("pageSize", _LARGEST if file.drive is not None else max(len(names), 1))
    query = (call.method.id, file.id, call.caller.email, call.query.get("pageSize"), sorted(views))
    left = world.pages.begin_or_go_on(call.query.get("pageToken"), query, names)
    page, token = world.pages.cut(left, min(size, _LARGEST), query)
    shown = [_show(file.permissions[key], call) for key in page if key in file.permissions]
    return Answer({"kind": "drive#permissionList", "permissions": shown, **token})


def _find(call: Call, file: HeldFile) -> tuple[str, str]:
    """Find a permission by its id; one of a view has an id of its own."""
    for key, permission in file.permissions.items():
        if permission["id"] == call.path["permissionId"]:
            return key
    raise Refusal(
        404, "notFound", f"Permission not found: {call.path['permissionId']}.", location="permissionId"
    )


def _get(world: DriveWorld, call: Call) -> Answer:
    file = _file(world, call, "reader")
    return Answer(_show(file.permissions[_find(call, file)], call))


def _create(world: DriveWorld, call: Call) -> Answer:
    file, body = _file(world, call), call.body
    _check(call, file)
    told = call.query.get("sendNotificationEmail")
    personal = body["type"] in {"user", "group"}
    if told is not None and not personal:
        raise invalid("sendNotificationEmail is not allowed for this type.", "sendNotificationEmail")
    made = grant_file(file, body)
    world.touch(file)
    if personal and told is not False:
        to, message = body["emailAddress"], call.query.get("emailMessage", "")
        world.notices.append(Notice(file.id, body["role"], to, message))
    return Answer(_show(made, call))


def _check(call: Call, file: HeldFile) -> None:
    body = call.body
    for name in _NOT_KEPT:
        if name in body:
            raise Refusal(501, "notImplemented", f"The double does not keep {name} of a permission.")
    if body["type"] not in _TYPES:
        raise invalid("The specified permission type is invalid.", "permission.type")
    _check_role(body["role"], file)
    if body["type"] in {"user", "group"} and not body.get("emailAddress"):
        raise required("The emailAddress field is required.", "permission.emailAddress")
    if body["type"] == "domain" and not body.get("domain"):
        raise required("The domain field is required.", "permission.domain")
    if body["type"] == "anyone" and (body.get("emailAddress") or body.get("domain")):
        raise invalid("The permission type anyone takes no more.", "permission.type")  # our reading
    if "allowFileDiscovery" in body and body["type"] not in {"domain", "anyone"}:
        raise invalid("allowFileDiscovery is only for domain and anyone.", "permission.allowFileDiscovery")
    if "view" in body and (body["view"], body["role"]) != ("published", "reader"):
        raise invalid("A view takes the role reader, and is published.", "permission.view")


def _check_role(role: str, file: HeldFile) -> None:
    if role == "owner":
        raise Refusal(501, "notImplemented", "The double does not transfer ownership.")
    if role not in _GIVEN + _IN_DRIVES:
        raise invalid("The specified role is invalid.", "permission.role")
    if role in _IN_DRIVES and file.drive is None:
        raise Refusal(403, "invalidSharingRequest", f"The role {role} is for shared drives.")


def grant_file(file: HeldFile, body: dict[str, Any]) -> dict[str, Any]:
    """Write a permission; for whom there is one already it takes its place."""
    whom = body.get("emailAddress") or body.get("domain") or ""
    view = body.get("view", "")
    name = _name(body["type"], whom.lower(), view)
    written: dict[str, Any] = {
        "kind": "drive#permission",
        "id": name,
        "type": body["type"],
        "role": body["role"],
    }
    for field in ("emailAddress", "domain", "view"):
        if body.get(field):
            written[field] = body[field]
    if body["type"] in {"domain", "anyone"}:
        written["allowFileDiscovery"] = bool(body.get("allowFileDiscovery"))
    file.permissions[name, view] = written
    return written


def _name(kind: str, whom: str, view: str) -> str:
    if kind == "anyone":
        return "anyoneWithLink" + ("Published" if view else "")
    number = int(sha256(f"{kind} {whom}".encode()).hexdigest()[:16], 16)
    return str(number).zfill(20)[:20] + ("p" if view else "")


def _update(world: DriveWorld, call: Call) -> Answer:
    file = _file(world, call)
    key = _find(call, file)
    fixed = sorted(name for name in call.body if name not in {"role", "kind"})
    if fixed:
        message = "The resource body includes fields which are not directly writable."
        raise Refusal(403, "fieldNotWritable", message)
    old = file.permissions[key]
    role = call.body.get("role")
    if role:
        _check_role(role, file)
        if old["role"] == "owner" or (key[1] and role != "reader"):
            raise Refusal(403, "insufficientFilePermissions", "This permission cannot be changed so.")
        file.permissions[key] = {**old, "role": role}
        world.touch(file)
    return Answer(_show(file.permissions[key], call))


def _delete(world: DriveWorld, call: Call) -> Answer:
    file = _file(world, call, "reader")
    key = _find(call, file)
    mine = file.permissions[key].get("emailAddress") == call.caller.email
    if not mine:
        _file(world, call)
    if rank(file.permissions[key]["role"]) == rank("owner"):
        raise Refusal(403, "insufficientFilePermissions", "The owner of a file cannot be removed.")
    del file.permissions[key]
    world.touch(file)
    return Answer()


RULES = {
    "drive.permissions.list": _list,
    "drive.permissions.get": _get,
    "drive.permissions.create": _create,
    "drive.permissions.update": _update,
    "drive.permissions.delete": _delete,
}
