"""The report for organisers: statistics as one self-contained page, with charts, and a table beside each of them.

It runs no script and asks no server for anything, so that it can be mailed, kept and opened anywhere. Nobody's data are
in it but the names of organisations.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from briefingkit.registrations.statistics.charts import BARS_AT_MOST, bars, columns
from briefingkit.registrations.statistics.words import Section, Shape, number, percent, sections
from briefingkit.rendering.markup import Writer, policy
from briefingkit.rendering.templates import Templates, fill
from briefingkit.text.language import direction
from briefingkit.text.phrases import msgid, phrase
from briefingkit.text.zones import in_zone

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from briefingkit.registrations.registration_list import RegistrationList
    from briefingkit.registrations.statistics.values import Statistics
    from briefingkit.text import MultilingualText

__all__ = ["page", "report_html", "statistics_html"]

_ROWS_AT_MOST = 200  # of one table: what is longer is nobody's reading, and --json has it


def report_html(registration_list: "RegistrationList", language: str) -> str:
    """Make the report of a list in a language (BCP 47), as of now.

    Raises MissingExtra where pygal is not installed, TextError for a tag that is none.
    """
    return statistics_html(registration_list.statistics(), language)


def statistics_html(statistics: "Statistics", language: str) -> str:
    """Make the report of statistics that were counted before."""
    said = sections(statistics, language)
    values = {
        "sections": [(section, _chart(section, language)) for section in said],
        "number": lambda value: number(value, language),
        "percent": lambda count, total: percent(count, total, language),
        "bars_at_most": BARS_AT_MOST,
        "rows_at_most": _ROWS_AT_MOST,
        "imprint": phrase("Cancelled registrations are counted by status and by day alone", language),
        "kind": phrase("Report on the registrations", language),
    }
    title = statistics.title, statistics.briefing
    return page("report.html.j2", title, (statistics.at, statistics.timezone), language, values)


def page(
    template: str,
    title: "tuple[MultilingualText | None, str]",
    at: "tuple[datetime, str]",
    language: str,
    values: Mapping[str, Any],
) -> str:
    """Fill in a template of this package; `title` has the identifier beside it, and `at` the zone to tell it in."""
    text, identifier = title
    found = text.lookup(language) if text else None
    writer = Writer(language, {})
    moment, zone = at
    own = {
        **writer.vocabulary(),
        "language": language,
        "direction": direction(language),
        "policy": policy,
        "title": writer.marked(found.text, found.language if found.fallback else None)
        if found
        else identifier,
        "at": in_zone(moment, zone).replace(tzinfo=None).isoformat(timespec="minutes"),
        "timezone": zone,
    }
    return fill(_templates(), template, {**own, **values})


def _chart(section: Section, language: str) -> "Markup | None":
    rtl = direction(language) == "rtl"
    if section.shape is Shape.TABLE or not any(row.count for row in section.rows):
        return None
    name = phrase(
        msgid("Chart: {heading}. The table has the same figures"), language, heading=section.heading
    )
    if section.shape is Shape.TIME:
        return columns(section.rows, name=name, rtl=rtl)
    return bars(
        section.rows, name=name, values=[number(row.count, language) for row in section.rows], rtl=rtl
    )


@lru_cache(maxsize=1)
def _templates() -> Templates:
    folder = files("briefingkit.registrations.statistics").joinpath("templates")
    return Templates({entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.is_file()})
