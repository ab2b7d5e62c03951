"""`briefingkit serve`, mounting, limits, and the one writer for many."""

import asyncio
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve

from briefingkit.cli.app import run
from briefingkit.errors import StoreError
from briefingkit.project import Project
from briefingkit.registrations.response import Response
from briefingkit_web.handing_in import Handed, Result, Verdict
from briefingkit_web.limits import Limiter
from briefingkit_web.queue import Desk

from ...commands import Process, started
from ...night_buses import edit


def serving(folder: Path, *options: str) -> tuple[Process, int]:
    """Serve as a user would, and give the port that the command says."""
    process, said = started(folder, "serve", "--port", "0", *options)
    return process, int(said["address"].rsplit(":", 1)[1].rstrip("/"))


def ended(process: Process, how: int = signal.SIGTERM) -> tuple[int, str]:
    process.send_signal(how)
    out, err = process.communicate(timeout=30)
    return process.returncode, out + err


def test_the_command_serves_registers_and_ends_in_order(folder: Path, browser: Any) -> None:
    edit(folder / "briefing.yaml", "opens: 2027-01-10T09:00", "opens: 2020-01-10T09:00")
    edit(folder / "briefing.yaml", "2027-04-13", "2037-04-13")
    process, port = serving(folder)
    try:
        served = evolve(browser, port=port)
        own = served.register("real@example.org")
        assert "You are registered" in served.get(own).words
        assert served.get("/_organizer").status == 404
        assert "server" not in served.get("/road-2027/en").headers
    finally:
        code, said = ended(process, signal.SIGINT)
    assert code in {0, 130}
    assert "Traceback" not in said
    assert "real@example.org" not in said
    assert "127.0.0.1:" not in said.replace(f"127.0.0.1:{port}", "")


def test_behind_a_path_every_address_has_it(folder: Path, browser: Any) -> None:
    process, port = serving(folder, "--root-path", "/register/")
    try:
        page = evolve(browser, port=port).get("/road-2027/en")
        assert page.status == 200
        assert 'action="/register/road-2027/en"' in page.text or "/register/road-2027/fr" in page.text
    finally:
        ended(process)


def test_a_port_that_is_in_use_is_told_in_a_line(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["serve", "--port", str(port)]) == 1
    assert f"127.0.0.1 port {port} is in use by another program" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--host", "no.such.host.invalid"], 1),
        (["--port", "70000"], 2),
        (["--root-path", "x"], 2),
        (["--per-minute", "-1"], 2),
    ],
)
def test_what_cannot_be_served_is_told(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    code: int,
) -> None:
    monkeypatch.chdir(folder)
    assert run(["serve", *options]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_a_short_token_is_told_without_being_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("BRIEFINGKIT_ORGANIZER_TOKEN", "s3cret")
    assert run(["serve", "--port", "0"]) == 1
    said = capsys.readouterr().err
    assert "too short" in said
    assert "s3cret" not in said


def test_a_project_that_cannot_be_read_is_told_at_the_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    (folder / "briefing.yaml").write_text("title: [", "utf-8")
    assert run(["serve", "--port", "0"]) == 1
    assert "briefing.yaml:1" in capsys.readouterr().err


def test_a_head_that_never_ends_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from briefingkit_web import serving

    monkeypatch.setattr(serving, "_PATIENCE", 0.2)
    ready: list[str] = []
    servers: list[Any] = []
    monkeypatch.setattr(
        serving, "Server", lambda config: servers.append(serving_server(config)) or servers[0]
    )
    import briefingkit as bk

    web = serving.WebServer(bk.open(folder), port=0)
    thread = threading.Thread(target=lambda: web.run(ready.append))
    thread.start()
    until = time.monotonic() + 20
    while not (ready and servers and servers[0].started) and time.monotonic() < until:
        time.sleep(0.02)
    port = int(ready[0].rsplit(":", 1)[1].rstrip("/"))
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as silent:
            silent.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            assert silent.recv(100) == b""
    finally:
        servers[0].should_exit = True
        thread.join(20)


def serving_server(config: Any) -> Any:
    from uvicorn import Server

    return Server(config)


def test_it_is_mounted_below_a_path_of_another_application(
    project: Project, serve: Callable[..., Any], clock: Any
) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    from briefingkit_web import app

    outer = Starlette(routes=[Mount("/events", app(project, clock=clock.count))])
    browser = serve(outer)
    page = browser.get("/events/road-2027/en")
    assert 'action="/events/road-2027/en"' in page.text
    own = browser.register(path="/events/road-2027/en")
    assert own.startswith("/events/road-2027/en/r/")
    assert "You are registered" in browser.get(own).words


def test_one_address_can_hand_in_so_many_forms_a_minute(
    project: Project, serve: Callable[..., Any], clock: Any
) -> None:
    browser = serve(project, per_minute=60, burst=3)
    forms = [browser.form(f"person.{number}@example.org") for number in range(5)]
    answers = [browser.post("/road-2027/fr", form) for form in forms]
    assert [answer.status for answer in answers] == [303, 303, 303, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
    assert "Trop de tentatives" in answers[-1].words
    assert browser.get("/road-2027/fr").status == 200
    clock.seconds += 1
    assert browser.post("/road-2027/fr", forms[3]).status == 303


def test_a_limit_knows_networks_and_no_addresses() -> None:
    now = [0.0]
    limiter = Limiter(60, 1, lambda: now[0])
    assert limiter.wait("2001:db8::1") == 0
    assert limiter.wait("2001:db8::2") == 1  # the same network
    assert limiter.wait("2001:db8:1::1") == 0
    assert limiter.wait("192.0.2.1") == 0
    assert limiter.wait("::ffff:192.0.2.1") == 1
    assert limiter.wait("fe80::1%eth0") == 0
    assert limiter.wait(None) == 0
    assert limiter.wait("\ud800 no address") == 0
    assert "192.0.2.1" not in repr(limiter) + repr(limiter._buckets)
    key = limiter._key
    now[0] = 4000.0
    assert limiter.wait("192.0.2.1") == 0
    assert limiter._key != key
    assert len(limiter._buckets) == 1


def test_a_limit_of_nothing_is_none() -> None:
    limiter = Limiter(0, 1, lambda: 0.0)
    assert {limiter.wait("192.0.2.1") for _ in range(100)} == {0}


def handed(name: str) -> Handed:
    from datetime import UTC, datetime

    return Handed(Response(name, "road-2027", "web", datetime(2027, 2, 1, tzinfo=UTC)))


def no_list() -> Any:
    """Stand for a list of which nothing is asked but whether anybody is to be told."""
    return SimpleNamespace(has_hooks=False)


def test_what_waits_goes_in_together_and_each_is_answered() -> None:
    batches: list[int] = []

    def slow(_roll: object, some: list[Handed]) -> list[Result]:
        time.sleep(0.02)
        batches.append(len(some))
        return [Result(Verdict.TAKEN, each.response) for each in some]

    async def many() -> list[Result]:
        desk = Desk(slow)
        desk.start()
        results = await asyncio.gather(
            *(desk.hand_in("a", no_list, handed(f"r{number}")) for number in range(60))
        )
        await desk.stop()
        return results

    results = asyncio.run(many())
    assert [result.response.id for result in results if result.response] == [
        f"r{number}" for number in range(60)
    ]
    assert len(batches) < 10


def test_one_that_cannot_be_taken_does_not_take_the_others_along() -> None:
    def picky(_roll: object, some: list[Handed]) -> list[Result]:
        if any(each.response.id == "bad" for each in some):
            raise StoreError("not this one")
        return [Result(Verdict.TAKEN, each.response) for each in some]

    async def some() -> list[Any]:
        desk = Desk(picky)
        desk.start()
        waiting = [desk.hand_in("a", no_list, handed(name)) for name in ("one", "bad", "two")]
        results = await asyncio.gather(*waiting, return_exceptions=True)
        await desk.stop()
        return results

    one, bad, two = asyncio.run(some())
    assert isinstance(bad, StoreError)
    assert (one.verdict, two.verdict) == (Verdict.TAKEN, Verdict.TAKEN)


def test_hooks_are_called_after_the_commit_and_hold_nobody_up(
    project: Project, serve: Callable[..., Any]
) -> None:
    told, release = [], threading.Event()

    def hook(event: Any) -> None:
        release.wait(10)
        told.append(event.registration.email)

    browser = serve(project.with_hook("crm", hook))
    browser.register()
    assert told == []
    release.set()
    until = time.monotonic() + 10
    while not told and time.monotonic() < until:
        time.sleep(0.01)
    assert told == ["ana@example.org"]


def test_templates_of_ones_own_stand_over_those_of_the_package(
    folder: Path, project: Project, serve: Callable[..., Any]
) -> None:
    (folder / "templates").mkdir()
    source = '{% extends "briefingkit_web/form.html.j2" %}{% block masthead %}The City itself{% endblock %}'
    (folder / "templates" / "form.html.j2").write_text(source, "utf-8")
    (folder / "templates" / "page.css.j2").write_text("body { color: #123456 }", "utf-8")
    edit(folder / "briefingkit.yaml", "page: {", "page: {templates: templates, ")
    page = serve(project).get("/road-2027/en").text
    assert "The City itself" in page
    assert "#123456" in page
    assert ".choices" in page


def test_the_environment_of_this_process_has_no_token() -> None:
    assert "BRIEFINGKIT_ORGANIZER_TOKEN" not in os.environ


def test_without_the_extra_the_command_that_installs_it_is_given(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.delitem(sys.modules, "briefingkit_web.serving", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert run(["serve", "--port", "0"]) == 1
    assert 'pip install "briefingkit[web]"' in capsys.readouterr().err
