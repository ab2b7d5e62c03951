"""A record: the JSON file that stands beside the files of a resource and says what was made and from which values.

It is public, like everything in the folder, and useful in itself: the briefing in one language, as data. Its last line
is a seal over all before it, by which a record that someone edited is known.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from briefingkit.publish import Fields, Identity, Value
from briefingkit.publish.resource import freeze
from briefingkit_files.folder import digest_of

__all__ = ["FORMAT", "Record", "RecordError", "dump", "fields_digest", "parse"]

FORMAT: Final = 1
"""The version of the form that records are written in."""

_DIGEST: Final = 64


class RecordError(ValueError):
    """A file is no record that this target wrote."""


@frozen
class Record:
    """What was made of a resource.

    `digests` are those of its files (SHA-256, hexadecimal) by format. While files are being written, `replaces` holds
    those of what stood there before, so that an interrupted run is told from a hand edit. `contents` are the digests
    of other files, by path, in the record that lists them all.
    """

    identity: Identity
    owner: str
    fields: Fields
    digests: Mapping[str, str]
    replaces: Mapping[str, str] = field(factory=dict)
    contents: Mapping[str, str] = field(factory=dict)


def dump(record: Record) -> bytes:
    """Write a record: the same record gives the same bytes."""
    data = {
        "briefingkit-files": FORMAT,
        "kind": record.identity.kind,
        "key": record.identity.key,
        "owner": record.owner,
        "fields": record.fields,
        "sha256": dict(record.digests),
        **({"replaces": dict(record.replaces)} if record.replaces else {}),
        **({"contents": dict(record.contents)} if record.contents else {}),
    }
    body = json.dumps(data, ensure_ascii=False, indent=1).encode()[: -len(b"\n}")]
    return body + _seal(body)


def parse(content: bytes, identity: Identity) -> Record:
    """Read the record of a resource. RecordError for what is none, was edited, or speaks for another resource."""
    length = len(_seal(b""))
    body, seal = content[:-length], content[-length:]
    if seal != _seal(body):
        raise RecordError("it was edited, or is no record")
    try:
        data = json.loads(content)
        record = _record(data)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise RecordError(f"it is no record of this release: {error!r}") from error
    if record.identity != identity:
        raise RecordError(f"it is the record of {record.identity}")
    return record


def fields_digest(fields: Fields) -> str:
    """Return a short digest of a resource's values: equal values, whatever their order, have equal ones."""
    text = json.dumps(fields, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return digest_of(text.encode())[:16]


def _seal(body: bytes) -> bytes:
    return f',\n "seal": "{digest_of(body)}"\n}}\n'.encode()


def _record(data: Mapping[str, Any]) -> Record:
    if data["briefingkit-files"] != FORMAT:
        raise RecordError(f"its form is {data['briefingkit-files']}, and this release reads {FORMAT}")
    fields: Value = freeze(data["fields"])
    if not isinstance(fields, Mapping) or not isinstance(fields.get("files"), Mapping):
        raise RecordError("its fields are no mapping")
    return Record(
        identity=Identity(str(data["kind"]), str(data["key"])),
        owner=str(data["owner"]),
        fields=fields,
        digests=_digests(data["sha256"]),
        replaces=_digests(data.get("replaces", {})),
        contents=_digests(data.get("contents", {})),
    )


def _digests(data: Mapping[str, Any]) -> dict[str, str]:
    for name, digest in data.items():
        if not isinstance(digest, str) or len(digest) != _DIGEST:
            raise RecordError(f"{name} has no digest")
    return dict(data)
