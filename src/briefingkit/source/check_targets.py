"""Addresses that are to come from a target that is not there: W507."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from briefingkit.errors import Finding
from briefingkit.model import Briefing, FromTarget
from briefingkit.source.briefing_file import Loaded
from briefingkit.source.paths import Path, dotted

if TYPE_CHECKING:
    from briefingkit.source.project_file import TargetSettings

__all__ = ["check_targets"]


def check_targets(
    loaded: Loaded, briefing: Briefing, targets: "Sequence[TargetSettings]"
) -> Iterator[Finding]:
    """Look for targets that are named and that the project does not have; without targets there is nothing to say."""
    known = [target.name for target in targets]
    for path, named in _named(briefing) if known else ():
        if named.target not in known:
            close = get_close_matches(named.target, known, n=1)
            advice = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}"
            message = f"{dotted(path)} is to come from {named.target}, and no target is called so"
            yield loaded.finding("W507", path, message, advice)


def _named(briefing: Briefing) -> Iterator[tuple[Path, FromTarget]]:
    if briefing.place is not None and briefing.place.online is not None:
        yield from _if_target(("place", "online", "url"), briefing.place.online.url)
    if briefing.registration is not None:
        yield from _if_target(("registration", "url"), briefing.registration.url)
    for channel in briefing.interpretation.into if briefing.interpretation is not None else ():
        yield from _if_target(("interpretation", "into", channel.language), channel.url)


def _if_target(path: Path, url: object) -> Iterator[tuple[Path, FromTarget]]:
    if isinstance(url, FromTarget):
        yield path, url
