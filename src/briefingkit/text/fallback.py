"""What an output does with a text that is not there in its language."""

from enum import StrEnum

__all__ = ["Fallback"]


class Fallback(StrEnum):
    """REFUSE to go out, MARK the text with the language that it is in (the default), or OMIT it."""

    REFUSE = "refuse"
    MARK = "mark"
    OMIT = "omit"
