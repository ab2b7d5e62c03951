"""The command line in tests: called in this process, or started as a process that goes on by itself."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from briefingkit.cli.app import run


@frozen
class Ran:
    """What a command said and how it left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)


Command = Callable[..., Ran]
Process = subprocess.Popen[str]


def called(capsys: pytest.CaptureFixture[str]) -> Command:
    """Give what runs a command in this process; none may end in a traceback."""

    def call(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Ran(code, said.out, said.err)

    return call


def started(folder: Path, *arguments: str) -> tuple[Process, Any]:
    """Start a command with `--json` that goes on, and give it with the first document that it says."""
    command = [sys.executable, "-m", "briefingkit", *arguments, "--json"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    said = ""
    while not said.rstrip().endswith("}"):
        line = process.stdout.readline()
        assert line, process.stderr and process.stderr.read()
        said += line
    return process, json.loads(said)
