"""Arguments that say NAME=VALUE."""

from collections.abc import Sequence

import click

__all__ = ["pairs"]


def pairs(texts: Sequence[str], *, at_last: bool = False) -> dict[str, str]:
    """Read arguments as names and values; with `at_last` the last `=` divides them. UsageError for one without."""
    read = {}
    for text in texts:
        name, equals, value = text.rpartition("=") if at_last else text.partition("=")
        if not equals or not name.strip():
            # Not the text: it may be somebody's data.
            raise click.UsageError("give each as NAME=VALUE, with quotes around it where it has spaces")
        read[name.strip()] = value.strip()
    return read
