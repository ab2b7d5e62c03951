import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from briefingkit.cli import writing
from briefingkit.cli.app import run
from briefingkit.errors import ApplyFailed, Finding, PlanRefused, Position, SourceError

from ..commands import Command

Snapshot = Callable[[Path], dict[str, bytes]]
SECRET = "hunter2/with@odd:characters"
COMMANDS = {
    "init": ("init", "new"),
    "draft": ("draft", "note.md"),
    "check": ("check",),
    "render": ("render", "night-buses"),
    "plan": ("plan",),
    "apply": ("apply",),
    "integrations": ("integrations",),
    "schema": ("schema",),
    "demo": ("demo",),
    "completion": ("completion", "bash"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_prints_one_json_document(cli: Command, home: Path, command: str) -> None:
    (home / "note.md").write_text("# Night buses\n\n10 March 2027\n", encoding="utf-8")
    ran = cli(*COMMANDS[command], "--json")
    assert ran.code in {0, 3}
    assert isinstance(ran.json, dict | list)
    assert ran.err == ""


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("command", COMMANDS)
def test_wrong_usage_is_told_in_json_too(cli: Command, command: str) -> None:
    ran = cli(command, "--json", "--no-such-option")
    assert (ran.code, ran.err) == (2, "")
    assert "--no-such-option" in ran.json["error"]["reasons"][0]


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_says_what_it_does_and_how_it_leaves(cli: Command, command: str) -> None:
    ran = cli(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: briefingkit {command}")
    assert "--json" in ran.out


@pytest.mark.usefixtures("empty")
def test_a_command_that_is_none_is_wrong_usage(cli: Command) -> None:
    assert cli("bogus").code == 2
    assert cli("bogus", "--json").json["error"]["reasons"] == ["No such command 'bogus'."]


@pytest.mark.parametrize(
    "arguments",
    [("check", "nowhere"), ("check", "--project", "nowhere"), ("apply", "nowhere"), ("draft", "deep")],
)
def test_a_place_that_is_not_there_is_wrong_usage(
    cli: Command, home: Path, arguments: tuple[str, ...]
) -> None:
    (home / "deep").mkdir()
    assert cli(*arguments).code == 2


@pytest.mark.usefixtures("empty")
def test_findings_of_an_error_are_json_with_their_places(
    cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = Finding("E104", "Wrong", "Mend it", Position("a.yaml", 3, 5), "timezone")
    _raise(monkeypatch, SourceError([finding]))
    said = cli("schema", "--json").json["error"]
    assert said["type"] == "SourceError"
    assert said["findings"] == [
        {
            "code": "E104",
            "severity": "error",
            "message": "Wrong",
            "advice": "Mend it",
            "file": "a.yaml",
            "line": 3,
            "column": 5,
            "path": "timezone",
        }
    ]
    assert cli("schema").err == "a.yaml:3:5 E104 Wrong. Mend it\n"


def _raise(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def broken(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr("briefingkit.source.schema.json_schema", broken)


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (PlanRefused(["a", "b"]), 1, "error: a\nerror: b\n"),
        (ApplyFailed(["c"]), 1, "error: c\n"),
        (
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x.yaml"),
            1,
            "error: x.yaml: No space left on device\n",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "y"), 1, "error: y: Permission denied\n"),
        (KeyboardInterrupt(), 130, "\nStopped.\n"),
    ],
)
def test_an_error_is_a_line_and_an_exit_code(
    cli: Command, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    _raise(monkeypatch, error)
    ran = cli("schema")
    assert (ran.code, ran.out, ran.err) == (code, "", said)
    again = cli("schema", "--json")
    assert again.code == code
    assert again.json["error"]["reasons"]


@pytest.mark.usefixtures("empty")
def test_a_fault_of_ours_is_told_without_a_traceback_unless_one_asks(
    cli: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _raise(monkeypatch, KeyError("gone"))
    ran = cli("schema")
    assert ran.code == 1
    assert ran.err.startswith("error: KeyError: 'gone'\nThis is a fault of briefingkit's.")
    monkeypatch.setenv("BRIEFINGKIT_DEBUG", "1")
    assert run(["schema"]) == 1
    assert "Traceback" in capsys.readouterr().err


# Writing


def test_a_full_disk_leaves_what_was_there_before(
    cli: Command, home: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "note.md").write_text("# Night buses\n", encoding="utf-8")
    (home / "old.txt").write_text("old", encoding="utf-8")
    before = snapshot(home)
    _fill_the_disk(monkeypatch, after=0)
    for arguments in (
        ("init", "new"),
        ("draft", "note.md", "-o", "briefing.yaml", "--force"),
        ("render", "night-buses", "-l", "en", "-o", "old.txt"),
        ("plan", "-o", "old.txt"),
    ):
        ran = cli(*arguments)
        assert (ran.code, "No space left on device" in ran.err) == (1, True)
        assert ".new" not in ran.err
        assert snapshot(home) == before


def test_a_project_that_could_not_be_started_whole_is_not_there(
    cli: Command, empty: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _fill_the_disk(patch, after=1)
        assert cli("init", "new").code == 1
    assert snapshot(empty) == {}
    assert cli("init", "new").code == 0


def _fill_the_disk(monkeypatch: pytest.MonkeyPatch, *, after: int) -> None:
    """Let so many files be written, and half of the next."""
    left = iter([True] * after)
    write_bytes = Path.write_bytes

    def write(path: Path, octets: Any) -> int:
        if next(left, False):
            return write_bytes(path, octets)
        write_bytes(path, octets[: len(octets) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(Path, "write_bytes", write)


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_is_named(cli: Command, home: Path) -> None:
    home.chmod(0o500)
    try:
        for arguments in (("plan",), ("apply",), ("plan", "-o", "plan.json"), ("init", "new")):
            ran = cli(*arguments)
            assert (ran.code, ran.err.endswith(": Permission denied\n")) == (1, True)
    finally:
        home.chmod(0o700)


def test_a_folder_that_cannot_be_listed_is_no_folder_without_briefings(
    cli: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "deep").mkdir()
    scandir = os.scandir

    def refuse(path: Any) -> Any:
        if Path(path).name == "deep":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    for command in ("check", "plan"):
        ran = cli(command)
        assert (ran.code, ran.err) == (1, "error: ./deep: Permission denied\n")


def test_a_file_stands_where_a_folder_should(cli: Command, home: Path) -> None:
    (home / ".briefingkit").write_text("in the way", encoding="utf-8")
    ran = cli("plan")
    assert ran.code == 1
    assert ".briefingkit" in ran.err


def test_a_link_is_written_through(empty: Path) -> None:
    (empty / "real.txt").write_text("old", encoding="utf-8")
    (empty / "link.txt").symlink_to("real.txt")
    writing.write_whole(empty / "link.txt", "new")
    assert (empty / "link.txt").is_symlink()
    assert (empty / "real.txt").read_text(encoding="utf-8") == "new"


# Streams


def _process(*arguments: str, cwd: Path, **options: Any) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, "-m", "briefingkit", *arguments], cwd=cwd, check=False, **options)


@pytest.mark.parametrize("arguments", [("schema",), ("render", "night-buses"), ("plan", "--json")])
def test_a_reader_that_has_gone_is_no_noise(home: Path, arguments: tuple[str, ...]) -> None:
    reading, writing_end = os.pipe()
    os.close(reading)
    try:
        done = _process(*arguments, cwd=home, stdout=writing_end, stderr=subprocess.PIPE)
    finally:
        os.close(writing_end)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [("schema",), ("render", "night-buses"), ("plan", "--json")])
def test_an_output_that_is_full_is_an_error_and_no_traceback(home: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = _process(*arguments, cwd=home, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a shell's way to close a stream")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [("apply", 0), ("plan", 3), ("schema", 0), ("render night-buses", 0), ("draft -", 1)],
)
def test_a_daemon_may_start_a_command_with_closed_streams(
    home: Path, arguments: str, code: int, closed: str
) -> None:
    line = f'"{sys.executable}" -m briefingkit {arguments} {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=home, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert b"fault" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_json_can_be_read_in_any_encoding_of_the_output(home: Path, encoding: str) -> None:
    arguments = ("render", "night-buses", "--format", "txt", "--language", "fr", "--json")
    env = {**os.environ, "PYTHONIOENCODING": encoding}
    done = _process(*arguments, cwd=home, env=env, stdout=subprocess.PIPE)
    assert done.returncode == 0
    assert (
        "10\xa0mars" in json.loads(done.stdout)["content"] or "10 mars" in json.loads(done.stdout)["content"]
    )
    plain = _process("plan", cwd=home, env=env, capture_output=True)
    assert (plain.returncode, b"Traceback" in plain.stderr) == (3, False)


def test_a_file_name_that_is_no_text_is_shown_escaped(home: Path) -> None:
    try:
        (home / os.fsdecode(b"\xff.briefing.yaml")).write_text("format: 2\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes only names that are text")
    done = _process("check", cwd=home, capture_output=True)
    assert (done.returncode, b"\\udcff.briefing.yaml:" in done.stdout) == (1, True)
    as_json = _process("check", "--json", cwd=home, capture_output=True)
    assert json.loads(as_json.stdout)["findings"]


# Secrets


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("OUR_SECRET", SECRET)
    monkeypatch.setenv("BRIEFINGKIT_DEBUG", "1")
    return iter([SECRET])


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize(
    "line",
    [
        'store: "postgresql://user:${OUR_SECRET}@127.0.0.1:1/ledger"',
        'store: "${OUR_SECRET}://x"',
        'store: "mysql://user:${OUR_SECRET}@localhost/x"',
        'store: "postgresql://user:${OUR_SECRET}"',
        'targets: {site: {use: files, folder: site, base_url: "${OUR_SECRET}"}}',
        'targets: {site: {use: files, folder: site, formats: ["${OUR_SECRET}"]}}',
        'targets: {site: {use: files, folder: site, languages: ["${OUR_SECRET}"]}}',
        'targets: {site: {use: files, folder: "x${OUR_SECRET}\\n"}}',
    ],
)
def test_what_a_variable_holds_is_in_no_message(
    home: Path, capfd: pytest.CaptureFixture[str], line: str
) -> None:
    (home / "briefingkit.yaml").write_text(f"namespace: example.org\n{line}\n", encoding="utf-8")
    for arguments in (["check"], ["plan"], ["plan", "--json"], ["apply"], ["render", "night-buses"]):
        run(arguments)
    said = capfd.readouterr()
    for part in ("hunter2", "with@odd", "odd:characters", "characters"):
        assert part not in said.out + said.err


def test_a_secret_in_the_file_is_a_finding_that_does_not_repeat_it(cli: Command, home: Path) -> None:
    store = 'store: "postgresql://user:hunter2@localhost/x"'
    (home / "briefingkit.yaml").write_text(f"namespace: example.org\n{store}\n", encoding="utf-8")
    for arguments in (("check",), ("plan",), ("check", "--json")):
        ran = cli(*arguments)
        assert ran.code == 1
        assert "E109" in ran.out + ran.err
        assert "hunter2" not in ran.out + ran.err


def test_a_variable_that_is_not_set_is_named(cli: Command, home: Path) -> None:
    (home / "briefingkit.yaml").write_text("namespace: example.org\nstore: ${NOT_SET}\n", encoding="utf-8")
    ran = cli("plan")
    assert (ran.code, "variable NOT_SET is not set" in ran.err) == (1, True)
