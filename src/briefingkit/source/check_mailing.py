"""Mailings that go to nobody: W605 and W605."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from briefingkit.errors import Finding
from briefingkit.model import Audience, Briefing, Choosable
from briefingkit.source.briefing_file import Loaded
from briefingkit.source.paths import Path

if TYPE_CHECKING:
    from briefingkit.source.project_file import TargetSettings

__all__ = ["check_mailing"]


def check_mailing(
    loaded: Loaded, briefing: Briefing, targets: "Sequence[TargetSettings]"
) -> Iterator[Finding]:
    """Look at whom mailings name."""
    known = [target.name for target in targets]
    for mailing in briefing.mailing:
        where: Path = ("mailing", mailing.key)
        for index, audience in enumerate(mailing.audience):
            place = (*where, "audience", index)
            yield from _answers(loaded, briefing, audience, place)
            if audience.target is not None and known and audience.target not in known:
                message = f"no target is called {audience.target}, and it is to say who is written to"
                yield loaded.finding("W507", (*place, "target"), message, f"There are: {', '.join(known)}")


def _answers(loaded: Loaded, briefing: Briefing, audience: Audience, place: Path) -> Iterator[Finding]:
    registration = briefing.registration
    if audience.group is None or not (audience.answers or audience.segments):
        return
    asked: dict[str, tuple[str, ...] | None] = {}
    if registration is not None:
        asked = {name.value: None for name in registration.fields}
        asked |= {question.key: question.answers for question in registration.questions}
    for index, condition in enumerate(audience.answers):
        at = (*place, "answers", index)
        if condition.question not in asked:
            message = f"{condition.question} is not asked when people register, so that nobody is meant"
            yield loaded.finding("W605", (*at, "question"), message, "Name a field or a question of the form")
            continue
        answers = asked[condition.question]
        for answer in () if answers is None else sorted(set(condition.answers).difference(answers)):
            message = f"{answer[:80]} does not answer {condition.question}"
            yield loaded.finding("W605", (*at, "answers"), message, f"There are: {', '.join(answers or ())}")
    yield from _segments(loaded, briefing, audience, place)


def _segments(loaded: Loaded, briefing: Briefing, audience: Audience, place: Path) -> Iterator[Finding]:
    choose = briefing.registration.choose if briefing.registration is not None else None
    if audience.segments and choose is None:
        message = "nobody chooses parts of the programme here, so that nobody is meant"
        yield loaded.finding("W606", (*place, "segments"), message, "Say `choose` in the registration")
    elif choose is Choosable.AGENDA:
        keys = [item.key for item in briefing.agenda]
        for key in audience.segments:
            if key not in keys:
                message = f"{key} is no item of the agenda, so that nobody has chosen it"
                yield loaded.finding("W606", (*place, "segments"), message, f"There are: {', '.join(keys)}")
