"""Finding integrations by name in the entry-point group, ours and third parties' alike; loaded when asked for."""

import importlib
import re
from difflib import get_close_matches
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from typing import TYPE_CHECKING, Any

from briefingkit.errors import IntegrationError, MissingExtra, UnknownIntegration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "ACCOUNTS",
    "APPS",
    "FEEDBACK",
    "GROUP",
    "TRANSPORTS",
    "WORKERS",
    "available",
    "get",
    "install_command",
    "missing",
    "unknown",
]

GROUP = "briefingkit.integrations"
"""The entry-point group. A name like `google.calendar` is the extra that it needs, a dot and the kind of target."""

TRANSPORTS = "briefingkit.transports"
"""The group of what carries mail (`briefingkit.mailing.outgoing.transport`)."""

ACCOUNTS = "briefingkit.auth"
"""The group of what signs people in (`briefingkit.publish.account`), by the first part of its targets' names."""

APPS = "briefingkit.apps"
"""The group of what can be served: a class that takes a project and how to serve it, and has `run` and `background`."""

FEEDBACK = "briefingkit.feedback"
"""The group of what reads the calls of mail services (`briefingkit.mailing.incoming.feedback`)."""

WORKERS = "briefingkit.workers"
"""The group of what brings mail's work to several machines (`briefingkit.mailing.outgoing.engine`)."""

_REQUIRED = re.compile(r"(?P<name>[A-Za-z0-9._-]+).*;.*extra\s*==\s*[\"'](?P<extra>[^\"']+)[\"']")
"""A line of Requires-Dist that belongs to an extra (the core metadata specification)."""


def available(group: str = GROUP) -> "Sequence[str]":
    """Return the names of the integrations that are installed, in order; none of them is loaded."""
    return sorted({point.name for point in entry_points(group=group)})


def get(name: str, group: str = GROUP) -> type[Any]:
    """Load an integration: an attrs class whose fields are its configuration.

    Raises UnknownIntegration, with what was probably meant, MissingExtra, with the command that installs it,
    and IntegrationError where the package of an integration is broken.
    """
    points = [point for point in entry_points(group=group) if point.name == name]
    if not points:
        raise UnknownIntegration("; ".join(_unknown(name, available(group), group)))
    found = {point.value for point in points}
    if len(found) > 1:
        raise IntegrationError(
            f"{name} is offered by two packages ({', '.join(sorted(found))}): remove one of them"
        )
    return _load(points[0])


def missing(name: str) -> "Sequence[str]":
    """Name the packages that an integration's extra brings and that are not installed, without loading any of them.

    Only what its distribution says of its extras is known here.
    """
    points = [point for point in entry_points(group=GROUP) if point.name == name and point.dist is not None]
    asked = (
        _REQUIRED.match(line)
        for point in points
        for line in (point.dist.requires if point.dist else None) or ()
    )
    extra = name.partition(".")[0]
    return [one["name"] for one in asked if one and one["extra"] == extra and not _is_installed(one["name"])]


def install_command(name: str) -> str:
    """Give the command that installs what an integration needs."""
    (point, *_) = [point for point in entry_points(group=GROUP) if point.name == name]
    return f'pip install "{_extra(point)}"'


def unknown(names: "Iterable[str]", group: str = GROUP) -> "Mapping[str, tuple[str, str]]":
    """Tell which of some names no installed package offers, each in words and with the one that was probably meant.

    Nothing is loaded, so a name whose extra is not installed is offered all the same.
    """
    offered = available(group)
    return {name: _unknown(name, offered, group) for name in names if name not in offered}


def _is_installed(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


def _unknown(name: str, names: "Sequence[str]", group: str) -> tuple[str, str]:
    close = get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(names) or 'none'}"
    what = {
        ACCOUNTS: "service to sign in to",
        TRANSPORTS: "transport for mail",
        APPS: "application",
        FEEDBACK: "mail service that tells what comes back",
        WORKERS: "engine for workers",
    }.get(group, "integration")
    return f"no {what} is called {name[:80]}", hint


def _load(point: EntryPoint) -> type[Any]:
    try:
        loaded: Any = importlib.import_module(point.module)
        for part in point.attr.split("."):
            loaded = getattr(loaded, part)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in {"", point.module.partition(".")[0]}:
            raise IntegrationError(
                f"{point.name} names {point.value}, which is not there: reinstall it"
            ) from error
        raise MissingExtra(
            f'{point.name} needs the package {missing}, which is not installed: pip install "{_extra(point)}"'
        ) from error
    except (ImportError, AttributeError) as error:
        raise IntegrationError(f"{point.name} cannot be loaded: {error}") from error
    if isinstance(loaded, type):
        return loaded
    raise IntegrationError(f"{point.name} names {point.value}, which is no class")


def _extra(point: EntryPoint) -> str:
    distribution = point.dist.name if point.dist is not None else "briefingkit"
    # Of a group with one extra for all, that is called as the group is.
    extra = "workers" if point.group == WORKERS else point.name.partition(".")[0]
    extras = point.dist.metadata.get_all("Provides-Extra") if point.dist is not None else None
    return f"{distribution}[{extra}]" if extras is None or extra in extras else distribution
