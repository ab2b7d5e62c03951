"""Links that lead nowhere, paths that name nothing, characters that nobody sees: W501 to W506."""

import re
from collections.abc import Iterator
from typing import Any

import attrs

from briefingkit.errors import Finding
from briefingkit.model import Briefing
from briefingkit.source.briefing_file import Loaded
from briefingkit.source.paths import Path, parts
from briefingkit.text import LocalizedUrl, MultilingualText, Name

__all__ = ["check_content"]

# Zero-width spaces and word joiners, a byte order mark inside, overrides and embeddings, interlinear and tag
# characters, controls. U+200C and U+200D stay: Persian, Hindi and emoji need them. So do the marks U+200E and U+200F.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u2028-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb"
    "\U000e0001-\U000e007f]"
)


def check_content(loaded: Loaded, briefing: Briefing) -> Iterator[Finding]:
    """Look at every address and every text of a briefing."""
    for link in briefing.links:
        if link.url is None:
            message = f"the link {link.key} has no address"
            yield loaded.finding("W501", ("links", link.key), message, "Give `url`, or take the link out")
    yield from _addresses(loaded, briefing)
    yield from _unconfirmed(loaded, briefing)
    yield from _invisible(loaded, loaded.tree.data, ())
    if briefing.unplaced:
        message = "nobody will see what stands under unplaced"
        yield loaded.finding("W506", ("unplaced",), message, "Move it into a field, or delete it")


def _addresses(loaded: Loaded, briefing: Briefing) -> Iterator[Finding]:
    for path, address in _urls(briefing, ()):
        for language, url in address.texts.items():
            if url.casefold().startswith("http://"):
                where = path if language == "und" else (*path, language)
                yield loaded.finding(
                    "W502", where, f"{url[:80]} is not encrypted", "Write https:// if the site has it"
                )


def _urls(value: Any, path: Path) -> Iterator[tuple[Path, LocalizedUrl]]:
    if isinstance(value, LocalizedUrl):
        yield path, value
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            key = getattr(entry, "key", None)
            yield from _urls(entry, (*path, key if isinstance(key, str) else index))
    elif attrs.has(type(value)) and not isinstance(value, MultilingualText | Name):
        for name in attrs.fields_dict(type(value)):
            yield from _urls(getattr(value, name), (*path, name))


def _unconfirmed(loaded: Loaded, briefing: Briefing) -> Iterator[Finding]:
    for index, path in enumerate(briefing.unconfirmed):
        there = loaded.tree.has(parts(path)) or _could_stand(briefing, parts(path))
        if not there:
            message = f"unconfirmed names {path[:80]!r}, where nothing stands"
            yield loaded.finding(
                "W503", ("unconfirmed", index), message, "Mend the path, or take it off the list"
            )


def _could_stand(value: Any, path: Path) -> bool:
    """Say whether a path ends in a field that its parent has, though nothing stands in it yet: a link's address."""
    step, rest = path[0], path[1:]
    if isinstance(value, tuple):
        entries = {str(getattr(entry, "key", index)): entry for index, entry in enumerate(value)}
        return bool(rest) and str(step) in entries and _could_stand(entries[str(step)], rest)
    names = {"identifier" if step == "briefing" else step, "end" if step == "duration" else step}
    known = attrs.has(type(value)) and any(name in attrs.fields_dict(type(value)) for name in names)
    return known and (not rest or _could_stand(getattr(value, str(step), None), rest))


def _invisible(loaded: Loaded, data: Any, path: Path) -> Iterator[Finding]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _invisible(loaded, value, (*path, name))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _invisible(loaded, value, (*path, index))
    elif isinstance(data, str) and (found := _INVISIBLE.search(data)):
        message = (
            f"the invisible character U+{ord(found.group()):04X} stands at {found.start() + 1} of the text"
        )
        yield loaded.finding("W504", path, message, "Delete it")
