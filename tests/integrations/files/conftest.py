import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from briefingkit.rendering.values import View
from briefingkit.testing.contract import Workbench
from briefingkit_files import Files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(Files("site", base=tmp_path))


@pytest.fixture
def contents(root: Path) -> Callable[[], dict[str, bytes]]:
    """Read all that stands in the folder, by path."""

    def read() -> dict[str, bytes]:
        return {
            path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
        }

    return read


@pytest.fixture
def plain_pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write pages by the cheapest renderer there can be, and note each one."""
    rendered: list[str] = []

    def html(view: View, **_: object) -> bytes:
        rendered.append(f"{view.identifier}/{view.language}")
        return f"{view!r}".encode()

    monkeypatch.setattr("briefingkit.rendering.html.html", html)
    monkeypatch.setattr("briefingkit.rendering.index.index_html", lambda index, **_: f"{index!r}".encode())
    return rendered


class Opened:
    """Notes the paths of files that are opened, while somebody asks; an audit hook cannot be taken back."""

    def __init__(self) -> None:
        self.paths: list[str] | None = None
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.paths is not None and event == "open":
            self.paths.append(str(arguments[0]))

    @contextmanager
    def watching(self) -> Iterator[list[str]]:
        seen: list[str] = []
        self.paths = seen
        try:
            yield seen
        finally:
            self.paths = None


@pytest.fixture(scope="session")
def opened() -> Callable[[], AbstractContextManager[list[str]]]:
    """Gather the paths of all files that are opened in a block."""
    return Opened().watching
