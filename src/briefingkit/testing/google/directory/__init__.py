"""The rules of the Directory API of the Admin SDK: groups and who is in them, as far as one can read them."""

from functools import partial

from briefingkit.testing.google.call import Rules
from briefingkit.testing.google.directory import members
from briefingkit.testing.google.directory.world import DirectoryWorld

__all__ = ["DirectoryWorld", "rules"]


def rules(world: DirectoryWorld) -> Rules:
    """Give what answers each method that the double keeps."""
    return {name: partial(rule, world) for name, rule in members.RULES.items()}
