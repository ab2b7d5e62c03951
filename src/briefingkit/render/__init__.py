"""Outputs: a publication, in one language or in all of them, as the bytes of a page, a text, a calendar or data.

Everything that goes out is made from a `View` (`briefingkit.render.view`), which settles privacy and missing
translations in one place. Nothing here reads a file, a clock or a locale: the same publication makes the same bytes.
"""

import sys
from types import ModuleType

from briefingkit.render.formats import FORMATS, Format, render

__all__ = ["FORMATS", "Format", "render"]


class _Callable(ModuleType):
    """This package, which can be called: `briefingkit.render(…)` holds whatever was imported before it."""

    __call__ = staticmethod(render)


sys.modules[__name__].__class__ = _Callable
