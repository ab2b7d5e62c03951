"""The command line: one module a command group, loaded when it is called. The front door in Python is `project`."""

import gc
import io
import os
import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code: 0 done, 1 an error, 2 wrong usage, 3 changes are pending."""
    # Loading modules makes many objects and no garbage: looking for some as often as usual costs a tenth of a command.
    gc.set_threshold(50_000, 20, 20)
    _open_streams()
    from briefingkit.cli.app import run

    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def _open_streams() -> None:
    """Make all three streams something that can be written to, or read, without a care."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        # A daemon may start us with one closed. Its number must not go to a file that we open, such as the ledger.
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123 - for the whole run
    for stream in (sys.stdout, sys.stderr):
        # Text that the terminal's encoding does not have, or a file name that is no text, is shown escaped.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
