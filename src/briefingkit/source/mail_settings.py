"""How a project sends mail: in whose name, through what, and where the links in it lead."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from attrs import field, frozen

from briefingkit.errors import Finding, ModelError
from briefingkit.model import Letterhead
from briefingkit.model.keys import KEY_PATTERN
from briefingkit.model.schedule import check_length
from briefingkit.source.paths import Path, dotted
from briefingkit.source.structured import structure_data
from briefingkit.source.yaml_tree import Tree

__all__ = [
    "EVERY",
    "MAIL",
    "RETENTION",
    "MailHead",
    "MailSettings",
    "TransportHead",
    "TransportSettings",
    "read_mail_settings",
]

MAIL: Path = ("mail",)
"""Where they stand in the project file."""

EVERY = timedelta(minutes=1)
"""How often a server looks for mail that is due."""

RETENTION = timedelta(days=400)
"""How long what was written to people is kept: to the same event of the next year, and a month more."""

_TRANSPORT: Path = (*MAIL, "transport")
_FEEDBACK: Path = (*MAIL, "feedback")
_WORKERS: Path = (*MAIL, "workers")
_NAME = re.compile(KEY_PATTERN)
_URL = re.compile(r"https?://[^\s<>\"?#]+", re.ASCII)


@frozen
class TransportSettings:
    """A transport by name, and what it is told: `settings` are its own, as they stand in the file."""

    use: str
    settings: Mapping[str, Any] = field(factory=dict, repr=False)
    path: Path = _TRANSPORT
    """Where it stands in the file."""


@frozen
class MailSettings:
    """How a project sends mail. `pages` is the address below which the registration page is, where links lead.

    `feedback` are the receivers of what mail services tell, by the name in the address that they call. A server looks
    for what is due once in `every`. `retention` after a message was settled, who it went to is forgotten. `workers` is
    what brings the sending to several machines; without it, whoever plans sends as well.
    """

    sender: Letterhead
    transport: TransportSettings
    pages: str | None = None
    feedback: Mapping[str, TransportSettings] = field(factory=dict)
    every: timedelta = EVERY
    retention: timedelta = RETENTION
    workers: TransportSettings | None = None


def _check_pages(_instance: object, attribute: Any, value: str | None) -> None:
    if value is not None and not _URL.fullmatch(value):
        raise ModelError("this is no web address such as https://register.example.org", field=attribute.name)


@frozen
class TransportHead:
    """The field that every transport has; all others are its own."""

    use: str


@frozen
class MailHead:
    """The fields of `mail` but for its transport."""

    sender: Letterhead
    pages: str | None = field(default=None, validator=_check_pages)
    every: timedelta = field(default=EVERY, validator=check_length)
    retention: timedelta = field(default=RETENTION, validator=check_length)


@frozen
class _Whole(MailHead):
    """All fields of `mail`: those of others are read on their own, and named where a field is none."""

    transport: Any = None
    feedback: Any = None
    workers: Any = None


def read_mail_settings(data: Any, tree: Tree) -> tuple[MailSettings | None, list[Finding]]:
    """Read `mail`; None where it is not there, or where an error keeps it from being read."""
    if data is None:
        return None, []
    if not isinstance(data, dict):
        return None, [_expected(tree, MAIL, "Give `sender` and `transport`")]
    head, findings = structure_data(data, _Whole, tree, MAIL)
    told = data.get("transport")
    if not isinstance(told, dict):
        return None, [*findings, _expected(tree, _TRANSPORT if "transport" in data else MAIL, _HOW)]
    transport, wrong = _used(told, tree, _TRANSPORT)
    feedback, refused = _feedback(data.get("feedback"), tree)
    workers, faulty = _workers(data.get("workers"), tree)
    if head is None or transport is None or refused or faulty:
        return None, [*findings, *wrong, *refused, *faulty]
    pages = head.pages and head.pages.rstrip("/")
    return MailSettings(head.sender, transport, pages, feedback, head.every, head.retention, workers), []


def _used(told: dict[str, Any], tree: Tree, path: Path) -> tuple[TransportSettings | None, list[Finding]]:
    """Read what is used by its name; all else belongs to it."""
    head = {name: value for name, value in told.items() if name == "use"}
    use, wrong = structure_data(head, TransportHead, tree, path)
    settings = {name: value for name, value in told.items() if name != "use"}
    return None if use is None else TransportSettings(use.use, settings, path), list(wrong)


def _workers(data: Any, tree: Tree) -> tuple[TransportSettings | None, list[Finding]]:
    if data is None:
        return None, []
    if not isinstance(data, dict):
        return None, [_expected(tree, _WORKERS, _ENGINE)]
    return _used(data, tree, _WORKERS)


def _feedback(data: Any, tree: Tree) -> tuple[dict[str, TransportSettings], list[Finding]]:
    """Read the receivers: each has a name of its own, which is the service's where `use` says no other."""
    if data is None:
        return {}, []
    if not isinstance(data, dict):
        return {}, [_expected(tree, _FEEDBACK, _RECEIVER)]
    read, findings = dict[str, TransportSettings](), list[Finding]()
    for name, told in data.items():
        path = (*_FEEDBACK, name)
        if not isinstance(told, dict) or not _NAME.fullmatch(name):
            findings.append(_expected(tree, path, _RECEIVER))
            continue
        rest = {key: value for key, value in told.items() if key != "use"}
        use, wrong = structure_data({"use": told.get("use", name)}, TransportHead, tree, path)
        findings += wrong
        if use is not None:
            read[name] = TransportSettings(use.use, rest, path)
    return read, findings


_RECEIVER = "Give a name, and below it what the service tells you: `feedback: {postmark: {username: …}}`"
_ENGINE = "Say what brings the work to workers: `workers: {use: procrastinate}`"
_HOW = "Say what mail goes through: `transport: {use: maildir, path: outbox}`"


def _expected(tree: Tree, path: Path, advice: str) -> Finding:
    return Finding("E103", "a mapping of fields is expected here", advice, tree.position(path), dotted(path))
