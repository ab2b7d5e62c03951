"""Whatever somebody does to a good briefing, every command answers in words and with an exit code of the manual."""

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from briefingkit.cli.app import run

PROJECT = """\
format: 1
namespace: talks.example.org
targets:
  site: {use: files, folder: site, formats: [html, ics, jsonld, txt, md]}
"""
GOOD = """\
format: 1
briefing: night-buses
languages: [en, fr, ar]
title: {en: Night buses, fr: Bus de nuit}
status: confirmed
start: 2027-03-10T15:00
end: 2027-03-10T16:30
timezone: Europe/Brussels
place:
  online: {url: "https://meet.example.org/room", access: registered}
  venue: {name: {en: Town hall}, address: 1 High Street}
organizers: [{key: transit, name: City Transit, role: host, url: "https://transit.example.org"}]
partners: [{key: unions, name: {en: Unions, fr: Syndicats}}]
contact: {name: Desk, email: desk@example.org}
people:
  okafor: {name: Ada Okafor, position: {en: Planner}, email: ada@private.example, timezone: America/New_York}
part_of: {title: {en: Crisis days}, start: 2027-03-09, end: 2027-03-11, url: "https://example.org", joinable: true}
leads_to: [{title: {en: The forum}, start: 2027-05-16, end: 2027-05-20}]
background: {en: "**First** figures."}
links: [{key: law, title: {en: The law}, url: {en: "https://law.example.org"}}]
interpretation: {floor: [en], into: [fr]}
accessibility: {captions: [en], sign: [ils]}
materials: [{key: recording, title: {en: Recording}, access: registered}]
agenda:
  - {key: welcome, title: {en: Welcome}, kind: opening, duration: 5m}
  - key: figures
    title: {en: Figures}
    duration: 25m
    participants: [{person: okafor, role: speaker}, {role: moderator, status: tbc}]
  - {key: floor, title: {en: Floor}, start: 15:40, questions: [{key: why, text: {en: "Why?"}}]}
registration: {opens: 2027-02-01T09:00, closes: -1d, capacity: 30, waitlist: true, fields: [name, email]}
mailing: [{key: thanks, kind: follow-up, audience: [attended], at: end+1d}]
allow: [W306]
"""
LINES = GOOD.splitlines(keepends=True)
HOSTILE = (
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "a\\r\\nBcc: x@example.org",
    "\u202egnp.exe",
    "\u0000",
    "\ufeff",
    "\ud7ff\U0010ffff",
    "{{ 7*7 }}",
    "&a [*a, *a]",
    "!!python/object/apply:os.system [id]",
    "null",
    "[]",
    "{}",
    "- - -",
    "9" * 400,
    "-1e400",
    "2027-02-30T25:61",
    "0001-01-01",
    "9999-12-31T23:59",
    "P1Y",
    "x" * 5_000,
    "|",
    "'",
    "zz-ZZ-zz",
    "con",
)
_VALUE = re.compile(r"(?<=[:\[,] )[^,\]}\n]+")


def briefings() -> st.SearchStrategy[bytes]:
    """Draw what becomes of a good file under a few careless or hostile hands: on its lines, or on its values."""
    return st.one_of(_lines(), _values(), _values())


@st.composite
def _lines(draw: st.DrawFn) -> bytes:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        _mutate(draw, lines)
    octets = bytearray("".join(lines).encode("utf-8", "surrogatepass"))
    if draw(st.integers(0, 9)) == 0 and octets:
        octets[draw(st.integers(0, len(octets) - 1))] = draw(st.integers(0, 255))
    return bytes(octets)


@st.composite
def _values(draw: st.DrawFn) -> bytes:
    """Put other values, of any type, in the place of some; JSON is YAML."""
    data = yaml.load(GOOD, yaml.BaseLoader)
    for _ in range(draw(st.integers(1, 3))):
        leaves = list(_leaves(data))
        words = [path for path in leaves if path[-1] in {"en", "fr", "name", "address"}]
        path = draw(st.sampled_from(words) | st.sampled_from(words) | st.sampled_from(leaves))
        inside = data
        for step in path[:-1]:
            inside = inside[step]
        texts = st.sampled_from([text for text in HOSTILE if text]) | st.text(max_size=30)
        inside[path[-1]] = draw(
            st.one_of(texts, texts, texts, st.sampled_from(({}, [], None, 7, True, ["a"])))
        )
    return json.dumps(data).encode()


def _leaves(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(data, dict | list):
        for step, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _leaves(value, (*path, step))
    elif path:
        yield path


def _mutate(draw: st.DrawFn, lines: list[str]) -> None:
    if not lines:
        return
    at = draw(st.integers(0, len(lines) - 1))
    done = draw(
        st.sampled_from(("value", "value", "value", "drop", "double", "swap", "indent", "cut", "insert"))
    )
    text = draw(st.sampled_from(HOSTILE) | st.text(max_size=12))
    if done == "value":
        values = list(_VALUE.finditer(lines[at]))
        if values:
            one = values[draw(st.integers(0, len(values) - 1))]
            quoted = json.dumps(text, ensure_ascii=False) if draw(st.booleans()) else text
            lines[at] = lines[at][: one.start()] + quoted + lines[at][one.end() :]
    elif done == "drop":
        del lines[at]
    elif done == "double":
        lines.insert(at, lines[at])
    elif done == "swap":
        other = draw(st.integers(0, len(lines) - 1))
        lines[at], lines[other] = lines[other], lines[at]
    elif done == "indent":
        lines[at] = f"  {lines[at]}" if draw(st.booleans()) else lines[at].lstrip()
    elif done == "cut":
        lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
    else:
        lines.insert(at, f"{text}\n")


@contextlib.contextmanager
def _project(briefing: bytes) -> Iterator[Path]:
    before = Path.cwd()
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "briefingkit.yaml").write_text(PROJECT, encoding="utf-8")
        (folder / "briefing.yaml").write_bytes(briefing)
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def _run(*arguments: str) -> tuple[int, str, str]:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace", write_through=True)
    err = io.StringIO()
    with patch.object(sys, "stdout", out), patch.object(sys, "stderr", err):
        code = run(arguments)
    return code, out.buffer.getvalue().decode(), err.getvalue()


def _files(folder: Path) -> Sequence[str]:
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if ".briefingkit" not in path.parts
    )


COMMANDS = (
    ("check",),
    ("check", "--json"),
    ("render", "briefing.yaml", "--format", "html", "--out", "out"),
    ("render", "briefing.yaml", "--format", "ics", "--language", "fr"),
    ("plan",),
    ("plan", "--json", "--full"),
    ("apply",),
    ("apply", "--json"),
)


def _holds(briefing: bytes) -> None:
    with _project(briefing) as folder:
        for arguments in COMMANDS:
            before = _files(folder)
            code, out, err = _run(*arguments)
            assert code in {0, 1, 3}, (arguments, out, err)
            assert "Traceback" not in out + err
            assert "fault of briefingkit" not in err, err
            if "--json" in arguments:
                said = json.loads(out)
                fault = said.get("error", {}).get("type", "")
                assert fault in {"", "SourceError", "PlanRefused"}, said
            elif code == 1:
                assert err or out
            assert (
                not any(character in out + err for character in "\x1b\x07\u202e\x00")
                or arguments[0] == "render"
            )
            if code == 1 and arguments[0] != "apply":
                assert _files(folder) == before
        assert not any(part == ".." for name in _files(folder) for part in Path(name).parts)
        _converges(folder)


def _converges(folder: Path) -> None:
    """What could be applied is in step, and stays inside its folder."""
    code, out, _ = _run("plan", "--json")
    said = json.loads(out)
    if "error" not in said:
        assert (code, said["empty"]) == (0, True)
        tops = {Path(name).parts[0] for name in _files(folder)}
        assert tops <= {"briefing.yaml", "briefingkit.yaml", "site", "out"}


def test_the_good_briefing_is_good() -> None:
    with _project(GOOD.encode()) as folder:
        assert _run("check")[0] == 0
        assert _run("plan")[0] == 3
        assert _run("apply")[0] == 0
        assert "site" in _files(folder)
    _holds(GOOD.encode())


@given(briefings())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=120)
def test_a_briefing_under_careless_hands_is_answered_in_words(briefing: bytes) -> None:
    _holds(briefing)


@pytest.mark.soak
@given(briefings())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=3000, deadline=None, derandomize=False)
def test_many_briefings_under_careless_hands_are_answered_in_words(briefing: bytes) -> None:
    _holds(briefing)
