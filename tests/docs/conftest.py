"""Documents that run: a plain reader can follow them word by word, and so does this.

Every block of a document is an example for Sybil, in order, in a folder of the document's own:

- `python` is executed, in one namespace;
- `console` runs each line after `$ ` in a shell and compares what it prints: `...` in a line stands for any words, and
  alone on a line for any lines. A command that fails is followed by `$ echo $?`, as a reader would look; `plan` may
  leave with 3, which says that changes are pending;
- any block after `<!-- file: NAME -->` is saved under that name;
- `diff` after `<!-- edit: NAME -->` is done to that file: the lines with `-` become those with `+`;
- `yaml` after `<!-- part: briefing -->` (or `project`) is laid over a small file and must be read without an error;
- `<!-- copy: examples/NAME -->` brings an example of the repository in, and a block after `<!-- excerpt: NAME -->` must
  stand word for word in that file, but for its indentation;
- `<!-- google: … -->` is what a reader does at Google's pages, done at a double: `key FILE` (or `key $NAME`, a secret
  of the environment) makes a service account, `client FILE` a client, `calendar ID` a calendar, `share ID` shares it
  with the service account, `reader $NAME` makes another one that may only read, and `folder ID` a folder in a shared
  drive whose files the service account manages; `answer LANGUAGE` answers the form in a language; `group ADDRESS:
  MEMBERS` makes a group, of whom some are (suspended) or a (group) elsewhere, and `role groups` lets the service
  account read groups; `contacts ID` makes a spreadsheet of what stands in contacts.csv, and `viewer ID` shares it. From
  there on the targets of google.* in a file lead to the double, and whoever is asked for consent gives it;
- `<!-- nextcloud: account NAME $PASSWORD -->` makes an account, with an app password in the environment, at a Radicale
  that stands for Nextcloud: the address https://cloud.example.org/remote.php/dav leads there from then on; and
  `<!-- nextcloud: retitle OLD | NEW -->` is somebody who changes the title of an event there;
- `<!-- postgresql: $NAME -->` is an administrator who makes a database; its address is in the environment from then on;
- `<!-- job: FILE NAME -->` runs the steps of a job of a workflow file, as GitHub's runner does with those that `run`.

A yaml or diff block without a mark would be prose that nobody runs, and is refused.
"""

import csv
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from sybil import Document, Example, Region, Sybil

from briefingkit.source import loads
from briefingkit.source.project_file import loads_project_file

RunDocument = Callable[[Path, Path], int]

_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>file|edit|part|excerpt): (?P<name>\S+) -->\n\s*)?"
    r"^```(?P<language>[a-z]+)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_COPY = re.compile(r"^<!-- copy: (?P<name>\S+) -->$", re.MULTILINE)
_GOOGLE = re.compile(
    r"^<!-- google: (?P<what>key|reader|client|calendar|share|folder|answer|group|role|contacts|viewer) "
    r"(?P<name>\S+?)(?:: (?P<more>.+))? -->$",
    re.MULTILINE,
)
_NEXTCLOUD = re.compile(r"^<!-- nextcloud: (?P<what>account|retitle) (?P<name>.+) -->$", re.MULTILINE)
_NEXTCLOUD_ADDRESS = "https://cloud.example.org/remote.php/dav"
_JOB = re.compile(r"^<!-- job: (?P<name>\S+) (?P<job>\S+) -->$", re.MULTILINE)
_POSTGRESQL = re.compile(r"^<!-- postgresql: \$(?P<name>\S+) -->$", re.MULTILINE)
_SERVICE = "city-briefings@city-briefings.iam.gserviceaccount.com"
_READER = "city-readers@city-briefings.iam.gserviceaccount.com"
_ROOT = Path(__file__).parents[2]
_SMALL = {
    "briefing": {
        "format": "1",
        "briefing": "small",
        "languages": "[en, fr, es]",
        "title": "{en: Small, fr: Petite, es: Pequeña}",
        "status": "confirmed",
        "start": "2026-06-11T15:00",
        "end": "2026-06-11T18:00",
        "timezone": "Europe/Brussels",
    },
    "project": {"format": "1", "namespace": "example.org"},
}
_SECONDS = 120
_databases = itertools.count()


def parse(document: Document) -> Iterator[Region]:
    """Find the blocks of a document, each with what runs it."""
    for found in _BLOCK.finditer(document.text):
        run = _evaluator(found["mark"], found["language"])
        if run is not None:
            yield Region(found.start(), found.end(), parsed=found, evaluator=run)
    for pattern, run in (
        (_COPY, _copy),
        (_GOOGLE, _visit_google),
        (_NEXTCLOUD, _visit_nextcloud),
        (_JOB, _run_job),
        (_POSTGRESQL, _make_database),
    ):
        for found in pattern.finditer(document.text):
            yield Region(found.start(), found.end(), parsed=found, evaluator=run)


def _evaluator(mark: str | None, language: str) -> Callable[[Example], None] | None:
    if mark is not None:
        return {"file": _save, "edit": _edit, "part": _read_part, "excerpt": _find_excerpt}[mark]
    if language in {"yaml", "diff"}:
        return _refuse
    return {"python": _execute, "console": _run_console}.get(language)


def _refuse(example: Example) -> None:
    raise AssertionError(f"a {example.parsed['language']} block without a mark is read by nobody")


def _save(example: Example) -> None:
    path = _inside(example)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_led_to_double(example, example.parsed["body"]), encoding="utf-8")


def _edit(example: Example) -> None:
    path = _inside(example)
    text = path.read_text(encoding="utf-8")
    lines = example.parsed["body"].splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(before) == 1, f"these lines stand {text.count(before)} times in {path.name}:\n{before}"
    path.write_text(text.replace(before, after), encoding="utf-8")


def _inside(example: Example) -> Path:
    folder: Path = example.namespace["_folder"]
    path = Path(folder, example.parsed["name"]).resolve()
    assert path.is_relative_to(folder.resolve())
    return path


def _copy(example: Example) -> None:
    source = _ROOT / example.parsed["name"]
    skipped = shutil.ignore_patterns("__pycache__", "board.json", "site", ".briefingkit")
    shutil.copytree(source, example.namespace["_folder"], dirs_exist_ok=True, ignore=skipped)


def _find_excerpt(example: Example) -> None:
    text = _inside(example).read_text(encoding="utf-8")
    bare = [line.strip() for line in text.splitlines()]
    wanted = [line.strip() for line in example.parsed["body"].splitlines()]
    places = range(len(bare) - len(wanted) + 1)
    assert any(bare[at : at + len(wanted)] == wanted for at in places), example.parsed["body"]


def _read_part(example: Example) -> None:
    kind, part = example.parsed["name"], example.parsed["body"]
    given = set(re.findall(r"^([a-z_]+):", part, re.MULTILINE))
    replaced = given | ({"end"} if "duration" in given else set())
    rest = "".join(f"{name}: {value}\n" for name, value in _SMALL[kind].items() if name not in replaced)
    read = loads if kind == "briefing" else loads_project_file
    findings = read(rest + part).findings
    assert not [str(finding) for finding in findings if finding.severity == "error"]


def _execute(example: Example) -> None:
    # Empty lines before it make the line of a traceback the line of the document.
    source = "\n" * example.line + example.parsed["body"]
    exec(compile(source, example.path, "exec"), example.namespace)  # noqa: S102 - the documentation's own code


def _run_console(example: Example) -> None:
    commands = re.split(r"^\$ ", example.parsed["body"], flags=re.MULTILINE)
    assert not commands[0].strip(), "a console block starts with a command"
    code = 0
    for number, block in enumerate(commands[1:], start=1):
        command, _, expected = block.partition("\n")
        following = commands[number + 1].strip() if number + 1 < len(commands) else ""
        if command == "echo $?":
            printed = f"{code}\n"
        else:
            run = _run_attended if command.startswith("briefingkit auth google --client") else _run
            code, printed = run(command, example.namespace["_folder"], example.namespace.get("_secrets", {}))
            looked_at = following.startswith("echo $?") or (code == 3 and " plan" in command)
            assert code == 0 or looked_at, f"$ {command}\nleft with {code}:\n{printed}"
        assert says(expected, printed), f"$ {command}\nexpected:\n{expected}\nprinted:\n{printed}"


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    here = Path(sys.executable).parent
    return {
        **os.environ,
        "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
        "PIP_NO_INDEX": "1",  # what a document installs is here already
        "NO_GCE_CHECK": "true",
        **more,
    }


def _run(command: str, folder: Path, more: Mapping[str, str]) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S602 - the documentation's own commands
        command,
        shell=True,
        cwd=folder,
        env=_environment(more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout


def _run_attended(command: str, folder: Path, more: Mapping[str, str]) -> tuple[int, str]:
    """Run a command at a terminal, with a browser at hand and somebody who consents."""
    import pty

    browser = folder.with_name(f"{folder.name}-browser.py")
    browser.write_text("import sys, urllib.request as web\nweb.urlopen(sys.argv[1], timeout=30).read()\n")
    ours, theirs = pty.openpty()
    with subprocess.Popen(  # noqa: S602 - the documentation's own commands
        command,
        shell=True,
        cwd=folder,
        env=_environment({**more, "BROWSER": f"{sys.executable} {browser} %s &"}),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ) as running:
        os.close(theirs)
        said = b"".join(_read_terminal(ours))
        os.close(ours)
        return running.wait(_SECONDS), said.decode().replace("\r\n", "\n")


def _read_terminal(end: int) -> Iterator[bytes]:
    while True:
        try:
            octets = os.read(end, 65536)
        except OSError:  # how Linux says that the other end was closed
            return
        if not octets:
            return
        yield octets


# What is done elsewhere


def _visit_google(example: Example) -> None:
    from briefingkit.testing.google import GoogleDouble

    google = example.namespace.setdefault("_google", None) or GoogleDouble(workspace=("city.example.org",))
    example.namespace["_google"] = google
    what, name = example.parsed["what"], example.parsed["name"]
    if name.startswith("$"):
        email = {"key": _SERVICE, "reader": _READER}[what]
        secrets = example.namespace.setdefault("_secrets", {})
        secrets[name[1:]] = json.dumps(google.service_account(email=email))
        for calendar in google.calendars if what == "reader" else ():
            google.share(calendar, "reader", f"user:{email}")
    elif what == "key":
        google.service_account(_folder_of(example) / name, email=_SERVICE)
    elif what == "client":
        google.client_secrets(_folder_of(example) / name)
    elif what == "folder":
        folder = google.files.pop(
            google.make_folder("Lists", google.make_drive("City", {_SERVICE: "fileOrganizer"}))
        )
        folder.id = name
        google.files[name] = folder
    elif what == "answer":
        _answer_form(google, name)
    elif what in {"group", "role", "contacts", "viewer"}:
        _introduce(google, what, name, example)
    elif what == "calendar":
        google.make_calendar(name, summary="City briefings", timezone="Europe/Brussels")
    else:
        google.share(name, "writer", f"user:{_SERVICE}")


def _introduce(google: Any, what: str, name: str, example: Example) -> None:
    """Let the service account in where people are known."""
    if what == "group":
        _make_group(google, name, example.parsed["more"])
    elif what == "role":
        google.admins.add(_SERVICE)
    elif what == "contacts":
        _make_contacts(google, name, _folder_of(example) / "contacts.csv")
    else:
        google.share_file(name, "reader", f"user:{_SERVICE}")


def _make_group(google: Any, name: str, members: str) -> None:
    google.make_group(name)
    for member in members.split(", "):
        email, _, said = member.partition(" ")
        google.add_member(name, email, kind="GROUP" if said == "(group)" else None)
        if said == "(suspended)":
            google.make_user(email, status="SUSPENDED")


def _make_contacts(google: Any, name: str, table: Path) -> None:
    made = google.make_spreadsheet("Press contacts")
    for held in (google.files, google._sheets.spreadsheets):  # Google names files, and this one is in a text
        held[name] = held.pop(made)
        held[name].id = name
    with table.open(encoding="utf-8", newline="") as file:
        google.type_cells(name, "A1", list(csv.reader(file)))


def _answer_form(google: Any, language: str) -> None:
    """Answer the form in a language: the first option, or a name, to all that has to be answered."""
    form = next(name for name in google.forms if google.files[name].name.endswith(f"({language})"))
    answers: dict[str, str] = {}
    for item in google.form(form)["items"]:
        question = item.get("questionItem", {}).get("question", {})
        if question.get("required"):
            options = question.get("choiceQuestion", {}).get("options", [{"value": "Ann"}])
            answers[item["title"]] = options[0]["value"]
    google.respond(form, answers, email="ann@elsewhere.example")


def _visit_nextcloud(example: Example) -> None:
    said = example.parsed["name"]
    if example.parsed["what"] == "account":
        user, _, secret = said.partition(" $")
        example.namespace.setdefault("_secrets", {})[secret] = "app-password"
        example.namespace["_nextcloud"] = _Radicale(_folder_of(example), user, "app-password")
    else:
        old, _, new = said.partition(" | ")
        example.namespace["_nextcloud"].retitle(old, new)


class _Radicale:
    """A CalDAV server with one account, whose files are changed as a program of the account's owner would."""

    def __init__(self, folder: Path, user: str, password: str) -> None:
        pytest.importorskip("radicale", reason="radicale is not installed")
        self._store, users = (folder.with_name(f"{folder.name}-{part}") for part in ("store", "users"))
        users.write_text(f"{user}:{password}\n", encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {
            "server-hosts": f"127.0.0.1:{port}",
            "storage-filesystem-folder": self._store,
            "auth-type": "htpasswd",
            "auth-htpasswd-filename": users,
            "auth-htpasswd-encryption": "plain",
            "logging-level": "error",
        }
        command = [sys.executable, "-m", "radicale", "--config="]
        command += [f"--{name}={value}" for name, value in settings.items()]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}/"
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("radicale does not start")

    def retitle(self, old: str, new: str) -> None:
        files = self._store.glob("collection-root/*/*/*.ics")
        events = [file for file in files if f":{old}" in file.read_text(encoding="utf-8")]
        assert len(events) == 1, events
        text = events[0].read_text(encoding="utf-8").replace(f":{old}", f":{new}", 1)
        events[0].write_text(text, encoding="utf-8")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(_SECONDS)


def _make_database(example: Example) -> None:
    make: Callable[[], str] = example.namespace["_database"]
    example.namespace.setdefault("_secrets", {})[example.parsed["name"]] = make()


def _led_to_double(example: Example, text: str) -> str:
    google, nextcloud = example.namespace.get("_google"), example.namespace.get("_nextcloud")
    if nextcloud is not None:
        text = text.replace(_NEXTCLOUD_ADDRESS, nextcloud.url)
    if google is None or example.parsed["name"] != "briefingkit.yaml":
        return text
    return re.sub(
        r"^( +)use: google\.\S+$", rf"\g<0>\n\1base_url: {google.base_url}", text, flags=re.MULTILINE
    )


def _run_job(example: Example) -> None:
    """Run a job's own commands in order; what it `uses` is the runner's part, and is taken as done."""
    workflow = yaml.safe_load(_inside(example).read_text(encoding="utf-8"))
    job, folder = workflow["jobs"][example.parsed["job"]], _folder_of(example)
    commands = [step for step in job["steps"] if "run" in step]
    assert commands
    for step in commands:
        given = {**workflow.get("env", {}), **job.get("env", {}), **step.get("env", {})}
        env = {name: _filled_in(str(value), example) for name, value in given.items()}
        env["GITHUB_STEP_SUMMARY"] = str(folder.with_name(f"{folder.name}-summary.md"))
        script = folder.with_name(f"{folder.name}-step.sh")
        script.write_text(step["run"], encoding="utf-8")
        code, printed = _run(f"bash -e {script}", folder, env)
        assert code == 0, f"{step.get('name', step['run'])} left with {code}:\n{printed}"


def _filled_in(value: str, example: Example) -> str:
    """Put secrets in the place of their names, as the runner does."""
    return re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda name: example.namespace["_secrets"][name[1]], value)


def _folder_of(example: Example) -> Path:
    folder: Path = example.namespace["_folder"]
    return folder


def says(expected: str, printed: str) -> bool:
    """Compare line by line; `...` stands for any words, and alone on a line for any lines, none included."""
    pattern = ""
    for line in expected.rstrip().splitlines():
        if line.strip() == "...":
            pattern += r"(?:[^\n]*\n)*"
        else:
            pattern += r"[^\n]*".join(map(re.escape, line.rstrip().split("..."))) + r"[ ]*\n"
    text = printed.rstrip() + "\n" if printed.strip() else ""
    return re.fullmatch(pattern, text) is not None


@pytest.fixture(scope="session")
def run_document(request: pytest.FixtureRequest) -> RunDocument:
    """Give what runs a document in a folder and says how many examples it had; the first that is wrong is raised."""

    def database() -> str:
        import psycopg

        server: str = request.getfixturevalue("postgresql_server")
        schema = f"d{next(_databases)}"
        with psycopg.connect(server) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
        return f"{server}&options=-csearch_path%3D{schema}"

    def run(path: Path, folder: Path) -> int:
        document = Sybil(parsers=[parse]).parse(path)
        document.namespace["_folder"], document.namespace["_database"] = folder, database
        examples = list(document.examples())
        try:
            for example in examples:
                example.evaluate()
        finally:
            for name in ("_google", "_nextcloud"):
                if (elsewhere := document.namespace.get(name)) is not None:
                    elsewhere.close()
        return len(examples)

    return run
