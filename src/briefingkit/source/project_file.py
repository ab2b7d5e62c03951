"""`briefingkit.yaml`: where the briefings are, where they go, and what is remembered of it.

What an integration is told stays as it stands in the file, with its places: only the integration knows its own
settings, and `structured.structure_at` reads them with its class when it is loaded. Secrets are named by environment
variables (`${NAME}`) and never stand in the file.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path as File
from typing import Any

from attrs import Factory, evolve, field, fields, frozen

from briefingkit.errors import Finding, ModelError, ProjectError, SourceError
from briefingkit.model import Briefing
from briefingkit.model.keys import check_key
from briefingkit.model.structure import FORMAT, converter
from briefingkit.source.briefing_file import read_tree
from briefingkit.source.environment import is_secret
from briefingkit.source.mail_settings import MailSettings, read_mail_settings
from briefingkit.source.paths import Path, dotted
from briefingkit.source.structured import in_order, structure_data
from briefingkit.source.tree import DEFAULT_LEDGER, PROJECT_FILE
from briefingkit.source.yaml_tree import Node, Tree, read_yaml
from briefingkit.text.fallback import Fallback
from briefingkit.text.language import canonical

__all__ = [
    "DriftChoice",
    "LimitSettings",
    "LoadedProject",
    "ProjectFile",
    "TargetSettings",
    "load_project_file",
    "loads_project_file",
]


_LEAVES = re.compile(r"^[/\\~]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)|\x00")


class DriftChoice(StrEnum):
    """What becomes of what someone changed at a target by hand: written over, left, or asked about."""

    RESTORE = "restore"
    KEEP = "keep"
    STOP = "stop"


def _check_fraction(_instance: object, attribute: Any, value: float | None) -> None:
    if value is not None and not 0 <= value <= 1:
        raise ModelError(f"a fraction is from 0 to 1, not {value}", field=attribute.name)


def _check_inside(_instance: object, attribute: Any, value: Sequence[str]) -> None:
    for pattern in value:
        if _LEAVES.search(pattern) or not pattern.strip():
            raise ModelError(f"{pattern[:80]!r} is not below the project's folder: give a folder or pattern that is",
                             field=attribute.name)  # fmt: skip


@frozen
class LimitSettings:
    """How much one apply may change, as a number of resources or a fraction of them; what is None is not said here."""

    deletions: int | None = None
    deletions_fraction: float | None = field(default=None, validator=_check_fraction)
    changes_fraction: float | None = field(default=None, validator=_check_fraction)
    minimum: int | None = None
    empty_source: bool | None = None
    empty_target: bool | None = None


@frozen
class TargetSettings:
    """A target: an integration by name and what it is told. `settings` are the integration's own, as they stand."""

    name: str = field(validator=check_key)
    use: str
    languages: tuple[str, ...] = ()
    fallback: Fallback = Fallback.MARK
    fallbacks: Mapping[str, Fallback] = field(factory=dict)
    drift: DriftChoice | None = None
    limits: LimitSettings | None = None
    settings: Mapping[str, Any] = field(factory=dict, repr=False)

    def fallback_for(self, language: str) -> Fallback:
        """Tell what becomes of a text that is not there in a language."""
        return self.fallbacks.get(language, self.fallback)

    @property
    def path(self) -> Path:
        """Where it stands in the file."""
        return ("targets", self.name)


@frozen
class ProjectFile:
    """A project, as its file says. Paths are relative to the folder of the file; `store` may name a variable.

    `languages` are those of every target that names none itself.
    """

    namespace: str | None = None
    store: str = DEFAULT_LEDGER
    briefings: tuple[str, ...] = (".",)
    languages: tuple[str, ...] = ()
    limits: LimitSettings = LimitSettings()
    targets: tuple[TargetSettings, ...] = ()
    mail: MailSettings | None = None

    def target(self, name: str) -> TargetSettings:
        """Look a target up; ProjectError names those that there are."""
        for target in self.targets:
            if target.name == name:
                return target
        known = ", ".join(target.name for target in self.targets) or "none"
        raise ProjectError(f"no target is called {name!r}; there are: {known}")


@frozen
class LoadedProject:
    """A project file as it was read. `project` is None where an error keeps it from being read.

    `legible` is then what could be read of it, to go on checking with, and never to work with.
    """

    path: str
    project: ProjectFile | None
    findings: tuple[Finding, ...] = ()
    tree: Tree = field(default=Tree("", Node(None, 1, 1, {}, {})), repr=False)
    legible: ProjectFile = field(
        default=Factory(lambda self: self.project or ProjectFile(), takes_self=True), repr=False
    )

    def require(self) -> ProjectFile:
        """Give the project; SourceError, with every error, where there is none."""
        if self.project is None:
            raise SourceError(self.findings)
        return self.project

    @property
    def target_names(self) -> tuple[str, ...] | None:
        """What its targets are called, those with errors too; None where nobody knows which it has."""
        data = self.tree.data
        targets = data.get("targets", {}) if isinstance(data, dict) else data
        if not self.tree.file or not isinstance(targets or {}, dict):
            return None
        return tuple(targets or ())


def load_project_file(path: str | File) -> LoadedProject:
    """Read a project file. Never raises for what is in it: the findings say it."""
    try:
        tree = read_tree(File(path))
    except SourceError as error:
        return LoadedProject(str(path), None, error.findings)
    return _loaded(tree)


def loads_project_file(text: str | bytes, file: str = PROJECT_FILE) -> LoadedProject:
    """Read a project file from text; `file` is its name in the findings."""
    try:
        tree = read_yaml(text, file)
    except SourceError as error:
        return LoadedProject(file, None, error.findings)
    return _loaded(tree)


# The file's form, which the classes above do not have themselves.


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    return tuple(canonical(tag) for tag in tags)


@frozen
class Head:
    """The fields of the file but for its targets and its mail."""

    format: str | None = None
    namespace: str | None = field(default=None, validator=fields(Briefing).namespace.validator)
    store: str = DEFAULT_LEDGER
    briefings: tuple[str, ...] = field(default=(".",), validator=_check_inside)
    languages: tuple[str, ...] = field(default=(), converter=_tags)
    limits: LimitSettings = LimitSettings()

    def __attrs_post_init__(self) -> None:
        if self.format not in (None, str(FORMAT)):
            raise ModelError(
                f"format {self.format[:20]!r} is not known to this release, which reads {FORMAT}",
                field="format",
            )


@frozen
class TargetHead:
    """The fields that every target has; all others are its integration's."""

    use: str
    languages: tuple[str, ...] = field(default=(), converter=_tags)
    drift: DriftChoice | None = None
    limits: LimitSettings | None = None


_OWN = (*(one.name for one in fields(TargetHead)), "fallback")


def _loaded(tree: Tree) -> LoadedProject:
    data = tree.data if tree.data is not None else {}
    if not isinstance(data, dict):
        finding = Finding("E008", "the file holds no fields", "Start with `format: 1`", tree.position(()))
        return LoadedProject(tree.file, None, (finding,), tree)
    rest = {name: value for name, value in data.items() if name not in {"mail", "targets"}}
    if isinstance(rest.get("briefings"), str):
        rest["briefings"] = [rest["briefings"]]
    head, findings = structure_data(rest, Head, tree, ())
    targets, wrong = _targets(data.get("targets"), tree)
    mail, unread = read_mail_settings(data.get("mail"), tree)
    found = in_order((*findings, *wrong, *unread, *_secrets(data, tree, ())))
    failed = head is None or any(finding.severity == "error" for finding in found)
    head = head or Head()
    targets = tuple(evolve(target, languages=target.languages or head.languages) for target in targets)
    project = ProjectFile(
        head.namespace, head.store, head.briefings, head.languages, head.limits, targets, mail
    )
    return LoadedProject(tree.file, None if failed else project, found, tree, project)


def _targets(data: Any, tree: Tree) -> tuple[tuple[TargetSettings, ...], list[Finding]]:
    targets: list[TargetSettings] = []
    findings: list[Finding] = []
    if data is not None and not isinstance(data, dict):
        message = "targets are a mapping: a name, and below it what it uses"
        return (), [Finding("E103", message, "", tree.position(("targets",)), "targets")]
    for name, told in (data or {}).items():
        path = ("targets", name)
        if not isinstance(told, dict):
            findings.append(Finding("E103", "a mapping of fields is expected here", "Start with `use: files`",
                                    tree.position(path), dotted(path)))  # fmt: skip
            continue
        own = {key: value for key, value in told.items() if key in _OWN and key != "fallback"}
        head, wrong = structure_data(own, TargetHead, tree, path)
        fallback, by_language, unread = _fallbacks(told.get("fallback"), tree, (*path, "fallback"))
        findings += [*wrong, *unread]
        try:
            settings = {key: value for key, value in told.items() if key not in _OWN}
            if head is not None:
                targets.append(TargetSettings(name, head.use, head.languages, fallback, by_language, head.drift,
                                              head.limits, settings))  # fmt: skip
        except ModelError as error:
            findings.append(Finding("E103", str(error), "", tree.key_position(path), dotted(path)))
    return tuple(targets), findings


def _fallbacks(data: Any, tree: Tree, path: Path) -> tuple[Fallback, dict[str, Fallback], list[Finding]]:
    """Read one word for all languages, or a word by language, where `default` is for the others."""
    words = data if isinstance(data, dict) else {} if data is None else {"default": data}
    read: dict[str, Fallback] = {}
    findings = []
    for tag, word in words.items():
        where = (*path, tag) if isinstance(data, dict) else path
        try:
            read[tag if tag == "default" else canonical(tag)] = converter().structure(word, Fallback)
        except ValueError as error:  # a tag that is none, or a word that is none
            findings.append(Finding("E103", str(error), "", tree.position(where), dotted(where)))
    return read.pop("default", Fallback.MARK), read, findings


def _secrets(data: Any, tree: Tree, path: Path) -> Iterator[Finding]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _secrets(value, tree, (*path, name))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _secrets(value, tree, (*path, index))
    elif isinstance(data, str) and data and is_secret(str(path[-1]) if path else "", data):
        advice = "Put it into an environment variable, and write its name here: ${NAME}"
        yield Finding("E109", "a secret stands in the file", advice, tree.position(path), dotted(path))
