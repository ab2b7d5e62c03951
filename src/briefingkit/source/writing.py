"""Writing briefings: a few values changed in a file that keeps its comments, or a whole new file in canonical order."""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from io import StringIO
from itertools import pairwise
from typing import Any

import yaml

from briefingkit.errors import Finding, Position, SourceError
from briefingkit.model import Briefing, unstructure
from briefingkit.source.paths import Path, dotted
from briefingkit.source.yaml_tree import Tree, read_yaml

__all__ = ["dump", "rewrite"]

_WIDTH = 110
_FIRST = ("format", "briefing", "namespace", "languages", "title", "status")
_UNFOLDED = 1 << 20
_TO_ESCAPE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_LIST_ENTRY = re.compile(r"^( *)[^\s#-][^#]*:[ ]*(?:#.*)?\n(?:\s*(?:#.*)?\n)*( *)- ", re.MULTILINE)


def dump(briefing: Briefing) -> str:
    """Write a briefing as a new file: fields in the model's order, long texts as blocks, nothing that is empty.

    Reading it gives the same briefing.
    """
    data = unstructure(briefing)
    ordered = {name: data.pop(name) for name in _FIRST if name in data} | data
    written: str = yaml.dump(
        ordered,
        Dumper=_dumper(),
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
        default_flow_style=None,
    )
    return written


def rewrite(text: str, changes: Mapping[Path, Any], file: str = "briefing.yaml") -> str:
    """Change values in a file and leave its comments, order and quotes as they are.

    A path goes down by names, keys of list entries and indexes. None takes the field or entry away; a mapping that is
    not there yet is made on the way. Lines that nothing changed in stay as they are, to the byte. Raises SourceError
    for a text that cannot be read and for a path that leads through a single value or past the end of a list.
    """
    before = read_yaml(text, file)
    text = text.removeprefix("\ufeff")
    plain = {_indexed(before, path): value for path, value in changes.items()}
    # Entries that go are taken from the end, so that the indexes of the others still hold.
    ordered = sorted(
        plain.items(), key=lambda one: (one[1] is None, [-s if isinstance(s, int) else 0 for s in one[0]])
    )
    untouched, changed = _round_trip(text, {}), _round_trip(text, dict(ordered))
    kept = _with_untouched_lines(text, untouched, changed)
    return kept if _same(kept, changed, file) else changed


def _indexed(tree: Tree, path: Path) -> Path:
    """Put indexes in the place of keys, and refuse a path that cannot be followed or made."""
    data, steps = tree.data, list[str | int]()
    for step in path:
        at: str | int = step
        if isinstance(data, list):
            keyed = (i for i, one in enumerate(data) if isinstance(one, dict) and one.get("key") == step)
            at = next(keyed, int(step) if str(step).isdecimal() else len(data))
            if at >= len(data):
                raise _no_way(tree, path)
            data = data[at]
        elif isinstance(data, dict) or data is None:
            at = str(step)
            data = data.get(at) if data else None
        else:
            raise _no_way(tree, path)
        steps.append(at)
    return tuple(steps)


def _no_way(tree: Tree, path: Path) -> SourceError:
    where: Position = tree.position(path)
    return SourceError(
        (Finding("E103", f"there is nothing at {dotted(path)} to change", "", where, dotted(path)),)
    )


def _round_trip(text: str, changes: Mapping[Path, Any]) -> str:
    from ruamel.yaml import YAML

    editor = YAML(typ="rt")
    editor.preserve_quotes = True
    editor.width = _UNFOLDED
    editor.allow_duplicate_keys = False
    editor.explicit_start = text.startswith("---") or "\n---" in text or None
    offset = _offset_of_lists(text)
    editor.indent(mapping=2, sequence=2 + offset, offset=offset)
    document = editor.load(text) if text.strip() else None
    if document is None:
        document = editor.map()
    for path, value in changes.items():
        _put(document, path, value)
    written = StringIO()
    editor.dump(document, written)
    return written.getvalue()


def _offset_of_lists(text: str) -> int:
    match = _LIST_ENTRY.search(text)
    return max(len(match[2]) - len(match[1]), 0) if match else 2


def _put(document: Any, path: Path, value: Any) -> None:
    last: Any = path[-1]
    for step, following in pairwise(path):
        if isinstance(document, dict) and document.get(step) is None:
            document[step] = [] if isinstance(following, int) else {}
        document = document[step]
    if value is not None:
        document[last] = _quoted(value)
    elif isinstance(document, list) or last in document:
        del document[last]


def _quoted(value: Any) -> Any:
    """Have text with line breaks that only Unicode knows written with escapes; the editor would fold it at them."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, dict):
        return {name: _quoted(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_quoted(one) for one in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) and _TO_ESCAPE.search(value) else value


def _with_untouched_lines(text: str, untouched: str, changed: str) -> str:
    """Take from the original every line that the change did not alter; the editor's own manners are not wanted."""
    original, base, new = (part.splitlines(keepends=True) for part in (text, untouched, changed))
    if len(original) != len(base):
        return changed
    lines: list[str] = []
    for kind, start, end, new_start, new_end in SequenceMatcher(
        None, base, new, autojunk=False
    ).get_opcodes():
        lines += original[start:end] if kind == "equal" else new[new_start:new_end]
    return "".join(lines)


def _same(text: str, other: str, file: str) -> bool:
    try:
        return bool(read_yaml(text, file).data == read_yaml(other, file).data)
    except SourceError:
        return False


def _dumper() -> type[yaml.SafeDumper]:
    """Make a dumper that quotes only what this package would read otherwise, and writes long texts as blocks."""

    class Dumper(yaml.SafeDumper):
        yaml_implicit_resolvers: Any = {}  # noqa: RUF012 - PyYAML's own way

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - as it is
            super().increase_indent(flow, indentless=False)

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
            return True

    def write_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        style = "|" if "\n" in text else '"' if text.strip() in ("", "~", "null") else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    def write_plain(dumper: yaml.SafeDumper, value: Any) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", str(value).lower())

    Dumper.add_representer(str, write_text)
    Dumper.add_representer(type(None), lambda dumper, _: write_plain(dumper, "~"))
    Dumper.add_representer(bool, write_plain)
    Dumper.add_representer(int, write_plain)
    return Dumper
