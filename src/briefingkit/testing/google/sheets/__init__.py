"""The rules of the Sheets API, version 4: spreadsheets, their sheets, and values. Each is a file in Drive too."""

from functools import partial

from briefingkit.testing.google.call import Rules
from briefingkit.testing.google.sheets import methods
from briefingkit.testing.google.sheets.world import SheetsWorld

__all__ = ["SheetsWorld", "rules"]


def rules(world: SheetsWorld) -> Rules:
    """Give what answers each method that the double keeps."""
    return {name: partial(rule, world) for name, rule in methods.RULES.items()}
