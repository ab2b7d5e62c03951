"""Lists in pages, and sync tokens.

Source: "Synchronize resources efficiently" (developers.google.com/workspace/calendar/api/guides/sync) and the descriptions of
`pageToken` and `syncToken` in the discovery document. A token holds for the collection and the query that it was given
for; used with another it is refused here, where Google's behaviour is undefined.
"""

import base64
import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.calendar.world import Collection, Held, World
from briefingkit.testing.google.refusal import Refusal, invalid

__all__ = ["page", "read_sync_token"]

_USUAL = 100
_FREE = {
    "alt",
    "fields",
    "key",
    "maxResults",
    "oauth_token",
    "pageToken",
    "prettyPrint",
    "quotaUser",
    "showDeleted",
    "syncToken",
    "userIp",
}
"""Parameters that may differ from one request of a chain to the next."""


def _write(kind: str, **parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([kind, parts]).encode()).decode().rstrip("=")


def _read(kind: str, text: str) -> dict[str, Any]:
    try:
        found, parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError):
        raise _bad(kind) from None
    if found != kind:
        raise _bad(kind)
    return dict(parts)


def _bad(kind: str) -> Refusal:
    words = {"page": "Invalid page token value.", "sync": "Invalid sync token value."}
    return invalid(words[kind], "pageToken" if kind == "page" else "syncToken")


def read_sync_token(world: World, call: Call, place: str) -> dict[str, Any] | None:
    """Read the sync token of a call. Raises a Refusal: 410 when it is too old, 400 when it is for something else."""
    text = call.query.get("syncToken")
    if text is None:
        return None
    parts = _read("sync", text)
    if parts["place"] != place:
        raise _bad("sync")
    if parts["epoch"] != world.epoch:
        raise Refusal(
            410,
            "fullSyncRequired",
            "Sync token is no longer valid, a full sync is required.",
            domain="calendar",
            location="syncToken",
        )
    return parts


def page(  # noqa: PLR0913 - what a list is made of
    world: World,
    call: Call,
    collection: Collection,
    see: Callable[[dict[str, Any]], dict[str, Any] | None],
    *,
    kind: str,
    place: str,
    largest: int,
    order: Callable[[Held], Any] | None = None,
    tokens: bool = True,
    kept: Mapping[str, Any] | None = None,
    head: Mapping[str, Any] | None = None,
) -> Answer:
    """Give a page. `see` gives what the caller sees of an item, None to leave it out; `kept` goes into the sync token."""
    sync = read_sync_token(world, call, place)
    query = _digest(call, place)
    if "pageToken" in call.query:
        held, upto = _go_on(world, call.query["pageToken"], query)
    else:
        held = collection.since(sync["change"]) if sync is not None else collection.in_order()
        if order is not None:
            held = sorted(held, key=order)
        upto = world.changes
    size = min(call.query.get("maxResults", _USUAL), largest)
    items: list[dict[str, Any]] = []
    rest: list[Held] = []
    for at, each in enumerate(held):
        seen = see(each.body)
        if seen is None:
            continue
        if len(items) == size:
            rest = held[at:]
            break
        items.append(seen)
    body: dict[str, Any] = {"kind": kind, "etag": f'"p{upto:032d}"', **(head or {}), "items": items}
    if rest:
        token = _write("page", query=query, number=len(world.pages))
        world.pages[token] = (rest, upto)
        body["nextPageToken"] = token
    elif tokens:
        remembered = dict(sync["kept"]) if sync is not None else dict(kept or {})
        body["nextSyncToken"] = _write("sync", place=place, change=upto, epoch=world.epoch, kept=remembered)
    return Answer(body)


def _go_on(world: World, token: str, query: str) -> tuple[list[Held], int]:
    if _read("page", token)["query"] != query or token not in world.pages:
        raise _bad("page")
    pages: tuple[list[Held], int] = world.pages[token]
    return pages


def _digest(call: Call, place: str) -> str:
    asked = {name: value for name, value in call.query.items() if name not in _FREE or name == "syncToken"}
    return sha256(json.dumps([place, asked], sort_keys=True).encode()).hexdigest()[:16]
