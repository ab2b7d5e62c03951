"""Texts that a spreadsheet would run: disarmed when they go out, and the same again when they come back in.

OWASP, "CSV Injection": a cell that begins with one of = + - @, a tab or a carriage return may be run as a formula. An
apostrophe before it makes it a text. A text that begins with an apostrophe gets one more, so that what was written can
be told from what was added: reading takes exactly one away.
"""

__all__ = ["armed", "disarmed"]

# Their wide forms are taken for the plain ones by spreadsheets of East Asian editions; a line feed may be passed over.
_BEGIN = frozenset("=+-@\t\r\n＝＋－＠")


def disarmed(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet might run, and before one that looks as if we had."""
    plain = text.lstrip("'")
    return f"'{text}" if (plain[:1] or text[:1]) in _BEGIN or (text != plain and not plain) else text


def armed(text: str) -> str:
    """Take the apostrophe away that `disarmed` added; all other texts stay."""
    if not text.startswith("'"):
        return text
    return text[1:] if disarmed(text[1:]) == text else text
