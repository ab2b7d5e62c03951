"""Lists in pages, and sync tokens.

Source: "Synchronize resources efficiently" (developers.google.com/workspace/calendar/api/guides/sync) and the
descriptions of `pageToken` and `syncToken` in the discovery document. A token holds for the collection and the query
that it was given for; used with another it is refused here, where Google's behaviour is undefined.
"""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

from attrs import field, frozen

from briefingkit.testing.google.calendar.world import Collection, Held, World
from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.refusal import Refusal, invalid

__all__ = ["Listing", "page", "read_sync_token"]

_USUAL = 100
_FREE = frozenset(
    ("alt", "fields", "key", "maxResults", "oauth_token", "pageToken", "prettyPrint", "quotaUser", "userIp")
)
"""Parameters that may differ from one page to the next."""
_SAYS = {"pageToken": "Invalid page token value.", "syncToken": "Invalid sync token value."}


@frozen
class Listing:
    """What a list is made of.

    `see` gives what the caller sees of an item, None to leave it out. `place` names the collection and the part of
    the query that a sync token is bound to, `kept` is what a token remembers. Without `tokens` none is given.
    `expand` makes several of one item.
    """

    kind: str
    place: str
    see: Callable[[dict[str, Any]], dict[str, Any] | None]
    largest: int = 250
    order: Callable[[Held], Any] | None = None
    expand: Callable[[Held], Iterable[Held]] | None = None
    tokens: bool = True
    kept: Mapping[str, Any] = field(factory=dict)
    head: Mapping[str, Any] = field(factory=dict)


def page(world: World, call: Call, collection: Collection, listing: Listing) -> Answer:
    """Give one page; the last one has the sync token."""
    sync = read_sync_token(world, call, listing.place)
    query = _digest(call, listing.place)
    if "pageToken" in call.query:
        held, upto = _go_on(world, call.query["pageToken"], query)
    else:
        held = collection.since(sync["change"]) if sync is not None else collection.in_order()
        if listing.expand is not None:
            held = [one for each in held for one in listing.expand(each)]
        held, upto = (sorted(held, key=listing.order) if listing.order else held), world.changes
    size = min(call.query.get("maxResults", _USUAL), listing.largest)
    items, rest = _take(held, listing, size)
    body: dict[str, Any] = {"kind": listing.kind, "etag": f'"p{upto:032d}"', **listing.head, "items": items}
    if rest:
        body["nextPageToken"] = _write("pageToken", query=query, number=len(world.pages))
        world.pages[body["nextPageToken"]] = (rest, upto)
    elif listing.tokens:
        kept = sync["kept"] if sync is not None else dict(listing.kept)
        body["nextSyncToken"] = _write(
            "syncToken", place=listing.place, change=upto, epoch=world.epoch, kept=kept
        )
    return Answer(body)


def _take(held: list[Held], listing: Listing, size: int) -> tuple[list[dict[str, Any]], list[Held]]:
    items: list[dict[str, Any]] = []
    for at, each in enumerate(held):
        seen = listing.see(each.body)
        if seen is None:
            continue
        if len(items) == size:
            return items, held[at:]
        items.append(seen)
    return items, []


def read_sync_token(world: World, call: Call, place: str) -> dict[str, Any] | None:
    """Read the sync token of a call. Raises a Refusal: 410 when it is too old, 400 when it is for something else."""
    text = call.query.get("syncToken")
    if text is None:
        return None
    parts = _read("syncToken", text)
    if parts["place"] != place:
        raise invalid(_SAYS["syncToken"], "syncToken")
    if parts["epoch"] != world.epoch:
        raise Refusal(
            410,
            "fullSyncRequired",
            "Sync token is no longer valid, a full sync is required.",
            domain="calendar",
            location="syncToken",
        )
    return parts


def _go_on(world: World, text: str, query: str) -> tuple[list[Held], int]:
    if _read("pageToken", text)["query"] != query or text not in world.pages:
        raise invalid(_SAYS["pageToken"], "pageToken")
    pages: tuple[list[Held], int] = world.pages[text]
    return pages


def _digest(call: Call, place: str) -> str:
    asked = {name: value for name, value in call.query.items() if name not in _FREE}
    return sha256(json.dumps([place, asked], sort_keys=True).encode()).hexdigest()[:16]


def _write(kind: str, **parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([kind, parts]).encode()).decode().rstrip("=")


def _read(kind: str, text: str) -> dict[str, Any]:
    try:
        found, parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError):
        found, parts = "", {}
    if found != kind:
        raise invalid(_SAYS[kind], kind)
    return dict(parts)
