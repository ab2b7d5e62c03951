"""Writing whom something is shared with so that a plan may show it: a plan is read by more people than may know."""

from hashlib import sha256

__all__ = ["masked"]


def masked(scope: str) -> str:
    """Write of a person's address the first letter, the domain and a digest; `user:` and the like stay before it."""
    kind, _, of = scope.rpartition(":")
    if "@" not in of:
        return scope
    local, _, domain = of.rpartition("@")
    digest = sha256(of.encode()).hexdigest()[:8]
    return f"{kind}{':' if kind else ''}{local[:1]}…@{domain} ({digest})"
