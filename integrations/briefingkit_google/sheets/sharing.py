"""With whom a spreadsheet is shared: rules of access that people are given, as a plan may show them."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from briefingkit_google.unchecked import text_in

__all__ = ["masked", "scope_of", "shared"]


def masked(scope: str) -> str:
    """Write somebody so that a plan may show it: of an address the first letter, the domain and a digest."""
    kind, _, of = scope.partition(":")
    if "@" not in of:
        return scope
    local, _, domain = of.rpartition("@")
    return f"{kind}:{local[:1]}…@{domain} ({sha256(of.encode()).hexdigest()[:8]})"


def scope_of(permission: Mapping[str, Any]) -> str:
    """Say whom a permission of drive v3 is for, as settings do: `user:ann@example.org`."""
    of = text_in(permission.get("emailAddress")) or text_in(permission.get("domain")) or ""
    return f"{permission.get('type')}:{of.lower()}"


def shared(permissions: Iterable[Mapping[str, Any]], looked_for: Iterable[str]) -> dict[str, str]:
    """Give the roles of those who are looked for, masked; what people shared by themselves is theirs."""
    wanted = set(looked_for)
    found = {masked(scope_of(each)): str(each.get("role")) for each in permissions}
    return {scope: found[scope] for scope in sorted(found) if scope in wanted}
