"""Checking what the settings of mail services have in common: how many requests at once, how fast, how long."""

from typing import Any

from briefingkit.errors import ModelError

__all__ = ["check_connections", "check_rate", "check_timeout"]

_MOST_CONNECTIONS = 100


def check_connections(_instance: object, attribute: Any, value: int) -> None:
    """Refuse, as an attrs validator, more requests at once than a machine should make, and none."""
    if not 1 <= value <= _MOST_CONNECTIONS:
        raise ModelError(f"{attribute.name} is 1 to {_MOST_CONNECTIONS}", field=attribute.name)


def check_rate(_instance: object, attribute: Any, value: float | None) -> None:
    """Refuse a rate at which nothing would ever go."""
    if value is not None and not value > 0:
        raise ModelError(f"{attribute.name} is recipients a second, more than none", field=attribute.name)


def check_timeout(_instance: object, attribute: Any, value: float) -> None:
    """Refuse, as an attrs validator, what is not well inside the time for which a sender holds its messages."""
    if not 1 <= value <= 60:  # noqa: PLR2004 - as the message says
        raise ModelError(f"{attribute.name} is 1 to 60 seconds", field=attribute.name)
