"""`briefingkit draft`: a concept note becomes a briefing.yaml, with everything that somebody has to look at."""

import sys
from pathlib import Path

import click

from briefingkit.cli.terminal import emit_json, json_option, say
from briefingkit.cli.writing import write_whole
from briefingkit.errors import NoteError

__all__ = ["draft_command"]

_LARGEST = 2_000_000
_STDIN = "stdin"


_EXAMPLES = """\b
Examples:
  briefingkit draft note.md --out briefing.yaml
  pandoc note.docx --to markdown | briefingkit draft - > briefing.yaml"""


@click.command("draft", epilog=_EXAMPLES)
@click.argument("note", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write briefing.yaml here."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@json_option
def draft_command(note: Path, out: Path | None, *, force: bool, as_json: bool) -> None:
    """Turn a concept note (Markdown or plain text; English, French or Spanish) into a briefing.yaml.

    What the note does not say for certain stands under `unconfirmed`, with its line, the rule that read it and the
    alternatives; what found no place is kept word for word under `unplaced`. Nothing is invented. Without --out the
    file goes to standard output and the report to standard error.
    """
    from briefingkit.notes import draft, report

    if out is not None and out.exists() and not force:
        raise NoteError(f"{out} is there already: choose another --out, or give --force to write over it")
    drafted = draft(_read(note), file=_STDIN if str(note) == "-" else str(note))
    written = drafted.yaml()
    if out is not None:
        write_whole(out, written)
    if as_json:
        emit_json(drafted.to_json())
        return
    if out is None:
        sys.stdout.buffer.write(written.encode())
        sys.stdout.flush()
    for line in report(drafted):
        say(line, err=out is None)
    if out is not None:
        say(f"Wrote {out}. Look at each path under `unconfirmed`, then take it off the list.", "good")


def _read(note: Path) -> str:
    if str(note) == "-":
        content = sys.stdin.buffer.read(_LARGEST + 1)
    else:
        with note.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise NoteError(
            f"{note}: a concept note is a page or a few, and this is over {_LARGEST // 1_000_000} MB"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoteError(
            f"{note}: octet {error.start + 1} is not UTF-8: save the note as UTF-8 text"
        ) from None
