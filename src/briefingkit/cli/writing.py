"""Writing a file whole or not at all: a full disk or a dead run leaves what was there before."""

import os
from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file by way of one beside it, in UTF-8; folders are made as needed. OSError leaves no part of it.

    What is no plain file (`/dev/stdout`, a pipe) is written straight.
    """
    octets = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        path.write_bytes(octets)
        return
    file = path.resolve() if path.is_symlink() else path  # a link stays a link: the file behind it is written
    beside = file.with_name(f".{file.name[:100]}.{os.getpid()}.new")
    try:
        beside.write_bytes(octets)
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        error.filename, error.filename2 = str(path), None  # the file that the user knows
        raise
