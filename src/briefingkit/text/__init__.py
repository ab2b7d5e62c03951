"""Text in many languages, and what depends on the language it is in: dates, directions, the words around a value.

Nothing here reads a clock, a file of the user's or the system's locale. The values below are all that loads with the
package; `language`, `dates`, `phrases` and `bidi` are imported by name, and Babel and langcodes when they are used.
"""

from briefingkit.text.multilingual import LocalizedUrl, Lookup, MultilingualText, Name

__all__ = ["LocalizedUrl", "Lookup", "MultilingualText", "Name"]
