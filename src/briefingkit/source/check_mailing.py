"""Mailings that go to nobody, W605 and W606, and those whose files are not there, W607 and W608."""

import os
from collections.abc import Iterator
from pathlib import Path as File

from briefingkit.errors import Finding
from briefingkit.model import Audience, Briefing, Choosable, Mailing
from briefingkit.source.briefing_file import Loaded
from briefingkit.source.paths import Path

__all__ = ["check_mailing"]

_WHERE = "Name it by its path from the folder of the briefing"


def check_mailing(loaded: Loaded, briefing: Briefing) -> Iterator[Finding]:
    """Look at whom mailings name, and for the files that they name where the briefing is a file itself."""
    for mailing in briefing.mailing:
        where: Path = ("mailing", mailing.key)
        for index, audience in enumerate(mailing.audience):
            yield from _answers(loaded, briefing, audience, (*where, "audience", index))
        yield from _files(loaded, mailing, where)


def _files(loaded: Loaded, mailing: Mailing, where: Path) -> Iterator[Finding]:
    # Not `Path.is_file`, which raises for what is in a folder that may not be looked into.
    folder = loaded.folder
    if folder is None:
        return
    for index, audience in enumerate(mailing.audience):
        if audience.file is not None and not os.path.isfile(folder / audience.file):  # noqa: PTH113 - see above
            message = f"{_not_there(folder, audience.file, 'file')}, and it is to say who is written to"
            yield loaded.finding("W607", (*where, "audience", index, "file"), message, _WHERE)
    if mailing.templates is not None and not os.path.isdir(folder / mailing.templates):  # noqa: PTH112 - as above
        message = f"{_not_there(folder, mailing.templates, 'folder')}, and mails are to be made from it"
        yield loaded.finding("W608", (*where, "templates"), message, _WHERE)


def _not_there(folder: File, path: str, what: str) -> str:
    there = os.path.exists(folder / path)  # noqa: PTH110 - as above
    return f"{path[:80]} is {f'no {what}' if there else 'not there'}"


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
        keys = [item.key for item in briefing.agenda if item.kind.is_chosen]
        for key in audience.segments:
            if key not in keys:
                message = f"{key} is no item of the agenda that people choose, so that nobody is meant"
                yield loaded.finding("W606", (*place, "segments"), message, f"There are: {', '.join(keys)}")
