"""The rules of the Drive API, version 3: metadata, permissions and shared drives; no contents."""

from functools import partial

from briefingkit.testing.google.call import Rules
from briefingkit.testing.google.drive import files, listing, permissions
from briefingkit.testing.google.drive.world import DriveWorld

__all__ = ["WRITABLE", "DriveWorld", "rules"]

WRITABLE = frozenset(("File.id", "Permission.emailAddress", "Permission.domain"))
"""Fields that the document has as the server's, and that one gives when one makes something."""


def rules(world: DriveWorld) -> Rules:
    """Give what answers each method that the double keeps."""
    parts = (files, listing, permissions)
    return {name: partial(rule, world) for part in parts for name, rule in part.RULES.items()}
