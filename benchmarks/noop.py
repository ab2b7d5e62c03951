"""A plan over a thousand briefings that finds nothing to do: how often it reads, whether it renders, what it costs."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from corpus import write_project
from lines import Line, timed

__all__ = ["noop_lines"]

_NUMBER = 1000
_RENDERERS = ("jinja2", "icalendar", "markdown_it")

# An audit hook sees every file that the process opens, whatever opens it.
_PLAN = """
import json, sys
from collections import Counter
from pathlib import Path
from time import perf_counter
root, opened = Path(sys.argv[1]).resolve(), Counter()
def seen(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        opened[arguments[0] if isinstance(arguments[0], str) else arguments[0].decode()] += 1
sys.addaudithook(seen)
import briefingkit as bk
start = perf_counter()
project = bk.open(root / "briefingkit.yaml")
plan = project.plan()
seconds = perf_counter() - start
kinds = (".yaml", ".html", ".ics", ".jsonld", ".json")
names = {name: str(Path(name).resolve()) for name in opened if name.endswith(kinds)}
read = {path: opened[name] for name, path in names.items() if path.startswith(str(root))}
print(json.dumps({
    "seconds": seconds, "empty": plan.is_empty, "counts": dict(plan.counts),
    "files": len(read), "most": max(read.values()),
    "sources": sum(name.endswith("briefing.yaml") for name in read),
    "often": [name for name, times in read.items() if times > 1][:5],
    "renderers": [name for name in sys.argv[2:] if name in sys.modules],
}))
"""

_BARE = """
import hashlib, json, sys
from pathlib import Path
from time import perf_counter
start = perf_counter()
for path in Path(sys.argv[1]).rglob("*"):
    if path.is_file():
        hashlib.sha256(path.read_bytes()).hexdigest()
print(json.dumps({"seconds": perf_counter() - start}))
"""


def noop_lines() -> Iterator[Line]:
    """Publish once, then measure the plan that comes after, beside reading and hashing the same files."""
    import briefingkit as bk

    # In memory where there is such a folder: that an apply makes its files safe on disk is not the claim.
    memory = Path("/dev/shm")  # noqa: S108 - asked for by its name
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        write_project(Path(folder), _NUMBER)
        project = bk.open(Path(folder) / "briefingkit.yaml")
        seconds, report = timed(lambda: project.apply(project.plan()))
        report.raise_for_failed()
        yield Line(f"first plan and apply of {_NUMBER} × 3 languages", f"{_NUMBER / seconds:.0f} briefings/s")
        bare = _run(_BARE, folder)
        plan = _run(_PLAN, folder)
    times = f"{plan['seconds']:.2f} s"
    peer = f"read and hash the same files: {bare['seconds']:.2f} s"
    yield Line(
        f"plan over {_NUMBER} that finds nothing to do", times, peer, plan["seconds"] / bare["seconds"]
    )
    yield Line("… and finds nothing", "yes" if plan["empty"] else str(plan["counts"]), holds=plan["empty"])
    read = f"{plan['files']} files, {plan['sources']} of them briefings; most often read: {plan['most']}×"
    once = plan["most"] == 1 and plan["sources"] == _NUMBER
    yield Line("… reads each file once", "yes" if once else f"no: {plan['often']}", read, holds=once)
    loaded = " ".join(plan["renderers"])
    yield Line("… and renders nothing: renderers loaded", loaded or "none", holds=not loaded)


def _run(script: str, folder: str) -> dict[str, Any]:
    command = [sys.executable, "-c", script, folder, *_RENDERERS]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
