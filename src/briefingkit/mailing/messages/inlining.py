"""The HTML of a mail: its style put into each element, and each recipient's own values where they can do no harm.

Many mail programs drop style sheets and keep `style` attributes (caniemail.com, "HTML <style> element"); what stands
in @media stays behind for those that read it.
"""

import re
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from briefingkit.errors import RenderError
from briefingkit.mailing.messages.slots import Marks, Slot, Text

if TYPE_CHECKING:
    from css_inline import CSSInliner

__all__ = ["inlined"]

# Gmail and Outlook drop <bdi>; `dir` isolates as well as it does (HTML section 15.3.6), and they keep it.
_BDI, _BDI_END = re.compile(r"<bdi(?=[\s>])"), re.compile(r"</bdi\s*>")
# Prose that is in another language begins where that one does, as the marks of its lists do.
_PROSE = re.compile(r'<div class="prose" (?P<says>lang="[^"]*" dir="(?P<direction>ltr|rtl)")>')
_ADDRESSES = frozenset(
    ("href", "src", "action", "background", "cite", "longdesc", "poster", "formaction", "srcset")
)
_RAW = frozenset(("script", "style", "title", "textarea", "noscript", "iframe", "xmp"))
_SHOWN = frozenset(("title", "textarea"))


def inlined(html: str, marks: Marks) -> Text:
    """Inline the style of a page and take it apart. RenderError for a value where no escaping makes it safe."""
    styled = _styled(_PROSE.sub(_aligned, _BDI_END.sub("</span>", _BDI.sub('<span dir="auto"', html))))
    found = marks.split(styled)
    _Places(marks).look_at(styled)
    return found


def _aligned(prose: re.Match[str]) -> str:
    side = "right" if prose["direction"] == "rtl" else "left"
    return f'<div class="prose" {prose["says"]} align="{side}">'


def _styled(html: str) -> str:
    from css_inline import InlineError

    try:
        return _inliner().inline(html)
    except InlineError as error:
        raise RenderError(f"its style cannot be read: {error}") from error


@lru_cache(maxsize=1)
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner

    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


class _Places(HTMLParser):
    """Looks at where the values of recipients stand."""

    def __init__(self, marks: Marks) -> None:
        super().__init__(convert_charrefs=True)
        self._marks = marks
        self._raw: str | None = None

    def look_at(self, html: str) -> None:
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._never(tag, "the name of an element")
        for name, value in attrs:
            self._never(name, "the name of an attribute")
            slots = self._slots(value or "")
            if slots and (name == "style" or name.startswith("on")):
                raise RenderError(f"{slots[0].name} cannot stand in {name}: nothing of a recipient's can")
            if slots and name in _ADDRESSES:
                self._check_address(name, value or "", slots)
        self._raw = tag if tag in _RAW else None

    def handle_endtag(self, tag: str) -> None:
        if tag == self._raw:
            self._raw = None

    def handle_data(self, data: str) -> None:
        if self._raw is not None and self._raw not in _SHOWN:
            self._never(data, f"<{self._raw}>")

    def handle_comment(self, data: str) -> None:
        self._never(data, "a comment")

    def handle_decl(self, decl: str) -> None:
        self._never(decl, "a declaration")

    def handle_pi(self, data: str) -> None:
        self._never(data, "an instruction")

    def _slots(self, text: str) -> list[Slot]:
        return [piece for piece in self._marks.split(text) if isinstance(piece, Slot)]

    def _never(self, text: str, where: str) -> None:
        if slots := self._slots(text):
            raise RenderError(f"{slots[0].name} cannot stand in {where}: nothing of a recipient's can")

    def _check_address(self, name: str, value: str, slots: list[Slot]) -> None:
        """Let a whole link be an address, and anything else be part of one when it is encoded."""
        whole = len(slots) == 1 and self._marks.split(value) == (slots[0],)
        for slot in slots:
            if slot.encoded and not (whole or isinstance(self._marks.split(value)[0], Slot)):
                continue
            if not (whole and slot.name.startswith("links.") and not slot.encoded):
                raise RenderError(
                    f"{slot.name} cannot stand in {name} like this: a link stands there alone, and anything else "
                    "behind the beginning of an address, through the filter urlencode"
                )
