"""What stands in the environment and not in a file: `${NAME}` in settings, for secrets above all."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve

from briefingkit.errors import Finding, ProjectError

__all__ = ["expand", "expanded", "heard", "is_secret", "variables", "without_values"]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PASSWORD = re.compile(r"\w+://[^/\s:@]*:(?P<password>[^/\s@]+)@")
_SECRET_NAME = re.compile(
    r"(?i)(^|[_-])(password|passwd|secret|token|api[_-]?key|(access|private|signing)[_-]?key|credentials?)$"
)
_UNKNOWN_FIELD = "E101"
_PRIVATE_KEY = "PRIVATE KEY-----"
"""How a private key begins in PEM (RFC 7468), also within the JSON that Google gives out."""


def expand(text: str, environment: Mapping[str, str]) -> str:
    """Put the values of environment variables in the place of their names; ProjectError for one that is not set."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in environment:
            raise ProjectError(
                f"the environment variable {match[1]} is not set: set it, the project file names it"
            )
        return environment[match[1]]

    return _VARIABLE.sub(value, text)


def expanded(value: Any, environment: Mapping[str, str]) -> Any:
    """Expand every text of a setting, however deep."""
    if isinstance(value, str):
        return expand(value, environment)
    if isinstance(value, Mapping):
        return {name: expanded(one, environment) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [expanded(one, environment) for one in value]
    return value


def variables(value: Any) -> frozenset[str]:
    """Name the environment variables that a setting asks for, in any of its parts."""
    if isinstance(value, str):
        return frozenset(match[1] for match in _VARIABLE.finditer(value))
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return frozenset().union(*map(variables, parts))


def heard(settings: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[str]:
    """Name the variables that tell settings something that is no secret."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from heard(value, environment)
        elif not _SECRET_NAME.search(name):
            for variable in sorted(variables(value)):
                if not _SECRET_NAME.search(variable) and not _PASSWORD.search(environment.get(variable, "")):
                    yield variable


def is_secret(name: str, value: str) -> bool:
    """Whether a secret stands in a file: in a field that is called so, in an address, or as a private key."""
    if _SECRET_NAME.search(name) and not _VARIABLE.search(value):
        return True
    if _PRIVATE_KEY in value:
        return True
    match = _PASSWORD.search(value)
    return match is not None and not _VARIABLE.fullmatch(match["password"])


def without_values(
    findings: Iterable[Finding], settings: Mapping[str, Any], path: tuple[str | int, ...]
) -> Iterator[Finding]:
    """Say nothing of what a variable holds: it may be a secret, and a message that quotes it would tell.

    `settings` are those in which something was found, as they stand at `path`.
    """
    for finding in findings:
        value: Any = settings
        for part in finding.path.split(".")[len(path) :]:
            value = value.get(part) if isinstance(value, Mapping) else value
        names = " and ".join(f"${{{name}}}" for name in sorted(variables(value)))
        message = f"what {names} holds cannot stand here"
        # That a field is unknown is said of its name.
        hidden = names and finding.code != _UNKNOWN_FIELD
        yield evolve(finding, message=message, advice="") if hidden else finding
