"""Developer metadata as the API shows them, and the ranges that are found by them.

Source: the descriptions of DataFilter and DeveloperMetadataLookup in the discovery document. The double keeps lookups
by id and by key.
"""

from collections.abc import Iterator
from typing import Any

from briefingkit.testing.google.refusal import Refusal
from briefingkit.testing.google.sheets.ranges import Range
from briefingkit.testing.google.sheets.world import HeldMetadata, HeldSheet, HeldSpreadsheet

__all__ = ["filtered", "matches", "shown_metadata"]

_KEPT = {"metadataId", "metadataKey"}


def matches(book: HeldSpreadsheet, given: dict[str, Any]) -> Iterator[tuple[HeldSheet, HeldMetadata]]:
    """Find the metadata that a data filter selects. Raises a Refusal, 501, for a filter of another kind."""
    lookup = given.get("developerMetadataLookup", {})
    if set(given) != {"developerMetadataLookup"} or not lookup or not set(lookup) <= _KEPT:
        raise Refusal(501, "notImplemented", "The double keeps data filters by id and key of metadata alone.")
    for sheet in book.sheets:
        for each in sheet.metadata.values():
            shown = {"metadataId": each.id, "metadataKey": each.key}
            if all(shown[name] == value for name, value in lookup.items()):
                yield sheet, each


def filtered(book: HeldSpreadsheet, given: dict[str, Any]) -> list[Range]:
    """Give the cells that a data filter selects: whole sheets, columns and rows."""
    return [_place(sheet, each) for sheet, each in matches(book, given)]


def _place(sheet: HeldSheet, held: HeldMetadata) -> Range:
    top, left, bottom, right = 0, 0, sheet.rows - 1, sheet.columns - 1
    if held.dimension == "ROWS":
        top = bottom = held.index
    elif held.dimension == "COLUMNS":
        left = right = held.index
    return Range(sheet, top, left, bottom, right)


def shown_metadata(sheet: HeldSheet, held: HeldMetadata) -> dict[str, Any]:
    """Give metadata as the API shows it."""
    location: dict[str, Any] = {"locationType": "SHEET", "sheetId": sheet.id}
    if held.dimension is not None:
        lines = {
            "sheetId": sheet.id,
            "dimension": held.dimension,
            "startIndex": held.index,
            "endIndex": held.index + 1,
        }
        location = {"locationType": held.dimension.removesuffix("S"), "dimensionRange": lines}
    return {
        "metadataId": held.id,
        "metadataKey": held.key,
        "metadataValue": held.value,
        "visibility": held.visibility,
        "location": location,
    }
