"""YAML as plain strings, lists and mappings, each with its place in the file; nothing is guessed from how it looks.

PyYAML's parser gives events (its C one where it is there) and the tree is built here without recursion, so that
limits hold while reading and not after: a nested or self-multiplying file is refused at the line where it goes wrong.
Of YAML's types none is used: `no`, `15:05` and `2022-04-13` are strings, and the model reads them as what their field
is. Tags, merge keys and second documents are refused: they surprise whoever edits the file next.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml
from attrs import field, frozen

from briefingkit.errors import Finding, Position, SourceError
from briefingkit.source.paths import Path

try:
    from yaml import CBaseLoader as EventSource
except ImportError:  # PyYAML built without libyaml: slower, the same events
    from yaml import BaseLoader as EventSource  # type: ignore[assignment] # of another kind, with the same methods

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "Node", "Tree", "read_yaml", "too_large"]

MAX_BYTES = 2_000_000
"""The largest file that is read; a briefing in seven languages takes some 50 kB."""

MAX_DEPTH = 40
"""How deep lists and mappings may stand in each other; a briefing needs eight."""

MAX_NODES = 100_000
"""How many values a file may hold, each alias counting as all that it stands for."""

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_EMPTY = frozenset(("", "~", "null"))
_SHOWN = 60
# What the parser says, and what that means for somebody who has never heard of a block mapping.
_EXPLAINED = (
    ("cannot start any token", "a character stands here that YAML keeps for itself",
     "Put the text in quotes; if this is a tab, indent with spaces"),
    ("mapping values are not allowed", "a colon stands where no field can start",
     "Put a text with a colon in it in quotes, or look at the indentation"),
    ("could not find expected ':'", "a field has no colon after its name", "Write `name: value`"),
    ("did not find expected <block end>", "the indentation does not match the lines above",
     "Line the fields of one mapping up, or put a text with a quote in it in quotes"),
    ("did not find expected key", "the indentation does not match the lines above",
     "Line the fields of one mapping up"),
    ("did not find expected '-' indicator", "a list goes on without its dash", "Start each entry with `- `"),
    ("unexpected end of stream", "a quote is opened and not closed", "Close it"),
    ("did not find expected ',' or", "a bracket or brace is opened and not closed, or a comma is missing", "Close it"),
    ("did not find expected node content", "a value is missing between brackets or braces", ""),
    ("block sequence entries are not allowed", "a list starts where none can", "Put it on a line of its own"),
)  # fmt: skip


class Node(NamedTuple):
    """A value: `data` is a string, None, a list or a dict; line and column count from 1.

    `keys` says where each key of a mapping stands, `children` holds the nodes below by key or index.
    """

    data: Any
    line: int
    column: int
    children: "dict[str, Node] | list[Node]"
    keys: dict[str, tuple[int, int]]


@frozen
class Tree:
    """A file as data, and where each value in it stands."""

    file: str
    root: Node = field(repr=False)

    @property
    def data(self) -> Any:
        """The whole as strings, None, lists and dicts. Two aliases of one anchor are one and the same object."""
        return self.root.data

    def position(self, path: Path) -> Position:
        """Tell where the value at `path` stands, or the nearest value above it that is there."""
        *_, (node, _key) = self._walk(path)
        return Position(self.file, node.line, node.column)

    def key_position(self, path: Path) -> Position:
        """Tell where the name of the field at `path` stands; the value's place where it has none, as in a list."""
        *_, (node, key) = self._walk(path)
        return Position(self.file, *(key or (node.line, node.column)))

    def has(self, path: Path) -> bool:
        """Say whether a value stands at `path`."""
        return len(list(self._walk(path))) == len(path) + 1

    def _walk(self, path: Path) -> Iterator[tuple[Node, tuple[int, int] | None]]:
        """Go down as far as the file goes. A step into a list is an index, or the `key` of the entry."""
        node = self.root
        yield node, None
        for step in path:
            name = _name(node, step)
            if name is None:
                return
            key = node.keys.get(str(name))
            node = node.children[name]  # type: ignore[index] # an index in a list, a key in a mapping
            yield node, key


def _name(node: Node, step: str | int) -> str | int | None:
    children = node.children
    if isinstance(children, dict):
        if isinstance(step, int):  # a mapping that the model reads as a list, in its order
            return list(children)[step] if step < len(children) else None
        return step if step in children else None
    if isinstance(step, str):
        keyed = (
            i
            for i, child in enumerate(children)
            if isinstance(child.data, dict) and child.data.get("key") == step
        )
        index = next(keyed, int(step) if step.isdecimal() and len(step) < 7 else None)  # noqa: PLR2004 - no index
        step = len(children) if index is None else index
    return step if step < len(children) else None


def read_yaml(text: str | bytes, file: str) -> Tree:
    """Read one YAML document. `file` is its name as the findings shall show it; nothing is opened.

    Raises SourceError, with every double key at once, and otherwise at the first place where reading cannot go on:
    text that is not UTF-8 or holds control characters, a grammar error, a limit, or YAML that is not used here.
    """
    decoded = _decode(text, file)
    found = _UNREADABLE.search(decoded)
    if found:
        raise _refusal("E003", _unreadable(found.group()), "Remove it", _place(decoded, found.start(), file))
    composer = _Composer(file)
    try:
        root = composer.compose(EventSource(decoded))
    except yaml.YAMLError as error:
        raise SourceError((*composer.findings, _grammar(error, decoded, file))) from None
    if composer.findings:
        raise SourceError(composer.findings)
    return Tree(file, root)


def _decode(text: str | bytes, file: str) -> str:
    if len(text) > MAX_BYTES:
        raise too_large(len(text), file)
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        good = text[: error.start].decode("utf-8")
        message = f"the byte 0x{text[error.start]:02X} at offset {error.start:,} is not UTF-8"
        raise _refusal("E002", message, "Save the file as UTF-8", _place(good, len(good), file)) from None


def too_large(size: int, file: str) -> SourceError:
    """Make the refusal of a file that is over the limit, for who has looked at its size before opening it."""
    return _refusal(
        "E005", f"the file has {size:,} bytes", f"The limit is {MAX_BYTES:,}", Position(file, 1, 1)
    )


def _place(text: str, index: int, file: str) -> Position:
    before = text[:index]
    return Position(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def _unreadable(character: str) -> str:
    name = "a NUL byte" if character == "\0" else f"the control character U+{ord(character):04X}"
    return f"the file holds {name}"


def _grammar(error: yaml.YAMLError, text: str, file: str) -> Finding:
    problem = getattr(error, "problem", None) or str(error)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file, 1, 1)
    lines = text.splitlines() or [""]
    if mark and mark.line >= len(lines):  # the end of the file, where nobody can look
        place = Position(file, len(lines), len(lines[-1]) + 1)
    elif mark and lines[mark.line][mark.column : mark.column + 1] == "\t":
        return Finding("E004", "a tab stands where YAML wants spaces", "Indent with spaces", place)
    for said, meant, advice in _EXPLAINED:
        if said in problem:
            return Finding("E004", meant, advice, place)
    return Finding("E004", f"this is not YAML: {problem}", "", place)


def _refusal(code: str, message: str, advice: str, position: Position) -> SourceError:
    return SourceError((Finding(code, message, advice, position),))


class _Open:
    """A list or mapping that is being read."""

    __slots__ = ("anchor", "key", "node", "size")

    def __init__(self, node: Node, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.key: tuple[str, int, int] | None = None
        self.size = 1


class _Composer:
    """Events in, one node out."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.total = 0
        self.documents = 0
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.root: Node | None = None

    def compose(self, source: Any) -> Node:
        take = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        while (kind := type(event := source.get_event())) is not yaml.StreamEndEvent:
            if kind in take:
                take[kind](event)
        return self.root or Node(None, 1, 1, {}, {})

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._refuse("E007", "a second document starts here", "Keep one document a file", event)

    def _scalar(self, event: Any) -> None:
        if event.tag is not None:
            self._refuse_tag(event)
        plain = event.implicit[0]
        value = None if plain and event.value in _EMPTY else event.value
        mark = event.start_mark
        node = Node(value, mark.line + 1, mark.column + 1, [], {})
        if self._is_key():
            self._key(event, node)
        else:
            self._add(node, 1, event)
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, 1)

    def _is_key(self) -> bool:
        return bool(self.open) and self.open[-1].key is None and isinstance(self.open[-1].node.data, dict)

    def _key(self, event: Any, node: Node) -> None:
        key, mapping = event.value, self.open[-1].node
        if node.data is None and key == "":
            self._refuse("E007", "a field has no name", "Write one before the colon", event)
        if key == "<<" and event.implicit[0]:
            self._refuse("E007", "the merge key << is not used here", "Write the fields out", event)
        if key in mapping.keys:
            first = Position(None, *mapping.keys[key])
            message = f"{_shown(key)} stands twice in one mapping, the first time at {first}"
            place = Position(self.file, node.line, node.column)
            self.findings.append(Finding("E006", message, "Keep one of the two", place))
        self.open[-1].key = (key, node.line, node.column)
        self.open[-1].size += 1
        self._count(1, event)

    def _start(self, event: Any) -> None:
        if event.tag is not None:
            self._refuse_tag(event)
        if self._is_key():
            self._refuse(
                "E007",
                "a list or mapping stands where the name of a field belongs",
                "Use a plain name",
                event,
            )
        if len(self.open) >= MAX_DEPTH:
            self._refuse(
                "E005", f"values stand more than {MAX_DEPTH} deep in each other", "Nothing needs that", event
            )
        mark = event.start_mark
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        children: Any = {} if is_mapping else []
        node = Node({} if is_mapping else [], mark.line + 1, mark.column + 1, children, {})
        self.open.append(_Open(node, event.anchor))
        self._count(1, event)

    def _end(self, _event: Any) -> None:
        done = self.open.pop()
        self._put(done.node, done.size)
        if done.anchor is not None:
            self.anchors[done.anchor] = (done.node, done.size)

    def _alias(self, event: Any) -> None:
        if self._is_key():
            self._refuse(
                "E007", "an alias stands where the name of a field belongs", "Use a plain name", event
            )
        if event.anchor not in self.anchors:
            inside = any(o.anchor == event.anchor for o in self.open)
            what = "stands inside what it repeats" if inside else "repeats what was never marked"
            self._refuse("E007", f"the alias *{_shown(event.anchor)} {what}", "Write the value out", event)
        node, size = self.anchors[event.anchor]
        self._add(node, size, event)

    def _add(self, node: Node, size: int, event: Any) -> None:
        self._count(size, event)
        self._put(node, size)

    def _put(self, node: Node, size: int) -> None:
        """Hand a finished value to what it stands in. Its size there lets an alias of the whole be counted."""
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        parent.size += size
        data, children = parent.node.data, parent.node.children
        if parent.key is None:
            data.append(node.data)
            children.append(node)  # type: ignore[union-attr] # without a key it is a list
            return
        key, line, column = parent.key
        parent.key = None
        data[key] = node.data
        children[key] = node  # type: ignore[call-overload] # with one, a mapping
        parent.node.keys[key] = (line, column)

    def _count(self, size: int, event: Any) -> None:
        self.total += size
        if self.total > MAX_NODES:
            advice = (
                "An alias repeats itself out of bounds"
                if isinstance(event, yaml.AliasEvent)
                else "Split the file"
            )
            self._refuse("E005", f"the file holds more than {MAX_NODES:,} values", advice, event)

    def _refuse_tag(self, event: Any) -> None:
        self._refuse(
            "E007", f"the tag {_shown(event.tag)} is not used here", "Take it away; put text in quotes", event
        )

    def _refuse(self, code: str, message: str, advice: str, event: Any) -> None:
        mark = event.start_mark
        place = Position(self.file, mark.line + 1, mark.column + 1)
        raise SourceError((*self.findings, Finding(code, message, advice, place)))


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
