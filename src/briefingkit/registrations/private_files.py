"""Files that hold people's data: written whole or not at all, and readable by their owner alone."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

__all__ = ["write_private"]


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file of mode 0600, in UTF-8, by way of one beside it; its folder is made as needed.

    OSError leaves what was there before. What is no plain file (`/dev/stdout`, a pipe) is written straight.
    """
    octets = content.encode("utf-8", "replace") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():
        path.write_bytes(octets)
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".briefingkit-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
