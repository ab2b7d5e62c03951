"""Markdown that a person wrote, as plain text for reading and as Markdown that is safe to place in another document.

Both walk one tree of blocks; they differ in how they write inline text, headings and code.
"""

import re
from typing import TYPE_CHECKING

from briefingkit.rendering.prose import parse
from briefingkit.rendering.wrapping import WIDTH, wrap
from briefingkit.text.spaces import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.tree import SyntaxTreeNode

__all__ = ["escape_markdown", "prose_markdown", "prose_plain"]

_LOWEST = 6
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#&!])")
_STARTS_A_BLOCK = re.compile(r"^(\s*)([-+=]|\d{1,9}[.)])", re.MULTILINE)
_UNSAFE_IN_DESTINATION = re.compile(r"[<>\\\s]")
# One line of words, in which nothing means anything to a reader of Markdown.
_UNMARKED = re.compile(r"[^\W\d_][^\\`*_\[\]<>|~&\x00-\x1f\x7f-\x9f\u2028\u2029]*(?<!\s)")


def prose_plain(source: str, *, width: int = WIDTH) -> str:
    """Write Markdown as wrapped text; a link is its text and then its address."""
    if _UNMARKED.fullmatch(source):
        return wrap(source, width=width)  # as most are: without loading a parser
    return "\n\n".join(_Plain(width).blocks(_tree(source).children))


def prose_markdown(source: str, *, below: int = 2) -> str:
    """Write Markdown again with its headings below level `below`, no raw HTML, and no address that is unsafe."""
    return "\n\n".join(_Markdown(below).blocks(_tree(source).children))


def escape_markdown(text: str) -> str:
    """Write plain text so that a reader of Markdown shows it as it is; line breaks become spaces."""
    flat = " ".join(text.split("\n"))
    return _STARTS_A_BLOCK.sub(lambda found: f"{found[1]}{_backslash(found[2])}", _SPECIAL.sub(r"\\\1", flat))


def _backslash(marker: str) -> str:
    return f"{marker[:-1]}\\{marker[-1]}"


def _tree(source: str) -> "SyntaxTreeNode":
    from markdown_it.tree import SyntaxTreeNode

    return SyntaxTreeNode(parse(source))


class _Plain:
    """Writes blocks as plain text."""

    def __init__(self, width: int) -> None:
        self._width = width

    def blocks(self, nodes: "Sequence[SyntaxTreeNode]") -> list[str]:
        return [text for text in map(self.block, nodes) if text]

    def block(self, node: "SyntaxTreeNode") -> str:
        match node.type:
            case "heading":
                return self.heading(int(node.tag[1:]), self.inlines(node))
            case "paragraph":
                return self.wrapped(self.inlines(node))
            case "bullet_list" | "ordered_list":
                return self._list(node)
            case "blockquote":
                return _prefixed("\n\n".join(self._narrower().blocks(node.children)), "> ", "> ")
            case "fence" | "code_block":
                return self.code(node.content.rstrip("\n"))
            case "table":
                return "\n".join(self._row(row) for part in node.children for row in part.children)
            case "hr":
                return "* * *"
            case _:
                return self.wrapped(self.inlines(node))

    def wrapped(self, text: str) -> str:
        return wrap(text, width=self._width)

    def heading(self, level: int, text: str) -> str:
        del level
        return self.wrapped(text)

    def code(self, content: str) -> str:
        return _prefixed(content, "    ", "    ")

    def _narrower(self) -> "_Plain":
        return _Plain(max(self._width - 2, 20))

    def _list(self, node: "SyntaxTreeNode") -> str:
        start = int(node.attrs.get("start", 1))
        inner = self._narrower()
        items = []
        for index, item in enumerate(node.children):
            marker = "- " if node.type == "bullet_list" else f"{start + index}. "
            text = ("\n" if _is_tight(item) else "\n\n").join(inner.blocks(item.children))
            items.append(_prefixed(text, marker, " " * len(marker)))
        return "\n".join(items)

    def _row(self, row: "SyntaxTreeNode") -> str:
        return " | ".join(self.inlines(cell) for cell in row.children)

    def inlines(self, node: "SyntaxTreeNode") -> str:
        return "".join(map(self.inline, node.children))

    def inline(self, node: "SyntaxTreeNode") -> str:
        match node.type:
            case "text" | "code_inline":
                return node.content
            case "softbreak":
                return " "
            case "hardbreak":
                return "\n"
            case "link":
                return self.link(self.inlines(node), str(node.attrs["href"]))
            case _:
                return self.inlines(node)

    def link(self, text: str, address: str) -> str:
        shown = address.removeprefix("mailto:")
        return shown if text.strip() in {"", address, shown} else f"{text} ({shown})"


class _Markdown(_Plain):
    """Writes blocks as Markdown."""

    def __init__(self, below: int) -> None:
        super().__init__(WIDTH)
        self._below = below

    def wrapped(self, text: str) -> str:
        return _STARTS_A_BLOCK.sub(lambda found: f"{found[1]}{_backslash(found[2])}", text)

    def heading(self, level: int, text: str) -> str:
        return f"{'#' * min(level + self._below, _LOWEST)} {one_line(text)}"

    def code(self, content: str) -> str:
        longest = max((len(run) for run in re.findall(r"`+", content)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}\n{content}\n{fence}"

    def block(self, node: "SyntaxTreeNode") -> str:
        if node.type != "table":
            return super().block(node)
        rows = [self._row(row) for part in node.children for row in part.children]
        width = len(node.children[0].children[0].children)
        return "\n".join(f"| {row} |" for row in (rows[0], " | ".join(["---"] * width), *rows[1:]))

    def _narrower(self) -> "_Markdown":
        return self

    def inline(self, node: "SyntaxTreeNode") -> str:
        match node.type:
            case "text":
                return _SPECIAL.sub(r"\\\1", node.content)
            case "em" | "strong":
                mark = "*" if node.type == "em" else "**"
                return f"{mark}{self.inlines(node)}{mark}"
            case "code_inline":
                return _code_span(node.content)
            case "hardbreak":
                return "\\\n"
            case "softbreak":
                return "\n"
            case _:
                return super().inline(node)

    def link(self, text: str, address: str) -> str:
        return f"[{text}](<{_UNSAFE_IN_DESTINATION.sub('', address)}>)"


def _is_tight(item: "SyntaxTreeNode") -> bool:
    return any(child.type == "paragraph" and child.hidden for child in item.children)


def _code_span(content: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", content)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if content.startswith("`") or content.endswith("`") else ""
    return f"{fence}{padding}{content}{padding}{fence}"


def _prefixed(text: str, first: str, rest: str) -> str:
    """Begin the first line with one prefix and the others with another; blank lines stay blank but for a mark."""
    lines = text.split("\n")
    return "\n".join(((first if index == 0 else rest) + line).rstrip(" ") for index, line in enumerate(lines))
