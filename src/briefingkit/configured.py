"""Opening what a project's file configures under a name: targets, a transport, workers, what reads a service's calls.

What each takes is said by its class, so that a mistake in the file is told with its place. What a variable of the
environment holds is quoted nowhere.
"""

from collections.abc import Iterator, Mapping
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
    from briefingkit.source.project_file import TargetSettings
    from briefingkit.source.yaml_tree import Tree

__all__ = ["check_names", "open_engine", "open_feedback", "open_integration", "open_transport"]


def check_names(tree: "Tree") -> Iterator[Finding]:
    """Look in a project's file for names under `use` that no installed package offers: W701.

    What else is wrong with the file is no reason to keep quiet about them. None of the others is loaded.
    """
    named = tuple(_named(tree))
    for group in dict.fromkeys(group for group, _, _ in named):
        unknown = registry.unknown({use for one, use, _ in named if one == group}, group)
        for use, place in ((use, place) for one, use, place in named if one == group and use in unknown):
            message, hint = unknown[use]
            end = "" if hint.endswith("?") else "."
            advice = f"{hint[0].upper()}{hint[1:]}{end} Or install the package that brings it"
            path: Path = (*place, "use")
            at = tree.position(path)
            if not tree.has(path):  # what reads a service's calls is called as the service
                path, at = place, tree.key_position(place)
            yield Finding("W701", message, advice, at, dotted(path))


def _named(tree: "Tree") -> Iterator[tuple[str, str, Path]]:
    """Give each name with its group and where it stands; what is no name is told when the file is read."""
    mail = _fields(tree.data, "mail")
    told: list[tuple[str, Any, Path]] = [
        *((registry.GROUP, one, ("targets", name)) for name, one in _fields(tree.data, "targets").items()),
        (registry.TRANSPORTS, mail.get("transport"), ("mail", "transport")),
        (registry.WORKERS, mail.get("workers"), ("mail", "workers")),
    ]
    for name, one in _fields(mail, "feedback").items():
        if isinstance(one, dict):
            told.append((registry.FEEDBACK, {"use": name, **one}, ("mail", "feedback", name)))
    for group, one, path in told:
        use = one.get("use") if isinstance(one, dict) else None
        if isinstance(use, str) and use:
            yield group, use, path


def _fields(data: Any, name: str) -> Mapping[str, Any]:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, dict) else {}


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
    return evolve(made, **_for(kind, known))  # type: ignore[misc] # _made gives an attrs class


def open_transport(
    settings: "TransportSettings", tree: "Tree", folder: Folder, environment: Mapping[str, str]
) -> "Transport":
    """Load a transport with what the file tells it, and the folder of the project; raises the same."""
    kind = registry.get(settings.use, registry.TRANSPORTS)
    made: Transport = _made(settings, kind, {}, tree, environment)
    return evolve(made, **_for(kind, {"base": folder}))  # type: ignore[misc] # _made gives an attrs class


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
    return evolve(made, **_for(kind, {"store": store}))  # type: ignore[misc] # _made gives an attrs class


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
