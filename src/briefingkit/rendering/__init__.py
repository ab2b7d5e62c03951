"""Outputs: a publication, in one language or in all of them, as the bytes of a page, a text, a calendar or data.

Everything that goes out is made from a `View` (`briefingkit.rendering.view`), which settles privacy and missing
translations in one place. Nothing here reads a file, a clock or a locale: the same publication makes the same bytes.
"""

from briefingkit.rendering.formats import FORMATS, Format, render

__all__ = ["FORMATS", "Format", "render"]
