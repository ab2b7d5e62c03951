"""What a whole process costs: to import the package, and to check one briefing."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus import write_project
from lines import Line, best_interleaved, timed

__all__ = ["check_lines", "import_lines"]

_ROUNDS = 25
_HEAVY = ("icalendar", "babel", "sqlalchemy", "requests", "jinja2", "ruamel", "langcodes", "markdown_it")
_NOT_FOR_CHECK = ("icalendar", "sqlalchemy", "requests", "jinja2", "importlib.metadata", "markdown_it")


def import_lines() -> Iterator[Line]:
    """Measure `import briefingkit` beside `import attrs, cattrs`."""
    ours, peers = best_interleaved(_ROUNDS, _process("import briefingkit"), _process("import attrs, cattrs"))
    yield Line("import briefingkit", _ms(ours), f"import attrs, cattrs: {_ms(peers)}", ours / peers, 1.0)
    loaded = _loaded("import briefingkit", _HEAVY)
    yield Line("… and what it loads of what is heavy", loaded or "nothing", holds=not loaded)


def check_lines() -> Iterator[Line]:
    """Measure `briefingkit check` on one briefing beside a bare process."""
    with TemporaryDirectory() as folder:
        (path,) = write_project(Path(folder), 1)
        check = f"from briefingkit.cli import main; main(['check', {str(path)!r}])"
        bare = "import attrs, cattrs, yaml, babel.dates"
        ours, peers = best_interleaved(_ROUNDS, _process(check), _process(bare))
        loaded = _loaded(
            check.replace("main([", "\ntry: main([") + "\nexcept SystemExit: pass", _NOT_FOR_CHECK
        )
    yield Line("briefingkit check, one briefing", _ms(ours), f"{bare}: {_ms(peers)}", ours / peers, 2.5)
    yield Line("… and what it loads of what it does not need", loaded or "nothing", holds=not loaded)


def _process(script: str) -> Callable[[], float]:
    def run() -> float:
        command = [sys.executable, "-c", script]
        seconds, done = timed(lambda: subprocess.run(command, capture_output=True, check=False))
        if done.returncode:
            raise SystemExit(f"{script} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
        return seconds

    return run


def _loaded(script: str, names: tuple[str, ...]) -> str:
    """Tell which of the modules a script leaves loaded; the last line that it prints is the answer."""
    asking = f"{script}\nimport sys; print(*[name for name in {names} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asking], capture_output=True, check=True, text=True)
    return done.stdout.split("\n")[-2].strip()


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
