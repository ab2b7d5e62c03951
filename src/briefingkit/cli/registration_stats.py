"""`briefingkit registrations stats`: a list in numbers, in the terminal, as JSON, as a page, and as a brief."""

from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

import click

from briefingkit.cli.here import complete_briefing, project_here, project_option
from briefingkit.cli.terminal import emit_json, json_option, say

if TYPE_CHECKING:
    from briefingkit.registrations.statistics.answers_brief import AnswersBrief
    from briefingkit.registrations.statistics.words import Row, Section

__all__ = ["stats_command"]

_LABEL, _BAR = 32, 30  # columns of a terminal
_ROWS = 20
_EIGHTHS = " ▏▎▍▌▋▊▉"
_BRIEFS = (".md", ".markdown", ".txt", ".html", ".htm")


@click.command("stats")
@click.argument("briefing", shell_complete=complete_briefing)
@click.option("-l", "--language", default=None, help="Default: the language that the briefing is written in.")
@click.option(
    "--html", "page", type=click.Path(path_type=Path), default=None, help="Write a report with charts."
)
@click.option(
    "--brief",
    type=click.Path(path_type=Path),
    default=None,
    help="Write what people answered in words, for the moderator: a .md or .html file.",
)
@click.option("--names", is_flag=True, help="With --brief: who wrote it.")
@click.option(
    "--most", type=click.IntRange(1), default=None, help="With --brief: answers a question and language."
)
@click.option(
    "--booth-from", type=click.IntRange(1), default=None, help="How many people make a booth worth while: 10."
)
@project_option
@json_option
def stats_command(
    briefing: str,
    language: str | None,
    page: Path | None,
    brief: Path | None,
    most: int | None,
    booth_from: int | None,
    project_file: Path | None,
    *,
    names: bool,
    as_json: bool,
) -> None:
    """Show the list of BRIEFING in numbers: by day, language, country, organisation, part and answer."""
    from briefingkit.cli.writing import write_whole
    from briefingkit.registrations.statistics.as_json import statistics_json
    from briefingkit.registrations.statistics.words import sections
    from briefingkit.text.language import canonical

    if brief is not None and brief.suffix.lower() not in _BRIEFS:
        raise click.BadParameter("name a .md or .html file", param_hint="--brief")
    if brief is None and (names or most):
        raise click.UsageError("--names and --most are about the file of --brief: give that too")
    with project_here(project_file).registrations(briefing) as roll:
        spoken = canonical(language) if language else roll.briefing.source_language
        counted = roll.statistics(booth_from=booth_from)
        written = roll.answers(names=names, most=most) if brief is not None else None
    if page is not None:
        from briefingkit.registrations.statistics.report import statistics_html

        write_whole(page, statistics_html(counted, spoken))
    if brief is not None and written is not None:
        _write_brief(brief, written, spoken)
    if as_json:
        emit_json(statistics_json(counted, spoken))
        return
    for section in sections(counted, spoken):
        _tell(section)
    for file in filter(None, (page, brief)):
        say(f"Written: {file}", err=True)


def _write_brief(path: Path, brief: "AnswersBrief", language: str) -> None:
    from briefingkit.registrations.private_files import write_private
    from briefingkit.registrations.statistics.answers_brief import brief_html, brief_markdown

    write = brief_html if path.suffix.lower().startswith(".htm") else brief_markdown
    write_private(path, write(brief, language))


def _tell(section: "Section") -> None:
    say(section.heading, "warning" if section.alert else "heading", bold=True)
    for sentence in section.sentences:
        say(f"  {sentence}", "warning" if section.alert else None)
    shown = section.rows if section.key == "days" else section.rows[:_ROWS]
    highest = max((row.count for row in shown), default=0)
    for row in shown:
        _tell_row(row, highest)
    if len(section.rows) > len(shown):
        say(f"  … and {len(section.rows) - len(shown)} more; --json tells all")
    for row in section.minor:
        _tell_row(row, 0)
    say()


def _tell_row(row: "Row", highest: int) -> None:
    note = f"  {row.note}" if row.note else ""
    say(f"  {_cell(row.label)} {_bar(row.count, highest)}{row.count}{note}")


def _bar(count: int, highest: int) -> str:
    """Draw a bar to an eighth of a column; nothing where there is nothing, and something where there is anything."""
    if not highest or not count:
        return ""
    eighths = max(1, round(8 * _BAR * count / highest))
    return f"{'█' * (eighths // 8)}{_EIGHTHS[eighths % 8].strip()} "


def _cell(text: str) -> str:
    """Cut or fill a text to the width of its column; Han characters are two columns wide."""
    kept, width = "", 0
    for character in " ".join(text.split()):
        width += 0 if combining(character) else 1 + (east_asian_width(character) in "WF")
        if width > _LABEL - 1:
            return f"{kept}…"
        kept += character
    return kept + " " * (_LABEL - width)
