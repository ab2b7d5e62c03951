"""Opening what a project's file configures under a name: targets, a transport, workers, what reads a service's calls.

What each takes is said by its class, so that a mistake in the file is told with its place. What a variable of the
environment holds is quoted nowhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as Folder
from typing import TYPE_CHECKING, Any

import attrs
from attrs import evolve

from briefingkit import registry
from briefingkit.errors import Finding, SourceError
from briefingkit.source.environment import expanded, without_values
from briefingkit.source.paths import Path, dotted
from briefingkit.source.structured import structure_data

if TYPE_CHECKING:
    from briefingkit.mailing.incoming.feedback import Feedback
    from briefingkit.mailing.outgoing.engine import Engine
    from briefingkit.mailing.outgoing.transport import Transport
    from briefingkit.publish import Integration
    from briefingkit.source.mail_settings import TransportSettings
    from briefingkit.source.project_file import ProjectFile, TargetSettings
    from briefingkit.source.yaml_tree import Tree

__all__ = ["check_names", "open_engine", "open_feedback", "open_integration", "open_transport"]


def check_names(project: "ProjectFile", tree: "Tree") -> Iterator[Finding]:
    """Look for names under `use` that no installed package offers: W701. None of the others is loaded."""
    for group, named in _named(project).items():
        unknown = registry.unknown({one.use for one in named}, group)
        for one in named:
            if one.use in unknown:
                message, hint = unknown[one.use]
                end = "" if hint.endswith("?") else "."
                advice = f"{hint[0].upper()}{hint[1:]}{end} Or install the package that brings it"
                path: Path = (*one.path, "use")
                at = tree.position(path)
                if not tree.has(path):  # what reads a service's calls is called as the service
                    path, at = one.path, tree.key_position(one.path)
                yield Finding("W701", message, advice, at, dotted(path))


def _named(project: "ProjectFile") -> "Mapping[str, Sequence[TargetSettings | TransportSettings]]":
    mail = project.mail
    named: dict[str, Sequence[TargetSettings | TransportSettings]] = {registry.GROUP: project.targets}
    if mail is not None:
        named[registry.TRANSPORTS] = (mail.transport,)
        named[registry.FEEDBACK] = tuple(mail.feedback.values())
        named[registry.WORKERS] = (mail.workers,) if mail.workers is not None else ()
    return {group: told for group, told in named.items() if told}


def open_integration(
    settings: "TargetSettings", tree: "Tree", environment: Mapping[str, str], *, known: Mapping[str, Any]
) -> "Integration":
    """Load a target's integration with what the file tells it, and with what is `known` besides, where it has a field.

    Raises UnknownIntegration, MissingExtra, ProjectError for a variable that is not set, and SourceError for settings
    that it does not take.
    """
    kind = registry.get(settings.use)
    shared = {"languages": settings.languages, "fallback": settings.fallback, "fallbacks": settings.fallbacks}
    said = _for(kind, {name: value for name, value in shared.items() if value})
    made: Integration = _made(settings, kind, said, tree, environment)
    return evolve(made, **_for(kind, known))  # type: ignore[misc]


def open_transport(
    settings: "TransportSettings", tree: "Tree", folder: Folder, environment: Mapping[str, str]
) -> "Transport":
    """Load a transport with what the file tells it, and the folder of the project; raises the same."""
    kind = registry.get(settings.use, registry.TRANSPORTS)
    made: Transport = _made(settings, kind, {}, tree, environment)
    return evolve(made, **_for(kind, {"base": folder}))  # type: ignore[misc]


def open_feedback(
    receivers: "Mapping[str, TransportSettings]", tree: "Tree", environment: Mapping[str, str]
) -> "Mapping[str, Feedback]":
    """Load what reads the calls of mail services, by the name in the address that they call; raises the same."""
    return {
        name: _made(settings, registry.get(settings.use, registry.FEEDBACK), {}, tree, environment)
        for name, settings in receivers.items()
    }


def open_engine(
    settings: "TransportSettings", tree: "Tree", environment: Mapping[str, str], *, store: str
) -> "Engine":
    """Load what brings work to workers with what the file tells it, and the ledger's address; raises the same."""
    kind = registry.get(settings.use, registry.WORKERS)
    made: Engine = _made(settings, kind, {}, tree, environment)
    return evolve(made, **_for(kind, {"store": store}))  # type: ignore[misc]


def _made(
    settings: "TargetSettings | TransportSettings",
    kind: type[Any],
    said: Mapping[str, Any],
    tree: "Tree",
    environment: Mapping[str, str],
) -> Any:
    data = {**expanded(settings.settings, environment), **said}
    made, findings = structure_data(data, kind, tree, settings.path)
    if made is None:
        raise SourceError(without_values(findings, settings.settings, settings.path))
    return made


def _for(kind: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Give of some values those that a class has a field for."""
    return {name: value for name, value in values.items() if name in attrs.fields_dict(kind)}
