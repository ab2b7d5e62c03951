"""Charts as SVG that stands in a page: pygal finds the places of bars and words, and nothing else of it goes out.

What pygal draws is read as a tree, and only shapes and words of it are written again, with no style, script or address:
the page's own style gives the colours, light and dark. For a language that is written from the right the chart is
turned around, and its words are not.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import combining, east_asian_width

from briefingkit.errors import MissingExtra

if TYPE_CHECKING:
    from markupsafe import Markup

    from briefingkit.registrations.statistics.words import Row

__all__ = ["BARS_AT_MOST", "COLUMNS_AT_MOST", "bars", "columns"]

BARS_AT_MOST = 12
"""How many bars one chart has; the table beside it has all."""

COLUMNS_AT_MOST = 60

_PLACES = 6  # for columns at least: a single day is no block as wide as the page
_WIDTH = 460  # units; small, so that words can be read where it is shrunk to the width of a telephone
_BAR, _COLUMNS = 30, 230  # units of height: of each bar, and of a chart of columns
_FONT = 14
_WIDE, _NARROW, _ASSUMED = (
    1.0,
    0.54,
    0.6,
)  # em of a character: of Han, of others, and what pygal takes all for
_LABEL_AT_MOST = 190.0  # units
_KEPT = {"g", "rect", "path", "text"}
_ATTRIBUTES = ("class", "x", "y", "width", "height", "d", "transform")
_NUMBER = re.compile(r"-?\d+\.\d+(e-?\d+)?")
_LEFT_OUT = {"background", "titles", "tooltip-overlay"}
_SWAPPED = {"start": "end", "end": "start", "middle": "middle"}

Anchor = Literal["start", "middle", "end"]


def bars(rows: "Sequence[Row]", *, name: str, values: Sequence[str], rtl: bool = False) -> "Markup":
    """Draw a bar for each row, the first on top, with its label beside it and its value at its end.

    `name` says what the chart is of, for those who do not see it. Raises MissingExtra where pygal is not installed.
    """
    shown = list(rows[:BARS_AT_MOST])
    labels = [_shortened(row.label) for row in shown]
    beside = max(map(_width, labels), default=0.0)
    assumed = max((len(label) * _ASSUMED * _FONT for label in labels), default=0.0)
    ends = max(map(_width, values[:BARS_AT_MOST]), default=0.0)
    height = _BAR * max(len(shown), 1) + 8
    chart = _pygal().HorizontalBar(
        **_common(height),
        print_values=True,
        show_x_labels=False,  # of the values, which stand at the bars
        margin_left=max(0, round(beside - assumed) + 4),
        margin_right=round(ends) + 14,
    )
    # pygal counts from below.
    chart.x_labels = labels[::-1]
    chart.add("", [row.count for row in reversed(shown)])
    return _svg(chart, ("bars", height), name, list(values[:BARS_AT_MOST])[::-1], rtl=rtl)


def columns(rows: "Sequence[Row]", *, name: str, rtl: bool = False) -> "Markup":
    """Draw a column for each row, the last of them, with some of their labels below and a scale of whole numbers."""
    chart = _pygal().Bar(
        **_common(_COLUMNS),
        x_labels_major_count=5,
        show_minor_x_labels=len(rows) < _PLACES,
        truncate_label=20,
        margin_left=4,
        margin_right=14,
    )
    rows = rows[-COLUMNS_AT_MOST:]
    beside = max(0, _PLACES + 1 - len(rows)) // 2
    chart.x_labels = [*[""] * beside, *(row.short or row.label for row in rows), *[""] * beside]
    chart.add("", [*[None] * beside, *(row.count for row in rows), *[None] * beside])
    highest = max((row.count for row in rows), default=0)
    step = max(1, -(-highest // 4))
    chart.y_labels = list(range(0, highest + step, step))
    return _svg(chart, ("columns", _COLUMNS), name, (), rtl=rtl)


def _pygal() -> Any:
    try:
        import pygal
    except ModuleNotFoundError as error:
        raise MissingExtra('charts need pygal: pip install "briefingkit[charts]"') from error
    # For plug-ins with maps it adds a finder without find_spec, of which Python 3.11 warns at every later import.
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]
    return pygal


def _common(height: int) -> dict[str, Any]:
    style = _pygal().style.Style(label_font_size=_FONT, major_label_font_size=_FONT, value_font_size=_FONT)
    return {
        "width": _WIDTH,
        "height": height,
        "style": style,
        "show_legend": False,
        "print_values_position": "top",
        "margin_top": 4,
        "margin_bottom": 4,
        "spacing": 6,
        "include_x_axis": True,
        "js": (),
    }


def _width(text: str) -> float:
    wide = sum(east_asian_width(character) in "WF" for character in text)
    marks = sum(bool(combining(character)) for character in text)
    return (wide * _WIDE + (len(text) - wide - marks) * _NARROW) * _FONT


def _shortened(text: str) -> str:
    if _width(text) <= _LABEL_AT_MOST:
        return text
    while text and _width(f"{text}…") > _LABEL_AT_MOST:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _svg(chart: Any, size: tuple[str, int], name: str, values: Sequence[str], *, rtl: bool) -> "Markup":
    """Write the shapes and words of a chart; `values` stand in the place of what pygal writes at the bars."""
    from markupsafe import Markup

    kind, height = size
    body = Markup("").join(_written(chart.render_tree(), iter(values), "middle", rtl=rtl))
    turned = Markup(' transform="translate({} 0) scale(-1 1)"').format(_WIDTH) if rtl else Markup("")
    shape = Markup(
        '<svg class="chart chart-{}" viewBox="0 0 {} {}" role="img" aria-label="{}" direction="ltr"><g{}>{}</g></svg>'
    )
    return shape.format(kind, _WIDTH, height, name, turned, body)


def _written(element: Any, values: Iterator[str], anchor: Anchor, *, rtl: bool) -> "Iterator[Markup]":
    """Write what stands in an element; words of the upright axis end at it, others have their middle below."""
    from markupsafe import Markup

    for child in element:
        tag = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""  # a comment has none
        classes = str(child.attrib.get("class", "")).split()
        if tag not in _KEPT or _LEFT_OUT.intersection(classes):
            continue
        if tag == "text":
            is_value = "value" in classes
            said = next(values, child.text or "") if is_value else child.text or ""
            yield _text(child.attrib, said, "start" if is_value else anchor, rtl=rtl)
            continue
        below = ("end" if "y" in classes else "middle") if "axis" in classes else anchor
        inner = Markup("").join(_written(child, values, below, rtl=rtl))
        if tag != "g" or inner:
            yield Markup("<{0}{1}>{2}</{0}>").format(tag, _attributes(child.attrib), inner)


def _attributes(attrib: Any) -> "Markup":
    from markupsafe import Markup

    given = ((name, attrib.get(name)) for name in _ATTRIBUTES)
    return Markup("").join(
        Markup(' {}="{}"').format(name, _rounded(str(value))) for name, value in given if value
    )


def _text(attrib: Any, said: str, anchor: Anchor, *, rtl: bool) -> "Markup":
    """Write words; where the chart is turned around they are turned back on the spot where they begin or end."""
    from markupsafe import Markup

    given = {name: attrib.get(name) for name in ("class", "x", "y")}
    if rtl:
        anchor = _SWAPPED[anchor]  # type: ignore[assignment] # the three words again
        given["transform"] = f"translate({2 * float(attrib.get('x', 0)):.1f} 0) scale(-1 1)"
    return Markup('<text{} text-anchor="{}">{}</text>').format(_attributes(given), anchor, said)


def _rounded(text: str) -> str:
    return _NUMBER.sub(lambda found: f"{float(found[0]):.1f}".rstrip("0").rstrip("."), text)
