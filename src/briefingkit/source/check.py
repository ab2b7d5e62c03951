"""`check`: the mistakes that people make in a briefing that can be read, beside the errors of one that cannot.

It knows no clock: that a start is in the past is not its business.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from briefingkit.errors import Finding
from briefingkit.source.briefing_file import Loaded
from briefingkit.source.check_agenda import check_agenda
from briefingkit.source.check_content import check_content
from briefingkit.source.check_dates import check_dates
from briefingkit.source.check_languages import check_languages
from briefingkit.source.check_mailing import check_mailing
from briefingkit.source.check_programme import Neighbours, check_programme, neighbours
from briefingkit.source.check_registration import check_registration
from briefingkit.source.check_targets import check_targets
from briefingkit.source.codes import CODES
from briefingkit.source.structured import in_order

if TYPE_CHECKING:
    from briefingkit.source.project_file import TargetSettings

__all__ = ["check", "check_all", "errors"]

_ELSEWHERE = ("W607", "W608")
"""A list that is kept apart is there for one who checks and not for another: to allow it is never out of place."""


def check(
    loaded: Loaded,
    *,
    programme: Neighbours | None = None,
    targets: "Sequence[TargetSettings]" = (),
    names: Collection[str] | None = None,
) -> tuple[Finding, ...]:
    """Give everything that reading found and everything that looks like a mistake, in the order of the file.

    `programme` holds the other briefings of the tree (see `neighbours`), `targets` where it will be published, `names`
    what all targets are called: without any of them nobody knows which there are. Warnings whose code stands under
    `allow` are left out; errors never are.
    """
    briefing = loaded.briefing
    if briefing is None:
        return loaded.findings
    if names is None and targets:
        names = [target.name for target in targets]
    found = [
        *check_dates(loaded, briefing),
        *check_agenda(loaded, briefing),
        *check_languages(loaded, briefing, targets),
        *check_content(loaded, briefing),
        *check_targets(loaded, briefing, names),
        *check_registration(loaded, briefing),
        *check_mailing(loaded, briefing),
    ]
    if programme is not None:
        found += check_programme(loaded, briefing, programme)
    unseen = (
        *(() if programme is not None else ("W4",)),
        *(() if targets else ("W306",)),
        *(() if names is not None else ("W507",)),
        *_ELSEWHERE,
    )
    found += _idle(loaded, briefing.allow, {finding.code for finding in found}, unseen)
    kept = (finding for finding in found if finding.severity == "error" or finding.code not in briefing.allow)
    return in_order((*loaded.findings, *kept))


def _idle(
    loaded: Loaded, allow: Sequence[str], given: Collection[str], unseen: tuple[str, ...]
) -> Iterator[Finding]:
    """Name what is allowed and was not given, but for codes that begin like one that nobody has looked for."""
    for index, code in enumerate(allow):
        if code not in given and code.startswith("W") and code in CODES and not code.startswith(unseen):
            message = f"{code} is allowed, and nothing here gives it"
            yield loaded.finding("W505", ("allow", index), message, "Take it off the list")


def check_all(
    tree: Iterable[Loaded],
    *,
    targets: "Sequence[TargetSettings]" = (),
    names: Collection[str] | None = None,
    whole: bool = True,
) -> tuple[Finding, ...]:
    """Check every briefing of a tree, alone and among the others; the findings stand in the order of the files.

    Of files that are not the `whole` tree nobody can say that what they are part of is not there (W403).
    """
    held = tuple(tree)
    near = neighbours(held)
    found = (
        finding for loaded in held for finding in check(loaded, programme=near, targets=targets, names=names)
    )
    return tuple(finding for finding in dict.fromkeys(found) if whole or finding.code != "W403")


def errors(tree: Iterable[Loaded]) -> tuple[Finding, ...]:
    """Give only what keeps a tree from being published, without looking for what is merely doubtful."""
    held = tuple(tree)
    near = neighbours(held)
    found = (
        finding
        for loaded in held
        for finding in (
            *loaded.findings,
            *(() if loaded.briefing is None else check_programme(loaded, loaded.briefing, near)),
        )
    )
    return tuple(finding for finding in dict.fromkeys(found) if finding.severity == "error")
