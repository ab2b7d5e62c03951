"""Finding integrations by name in the entry-point group, ours and third parties' alike; loaded when asked for."""

import importlib
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from briefingkit.errors import IntegrationError, MissingExtra, UnknownIntegration

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ACCOUNTS", "GROUP", "available", "get"]

GROUP = "briefingkit.integrations"
"""The entry-point group. A name like `google.calendar` is the extra that it needs, a dot and the kind of target."""

ACCOUNTS = "briefingkit.auth"
"""The group of what signs people in (`briefingkit.publish.account`), by the first part of its targets' names."""


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
        raise UnknownIntegration(_unknown(name, group))
    found = {point.value for point in points}
    if len(found) > 1:
        raise IntegrationError(
            f"{name} is offered by two packages ({', '.join(sorted(found))}): remove one of them"
        )
    return _load(points[0])


def _unknown(name: str, group: str) -> str:
    names = available(group)
    close = get_close_matches(name, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(names) or 'none'}"
    what = "service to sign in to" if group == ACCOUNTS else "integration"
    return f"no {what} is called {name}; {hint}"


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
    extra = point.name.partition(".")[0]
    extras = point.dist.metadata.get_all("Provides-Extra") if point.dist is not None else None
    return f"{distribution}[{extra}]" if extras is None or extra in extras else distribution
