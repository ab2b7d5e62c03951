"""Reading a folder of somebody's own templates: of pages and of mails."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from briefingkit.errors import RenderError

__all__ = ["read_templates"]

_LARGEST = 1 << 20  # octets


def read_templates(folder: Path, suffix: str) -> Mapping[str, str]:
    """Read the files of a folder whose names end so, by name.

    A link is followed as far as it stays in the folder: a template is shown to everybody, and nobody would look for
    its text elsewhere. RenderError, with every file that is refused, where they cannot be read.
    """
    try:
        files = sorted(path for path in folder.iterdir() if _is_template(path, suffix))
        if wrong := tuple(_refusals(files, Path(os.path.realpath(folder)))):
            raise RenderError("; ".join(wrong))
        return {path.name: path.read_text("utf-8") for path in files}
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "one is not UTF-8"
        raise RenderError(f"the templates in {folder} cannot be read: {reason}") from error


def _is_template(path: Path, suffix: str) -> bool:
    # Hidden is what an editor leaves there while a file is open, such as Emacs's link that locks it.
    return path.name.endswith(suffix) and not path.name.startswith(".") and not path.is_dir()


def _refusals(files: list[Path], home: Path) -> Iterator[str]:
    for path in files:
        if path.is_symlink():
            try:
                real = Path(os.path.realpath(path, strict=True))
            except OSError as error:
                yield f"{path} is a link that cannot be followed: {error.strerror}"
                continue
            if not real.is_relative_to(home):
                yield f"{path} is a link that leads out of its folder: put the template itself there"
                continue
        if not path.is_file():
            yield f"{path} is no file"
        elif path.stat().st_size > _LARGEST:
            yield f"{path} is too large for a template"
