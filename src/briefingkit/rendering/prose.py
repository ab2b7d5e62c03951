"""Markdown that a person wrote, as safe HTML: background, objectives, the descriptions of agenda items.

CommonMark and tables. Raw HTML is text, images are links (a page makes no request), addresses are http, https or
mailto, and headings stand below those of the page.
"""

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from briefingkit.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["SCHEMES", "parse", "prose_html", "safe_address"]

SCHEMES = ("http", "https", "mailto")
"""The schemes that an address in an output may have."""

_LOWEST = 6


def prose_html(source: str, *, below: int = 2) -> str:
    """Write Markdown as HTML whose headings stand below those of level `below`: its first level is one deeper."""
    tokens = list(parse(source))
    for token in tokens:
        token.attrs.pop(
            "style", None
        )  # a table's alignment: the page's policy allows no style in an attribute
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + below, _LOWEST)}"
    parser = _parser()
    return str(parser.renderer.render(tokens, parser.options, {}))


def parse(source: str) -> "Sequence[Token]":
    """Read Markdown into markdown-it's tokens, with nothing unsafe left in them."""
    return _parser().parse(source)


def safe_address(address: str) -> str:
    """Give back an address that may stand in a link; RenderError for one with another scheme or a control in it.

    An address in a briefing was checked when it was read; those that targets make come from elsewhere.
    """
    if not _is_safe(address) or not address.isprintable() or " " in address:
        raise RenderError(
            f"{address[:80]!r} is no address for a link: it must start with https:// or http://"
        )
    return address


def _is_safe(address: str) -> bool:
    try:
        return urlsplit(address).scheme.lower() in SCHEMES
    except ValueError:
        return False


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.validateLink = _is_safe  # type: ignore[assignment,method-assign] # how markdown-it is told, by its documentation
    return parser
