"""Lists in pages, for APIs whose page tokens hold a place in what was found when the first page was asked for."""

import base64
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from attrs import define, field

from briefingkit.testing.google.refusal import Refusal, invalid

__all__ = ["Pages"]


@define
class Pages:
    """What is left of lists, by page token. A token holds for the query that it was given for, and only for that."""

    _left: dict[str, tuple[Sequence[Any], object]] = field(factory=dict)

    def begin_or_go_on(self, token: str | None, query: object, found: Sequence[Any]) -> Sequence[Any]:
        """Give what is to be listed: what is left, with a token, or what was found. Raises a Refusal, 400."""
        if token is None:
            return found
        left, asked = self._left.get(token, ((), None))
        if asked != query:
            raise invalid("Invalid page token value.", "pageToken")
        return left

    def cut(self, items: Sequence[Any], size: int, query: object) -> tuple[Sequence[Any], dict[str, str]]:
        """Cut a page off; gives it, and the token of the next where there is one, as the answer names it."""
        if size < 1:
            raise Refusal(400, "invalid", f"Invalid page size: {size}", location="pageSize")
        page, rest = items[:size], items[size:]
        if not rest:
            return page, {}
        name = sha256(f"{len(self._left)} {query!r}".encode()).digest()[:18]
        token = base64.urlsafe_b64encode(name).decode()
        self._left[token] = (rest, query)
        return page, {"nextPageToken": token}
