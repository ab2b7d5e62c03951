"""Targets that a briefing names and that are not there: W507."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from briefingkit.errors import Finding
from briefingkit.model import Briefing, FromTarget
from briefingkit.source.briefing_file import Loaded
from briefingkit.source.paths import Path, dotted

__all__ = ["check_targets"]


def check_targets(loaded: Loaded, briefing: Briefing, known: Collection[str] | None) -> Iterator[Finding]:
    """Look for targets that are named and that the project does not have; None where nobody knows which it has."""
    if known is None:
        return
    for path, name, message in (*_addresses(briefing), *_audiences(briefing)):
        if name not in known:
            close = get_close_matches(name, known, n=1)
            there = f"There are: {', '.join(known)}" if known else "Add it to the targets of briefingkit.yaml"
            yield loaded.finding("W507", path, message, f"Did you mean {close[0]}?" if close else there)


def _addresses(briefing: Briefing) -> Iterator[tuple[Path, str, str]]:
    for path, url in _urls(briefing):
        if isinstance(url, FromTarget):
            told = f"{dotted(path)} is to come from {url.target}, and no target is called so"
            yield path, url.target, told


def _urls(briefing: Briefing) -> Iterator[tuple[Path, object]]:
    if briefing.place is not None and briefing.place.online is not None:
        yield ("place", "online", "url"), briefing.place.online.url
    if briefing.registration is not None:
        yield ("registration", "url"), briefing.registration.url
    for channel in briefing.interpretation.into if briefing.interpretation is not None else ():
        yield ("interpretation", "into", channel.language), channel.url


def _audiences(briefing: Briefing) -> Iterator[tuple[Path, str, str]]:
    for mailing in briefing.mailing:
        for index, audience in enumerate(mailing.audience):
            if audience.target is not None:
                told = f"no target is called {audience.target[:80]}, and it is to say who is written to"
                yield ("mailing", mailing.key, "audience", index, "target"), audience.target, told
