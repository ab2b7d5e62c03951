r"""Values as they may stand in an iCalendar line, whatever somebody wrote into a title.

icalendar escapes texts, folds lines and quotes parameters. It turns the two characters `\N` into a line end
(\\NAS-01 becomes two lines), lets an address through as it is, line ends and all, and passes control characters on;
these are settled here.
"""

import re
from urllib.parse import quote

from icalendar import vText, vUri

from briefingkit.text.bidi import strip_controls
from briefingkit.text.spaces import one_line

__all__ = ["Text", "parameter", "text", "uri"]

_SURROGATES = re.compile("[\ud800-\udfff]")
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_URI_CHARACTERS = "%/:=&?~#+!$,;'@()*[]-._"


class Text(vText):
    """A TEXT value (RFC 5545 section 3.3.11) that comes back from any parser as it went in."""

    __slots__ = ()

    def to_ical(self) -> bytes:
        """Escape backslash, semicolon, comma and line end, each once."""
        return self.translate(_ESCAPES).encode()


def text(value: str, **parameters: str | None) -> Text:
    """Make a TEXT value with its parameters, those that are None left out."""
    return Text(_clean(value), params=_given(parameters))


def uri(value: str, **parameters: str | list[str] | None) -> vUri:
    """Make a URI value. What no address may hold is percent-encoded (RFC 3986), so that none ends its line."""
    return vUri(quote(_clean(value), safe=_URI_CHARACTERS), params=_given(parameters))


def parameter(value: str) -> str:
    """Make a text fit for a parameter: one line, and no double quotes, which few consumers decode (RFC 6868)."""
    return one_line(_clean(value).replace('"', "'"))


def _clean(value: str) -> str:
    if value.isprintable():
        return value
    return _SURROGATES.sub("\ufffd", strip_controls(value))


def _given(
    parameters: dict[str, str | None] | dict[str, str | list[str] | None],
) -> dict[str, str | list[str]]:
    return {name: value for name, value in parameters.items() if value is not None}
