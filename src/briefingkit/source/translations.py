"""Translations that stand beside a briefing, in `translations/fr.po`: merged, compared, and told when they are stale.

An entry's msgctxt is `identifier:path`, the path by keys (`imrf-2022:agenda.open-floor.title`); its msgid is the source
text that was translated and its msgstr the translation. When the source text has changed since, the old msgid shows
it: the translation is still used, and is reported as stale. Fuzzy and obsolete entries are not used.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path as File

from attrs import field, frozen

from briefingkit.errors import Finding, Position, TextError
from briefingkit.model import Briefing
from briefingkit.source.paths import Path, dotted
from briefingkit.source.text_paths import Text, is_translatable, replace_texts, texts
from briefingkit.source.yaml_tree import MAX_BYTES
from briefingkit.text.language import canonical

__all__ = [
    "Catalogue",
    "Entry",
    "Translations",
    "extract",
    "merge",
    "parse_catalogue",
    "read_catalogue",
    "read_catalogues",
    "source_text",
]

_PO_LINE = re.compile(
    r'\s*(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)\s*)?"(?:[^"\\]|\\.)*"\s*)?'
)
_LARGEST = 10 * MAX_BYTES  # one catalogue may serve a whole programme


@frozen
class Entry:
    """A translation as it stands in a PO file; `source` is the text that it was made from."""

    source: str
    text: str
    position: Position


@frozen
class Catalogue:
    """A PO file: its language, and its usable entries by briefing and path."""

    file: str
    language: str
    entries: Mapping[str, Mapping[str, Entry]] = field(repr=False)


@frozen
class Translations:
    """What a briefing took from PO files: entries by language and path, and those that belong to no text of it."""

    entries: Mapping[str, Mapping[str, Entry]] = field(factory=dict)
    orphans: tuple[tuple[str, str, Entry], ...] = ()

    def stale(self, briefing: Briefing, language: str) -> tuple[str, ...]:
        """Give the paths whose source text has changed since it was translated, in the order of the file."""
        held = self.entries.get(language)
        if not held:
            return ()
        return tuple(
            path
            for path, text in ((dotted(steps), text) for steps, text in texts(briefing))
            if path in held and held[path].source != source_text(text, briefing)
        )


def read_catalogues(folder: File) -> tuple[tuple[Catalogue, ...], tuple[Finding, ...]]:
    """Read every PO file of a folder, by name; what cannot be read is told and left out. A missing folder is empty."""
    catalogues, findings = [], []
    for path in sorted(folder.glob("*.po")) if folder.is_dir() else ():
        read = read_catalogue(path)
        if isinstance(read, Finding):
            findings.append(read)
        else:
            catalogues.append(read)
    return tuple(catalogues), tuple(findings)


def read_catalogue(path: File) -> Catalogue | Finding:
    """Read one PO file whose name is its language; the finding says why it cannot be."""
    file = str(path)
    try:
        language = canonical(path.stem)
    except TextError as error:
        return Finding(
            "E107",
            f"the name of this file is no language: {error}",
            "Name it as fr.po is",
            Position(file, 1, 1),
        )
    try:
        if path.stat().st_size > _LARGEST:
            return Finding(
                "E005", f"the file is larger than {_LARGEST:,} bytes", "Split it", Position(file, 1, 1)
            )
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        return Finding(
            "E002", f"byte offset {error.start:,} is not UTF-8", "Save it as UTF-8", Position(file, 1, 1)
        )
    except OSError as error:
        return Finding("E001", f"the file cannot be read: {error.strerror}", "", Position(file, 1, 1))
    return parse_catalogue(text, language, file)


def parse_catalogue(text: str, language: str, file: str) -> Catalogue | Finding:
    """Read the text of a PO file."""
    text = text.removeprefix("\ufeff")
    for number, line in enumerate(text.splitlines(), 1):
        if not _PO_LINE.fullmatch(line):  # polib would take it, less a letter or two
            return Finding(
                "E107", "this line is not of a PO file", "Look at its quotes", Position(file, number, 1)
            )
    import polib

    # polib takes a short text for the name of a file when there is one of that name; a newline rules that out.
    try:
        parsed = polib.pofile("\n" + text)
    except (OSError, ValueError, IndexError, KeyError) as error:
        return Finding("E107", "this is no PO file", "Look at the line", Position(file, _line(str(error)), 1))
    entries: dict[str, dict[str, Entry]] = {}
    for entry in parsed:
        if entry.msgctxt and entry.msgstr.strip() and not entry.obsolete and not entry.fuzzy:
            position = Position(file, max((entry.linenum or 2) - 1, 1), 1)
            identifier, _, path = entry.msgctxt.partition(":")
            entries.setdefault(identifier, {})[path] = Entry(entry.msgid, entry.msgstr, position)
    return Catalogue(file, language, entries)


def _line(message: str) -> int:
    numbers = [word for word in message.replace(")", " ").replace(":", " ").split() if word.isdecimal()]
    return max(int(numbers[0]) - 1, 1) if numbers else 1


def merge(
    briefing: Briefing, catalogues: Iterable[Catalogue]
) -> tuple[Briefing, Translations, tuple[Finding, ...]]:
    """Add what the catalogues hold for this briefing to its texts.

    A text that stands inline too, and is different, is an error: nobody could tell which of them is meant.
    """
    here = ((catalogue.language, catalogue.entries.get(briefing.identifier)) for catalogue in catalogues)
    held = {language: entries for language, entries in here if entries}
    if not held:
        return briefing, Translations(), ()
    merger = _Merger(held)
    merged = replace_texts(briefing, merger.extended)
    orphans = tuple(
        (language, path, entry)
        for language, entries in held.items()
        for path, entry in entries.items()
        if path not in merger.seen
    )
    return merged, Translations(held, orphans), tuple(merger.findings)


class _Merger:
    """Goes along the texts of a briefing and remembers which entries found theirs."""

    def __init__(self, held: Mapping[str, Mapping[str, Entry]]) -> None:
        self.held = held
        self.seen: set[str] = set()
        self.findings: list[Finding] = []

    def extended(self, steps: Path, text: Text) -> Text:
        path = dotted(steps)
        for language, entries in self.held.items():
            if path in entries:
                self.seen.add(path)
                text = self.with_entry(text, language, entries[path], path)
        return text

    def with_entry(self, text: Text, language: str, entry: Entry, path: str) -> Text:
        try:
            translated = type(text)({language: entry.text}).texts[language]
        except TextError as error:
            self.findings.append(Finding("E104", str(error), "", entry.position, f"{path}.{language}"))
            return text
        inline = text.texts.get(language)
        if inline is None:
            return type(text)({**text.texts, language: translated})
        if inline != translated:
            message = f"{path} is translated here and, differently, in the briefing itself"
            advice = f"Keep one of the two; the briefing says {inline[:60]!r}"
            self.findings.append(Finding("E106", message, advice, entry.position, f"{path}.{language}"))
        return text


def extract(briefing: Briefing) -> Mapping[str, str]:
    """Give what there is to translate: the source text of each context, in the order of the file."""
    return {
        f"{briefing.identifier}:{dotted(steps)}": source_text(text, briefing)
        for steps, text in texts(briefing)
        if is_translatable(text)
    }


def source_text(text: Text, briefing: Briefing) -> str:
    """Give the text that translations are made from: the briefing's first language, else the text's own first."""
    return text.texts.get(briefing.source_language) or next(iter(text.texts.values()))
