"""Values of this room as JSON text and back, for the ledger and for saved plans."""

import json
from collections.abc import Mapping
from typing import Any

from attrs import evolve

from briefingkit.publish.change import Applied, Progress
from briefingkit.publish.resource import Fields, Remote, Resource, freeze

__all__ = [
    "applied_from",
    "applied_to",
    "decode",
    "decode_fields",
    "encode",
    "remote_from",
    "remote_to",
    "resource_from",
    "resource_to",
]


def encode(value: object) -> str:
    """Write a value as ASCII: then no database and no terminal meets a NUL or half a character."""
    return json.dumps(value, separators=(",", ":"))


def decode(text: str) -> Any:
    """Read what `encode` wrote; lists are not tuples yet."""
    return json.loads(text)


def decode_fields(text: str) -> Fields:
    """Read the fields of a resource. ValueError for what is no mapping."""
    value = freeze(json.loads(text))
    if not isinstance(value, Mapping):
        raise ValueError("fields are a mapping")  # noqa: TRY004 - it is the text that is wrong, not the caller
    return value


def resource_to(resource: Resource) -> dict[str, Any]:
    """Write a resource as data that JSON holds."""
    data = {"kind": resource.kind, "key": resource.key, "owner": resource.owner, "fields": resource.fields}
    return {**data, "notices": resource.notices} if resource.notices else data


def resource_from(data: Mapping[str, Any]) -> Resource:
    """Read a resource."""
    return Resource(data["kind"], data["key"], data["owner"], data["fields"], data.get("notices", ()))


def remote_to(remote: Remote) -> dict[str, Any]:
    """Write a remote as data that JSON holds."""
    return {
        "resource": resource_to(remote.resource),
        "id": remote.id,
        "etag": remote.etag,
        "server": dict(remote.server),
        "ours": remote.ours,
        "outputs": dict(remote.outputs),
    }


def remote_from(data: Mapping[str, Any]) -> Remote:
    """Read a remote."""
    return Remote(**{**data, "resource": resource_from(data["resource"])})


def applied_to(applied: Applied) -> dict[str, Any]:
    """Write what the ledger knows of a resource as data that JSON holds."""
    return {
        "sent": resource_to(applied.sent),
        "held": applied.held,
        "id": applied.id,
        "etag": applied.etag,
        "server": dict(applied.server),
        "progress": applied.progress.value,
        "kept": applied.kept,
    }


def applied_from(data: Mapping[str, Any]) -> Applied:
    """Read what the ledger knew."""
    held = data["held"]
    read = Applied(
        sent=resource_from(data["sent"]),
        id=data["id"],
        etag=data["etag"],
        server=data["server"],
        progress=Progress(data["progress"]),
        kept=tuple(data["kept"]),
    )
    return read if held is None else evolve(read, held=Resource("", "", "", held).fields)
