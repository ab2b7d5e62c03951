r"""iCalendar as lines: taken apart without an opinion, so that what we do not govern goes back as it came.

icalendar makes an object of every value, which takes ten times as long, and refuses what other programs write; here a
line that cannot be read is kept as it is (RFC 5545 section 3.1).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import field, frozen

__all__ = ["Component", "Line", "components_of", "parse_components", "parse_line", "split_values", "unescape"]

_FOLD: Final = re.compile(r"\r?\n[ \t]")
_LINE_END: Final = re.compile(r"\r?\n")
_NAME: Final = re.compile(r"[A-Za-z0-9-]+")
_PARAMETER: Final = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_CIRCUMFLEX: Final = re.compile(r"\^[n^']")
_CIRCUMFLEXES: Final = {"^n": "\n", "^^": "^", "^'": '"'}
_COMMA: Final = re.compile(r"((?:\\.|[^,\\])*)(?:,|$)", re.DOTALL)


@frozen
class Line:
    """A property: its name in capitals, its parameters, and its value as it stands."""

    name: str
    parameters: Mapping[str, tuple[str, ...]]
    value: str

    def parameter(self, name: str) -> str | None:
        """Return a parameter's first value; None where it is not given."""
        return next(iter(self.parameters.get(name, ())), None)

    @property
    def text(self) -> str:
        """The value as a text (RFC 5545 section 3.3.11)."""
        return unescape(self.value)


@frozen
class Component:
    """A component: the lines of its own properties, unfolded, and the components in it."""

    name: str
    lines: list[str] = field(factory=list)
    parts: list["Component"] = field(factory=list)

    def written(self) -> Iterator[str]:
        """Give its lines as they were, components after properties."""
        yield f"BEGIN:{self.name}"
        yield from self.lines
        for part in self.parts:
            yield from part.written()
        yield f"END:{self.name}"


def parse_components(text: str) -> Component:
    """Read all that stands in a text, as the parts of a nameless component. What is not closed ends with the text."""
    return components_of(_LINE_END.split(_FOLD.sub("", text)))


def components_of(lines: Iterable[str]) -> Component:
    """Read all that stands in lines that are unfolded."""
    root = Component("")
    open_ones = [root]
    for line in lines:
        name, _, value = line.partition(":")
        keyword = name.upper()
        if keyword == "BEGIN":
            component = Component(value.strip().upper())
            open_ones[-1].parts.append(component)
            open_ones.append(component)
        elif keyword == "END":
            if len(open_ones) > 1:
                open_ones.pop()
        elif line:
            open_ones[-1].lines.append(line)
    return root


def parse_line(line: str) -> Line | None:
    """Read a property; None for what is none."""
    named = _NAME.match(line)
    if named is None:
        return None
    at, parameters = named.end(), {}
    while line[at : at + 1] != ":" and (found := _PARAMETER.match(line, at)):
        parameters[found[1].upper()] = tuple(map(_decoded, _parameter_values(found[2])))
        at = found.end()
    return Line(named[0].upper(), parameters, line[at + 1 :]) if line[at : at + 1] == ":" else None


def _decoded(value: str) -> str:
    """Read a parameter's value (RFC 6868 section 3.1)."""
    value = value.strip('"')
    return _CIRCUMFLEX.sub(lambda found: _CIRCUMFLEXES[found[0]], value) if "^" in value else value


def _parameter_values(written: str) -> Iterator[str]:
    if '"' not in written:
        yield from written.split(",")
        return
    for found in re.finditer(r'(?:"[^"]*"|[^",])+', written):
        yield found[0]


def unescape(value: str) -> str:
    """Read a TEXT value."""
    return _ESCAPED.sub(_unescaped, value) if "\\" in value else value


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found[1] in "nN" else found[1]


def split_values(value: str) -> tuple[str, ...]:
    """Take a list of TEXT values apart, each still escaped."""
    return tuple(part for part in _COMMA.findall(value) if part)
