"""What may become of a description's HTML on a server: give it to a double as `google.normalise`.

Google says "Can contain HTML" and no more. What is known of the web page's editor is kept here: paragraphs, lines,
lists, links, bold, italics and underlining. Other tags are dropped and their text stays; scripts and styles go whole.
"""

from html import escape
from html.parser import HTMLParser

__all__ = ["plain_markup"]

_KEPT = frozenset(("a", "b", "strong", "i", "em", "u", "p", "br", "ul", "ol", "li", "span"))
_GONE = frozenset(("script", "style"))


def plain_markup(text: str) -> str:
    """Give a description with the tags that are known to be kept, and of their attributes `href` alone."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    return "".join(parser.written)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag, or leave it out."""
        self._inside += tag in _GONE
        if tag in _KEPT and not self._inside:
            address = dict(attrs).get("href") if tag == "a" else None
            self.written.append(f'<{tag} href="{escape(address)}">' if address else f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        """Keep the end of a tag that was kept."""
        if tag in _KEPT and tag != "br" and not self._inside:
            self.written.append(f"</{tag}>")
        self._inside -= tag in _GONE and self._inside > 0

    def handle_data(self, data: str) -> None:
        """Keep text."""
        if not self._inside:
            self.written.append(escape(data, quote=False))
