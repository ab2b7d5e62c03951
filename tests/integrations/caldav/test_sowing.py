"""A new calendar at Radicale is filled in one request, and nobody can tell afterwards, whatever breaks off in it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from briefingkit.model import Briefing
from briefingkit.publish import Change, Resource, Status
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.proxy import Instead, Mishap
from briefingkit.text import Name
from briefingkit_caldav import sowing
from briefingkit_caldav.choices import MakeCollections

pytestmark = pytest.mark.peer

_MAKE = MakeCollections(
    Name({"en": "City briefings", "fr": "Réunions, des villes"}),
    description=Name({"en": "What cities do", "fr": "Ce que font les villes"}),
    color="#0A7ABF",
    timezone="Europe/Brussels",
)
_ZONES = ("Europe/Brussels", "Africa/Cairo", "America/Santiago", "Asia/Kathmandu", "UTC")
_WHOLE = b"X-WR-CALNAME"
"""What stands in a calendar that is written whole, and in nothing else that is sent."""
_AFTER = b"</C:supported-calendar-component-set></D:prop></D:set></D:propertyupdate>"
"""What stands in the request that follows it."""
_WAITS = 60.0


def _briefings() -> list[Briefing]:
    """Give briefings in several zones; two of them in a summer, where those keep one, and one of whole days."""
    zoned = [evolve(sample_briefing(f"b{number}"), timezone=zone) for number, zone in enumerate(_ZONES)]
    summer = evolve(
        zoned[2], identifier="summer", start=datetime(2022, 12, 31, 23), end=datetime(2023, 1, 1, 1)
    )
    return [*zoned, summer, evolve(sample_briefing("days"), start=date(2022, 5, 1), end=date(2022, 5, 3))]


def _path(peer: Any, key: str) -> str:
    return f"{peer.home}briefingkit.contract.example.under-test.{key}/"


def _empty(peer: Any) -> None:
    for key in ("all", "en", "fr"):
        peer.by_hand("DELETE", _path(peer, key))


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch, peer_named: Any) -> Iterator[None]:
    """Have few events be worth it, and begin and end without a calendar."""
    monkeypatch.setattr(sowing, "FEWEST", 2)
    _empty(peer_named)
    yield
    peer_named.proxy.heal()
    _empty(peer_named)


@pytest.fixture
def peer_named(request: pytest.FixtureRequest) -> Any:
    """Give the server that a test asks for."""
    return request.getfixturevalue("xandikos" if "xandikos" in request.fixturenames else "radicale")


@pytest.fixture
def bench(radicale: Any) -> Workbench:
    return Workbench(radicale.settings(make=_MAKE))


def _texts(peer: Any, key: str) -> dict[str, str]:
    """Read every event of a calendar as it stands there, by its UID."""
    listed = peer.by_hand("PROPFIND", _path(peer, key), Depth="1")[2].decode()
    paths = re.findall(r"<(?:\w+:)?href>([^<]*\.ics)</", listed)
    texts = [peer.by_hand("GET", path)[2].decode() for path in paths]
    found = {re.findall(r"^UID:(\S+@\S+)", text, re.MULTILINE)[0]: text for text in texts}
    assert len(found) == len(paths)
    return found


def _puts(peer: Any) -> tuple[list[str], list[str]]:
    """Tell which calendars were written whole, and which events by themselves."""
    puts = [each.path for each in peer.proxy.requests if each.method == "PUT"]
    return [path for path in puts if path.endswith("/")], [path for path in puts if path.endswith(".ics")]


def _properties(peer: Any, key: str) -> bytes:
    body = b'<propfind xmlns="DAV:"><allprop/></propfind>'
    said: bytes = peer.by_hand("PROPFIND", _path(peer, key), body, "application/xml", Depth="0")[2]
    return re.sub(rb"<(\w+:)?(getetag|getctag|sync-token|getlastmodified|getcontentlength)>[^<]*", rb"", said)


def _moments(text: str) -> tuple[Any, ...]:
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    times = (event["DTSTART"].dt, event["DTEND"].dt)
    return tuple(each.astimezone(UTC) if isinstance(each, datetime) else each for each in times)


def _in_step(bench: Workbench, peer: Any, briefings: Sequence[Briefing]) -> None:
    """Check that all is there once, and as it would be had nothing been sown."""
    assert bench.plan(*briefings).is_empty
    snapshot = bench.read(*briefings)
    wanted = bench.desired(*briefings)
    assert set(snapshot.remotes) == {each.identity for each in wanted}
    assert not snapshot.duplicates
    for key in ("en", "fr"):
        texts = _texts(peer, key)
        assert len(texts) == len(briefings)
        assert all(
            "BEGIN:VTIMEZONE" in text or "00Z" in text or "VALUE=DATE:" in text for text in texts.values()
        )
        assert "#0a7abf" in _properties(peer, key).decode().lower()


def test_what_was_sown_is_word_for_word_as_if_each_event_had_come_alone(
    radicale: Any, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.publish(*_briefings())
    whole, alone = _puts(radicale)
    assert sorted(whole) == [_path(radicale, "en"), _path(radicale, "fr")]
    assert len(alone) == len(set(alone)) == 2 * len(_briefings())
    sown = {key: (_texts(radicale, key), _properties(radicale, key)) for key in ("en", "fr")}
    _in_step(bench, radicale, _briefings())
    _empty(radicale)
    monkeypatch.setattr(sowing, "FEWEST", 1000)
    radicale.proxy.requests.clear()
    Workbench(radicale.settings(make=_MAKE)).publish(*_briefings())
    assert _puts(radicale)[0] == []
    for key in ("en", "fr"):
        assert sown[key][0] == _texts(radicale, key)
        assert sown[key][1] == _properties(radicale, key)


def test_one_calendar_for_all_languages_is_sown_too(radicale: Any) -> None:
    bench = Workbench(radicale.settings(make=MakeCollections(Name({"und": "All"}))))
    bench.publish(*_briefings())
    assert _puts(radicale)[0] == [_path(radicale, "all")]
    assert len(_texts(radicale, "all")) == 2 * len(_briefings())
    assert bench.plan(*_briefings()).is_empty
    bench.lose_ledger()
    bench.publish(*_briefings())
    assert len(_texts(radicale, "all")) == 2 * len(_briefings())


def test_each_event_has_an_outcome_of_its_own(radicale: Any, bench: Workbench) -> None:
    plan = bench.plan(*_briefings())
    radicale.proxy.fail(
        Mishap.ANSWER,
        method="PUT",
        path=".ics",
        containing=b"SUMMARY;LANGUAGE=fr",
        times=1,
        instead=Instead(403),
    )
    report = bench.apply(plan)
    assert report.counts == {"done": 2 * len(_briefings()) + 1, "refused": 0, "failed": 0, "unknown": 1}
    assert {each.remote.etag is not None for each in report.outcomes if each.remote} == {True, False}
    radicale.proxy.heal()
    bench.publish(*_briefings())
    _in_step(bench, radicale, _briefings())


def test_what_is_only_sown_says_the_right_times(radicale: Any, bench: Workbench) -> None:
    radicale.proxy.fail(Mishap.ANSWER, method="PUT", path=".ics", instead=Instead(403))
    assert bench.apply(bench.plan(*_briefings())).counts["unknown"] == 2 * len(_briefings())
    sown = {uid: _moments(text) for uid, text in _texts(radicale, "en").items()}
    assert len(sown) == len(_briefings())
    radicale.proxy.heal()
    bench.publish(*_briefings())
    assert sown == {uid: _moments(text) for uid, text in _texts(radicale, "en").items()}
    _in_step(bench, radicale, _briefings())


@pytest.mark.parametrize("status", [400, 403, 405, 412, 413, 415, 500, 502, 504])
def test_a_server_that_takes_no_whole_calendar_is_sent_the_events_alone(
    radicale: Any, bench: Workbench, status: int
) -> None:
    radicale.proxy.fail(Mishap.ANSWER, method="PUT", containing=_WHOLE, instead=Instead(status))
    bench.publish(*_briefings())
    assert len(_puts(radicale)[0]) == 2
    _in_step(bench, radicale, _briefings())


@pytest.mark.parametrize("mishap", [Mishap.LOST_REQUEST, Mishap.LOST_ANSWER, Mishap.CUT_ANSWER])
@pytest.mark.parametrize(
    "containing", [_WHOLE, _AFTER, b"calendar-multiget", b"D:getetag/></D:prop></D:propfind"]
)
def test_what_breaks_off_once_is_done_all_the_same(
    radicale: Any, bench: Workbench, mishap: Mishap, containing: bytes
) -> None:
    plan = bench.plan(*_briefings())
    radicale.proxy.fail(mishap, containing=containing, times=1)
    bench.apply(plan).raise_for_failed()
    _in_step(bench, radicale, _briefings())


@pytest.mark.parametrize("mishap", [Mishap.LOST_REQUEST, Mishap.LOST_ANSWER, Mishap.ANSWER])
@pytest.mark.parametrize("containing", [_WHOLE, _AFTER, b"<A:calendar-color>#", b"calendar-multiget"])
def test_what_stays_broken_is_gone_on_from_and_nobody_is_asked_about_it(
    radicale: Any, mishap: Mishap, containing: bytes
) -> None:
    bench = Workbench(radicale.settings(make=_MAKE, patience=2))
    plan = bench.plan(*_briefings())
    (planned,) = plan.targets
    target = planned.changes
    made = [change for change in target if change.identity.kind == "collection"]
    assert len(made) == 2
    bench.apply(evolve(plan, targets=(evolve(planned, changes=tuple(made)),))).raise_for_failed()
    radicale.proxy.fail(mishap, containing=containing)
    events = [change for change in target if change.identity.kind != "collection"]
    outcomes = list(bench.target.integration.apply(events))
    assert outcomes[0].stop or mishap is Mishap.ANSWER
    assert {each.status for each in outcomes} <= {Status.UNKNOWN, Status.REFUSED, Status.FAILED, Status.DONE}
    radicale.proxy.heal()
    bench.publish(*_briefings())
    _in_step(bench, radicale, _briefings())


def test_a_lost_ledger_does_not_matter_to_what_broke_off(radicale: Any) -> None:
    bench = Workbench(radicale.settings(make=_MAKE, patience=2))
    radicale.proxy.fail(Mishap.LOST_REQUEST, containing=_AFTER)
    assert not bench.apply(bench.plan(*_briefings())).ok
    assert all("TZID" not in text for text in _texts(radicale, "en").values())
    radicale.proxy.heal()
    bench.lose_ledger()
    bench.publish(*_briefings())
    _in_step(bench, radicale, _briefings())


def test_a_calendar_with_anything_in_it_is_not_written_over(radicale: Any, bench: Workbench) -> None:
    _first_the_calendars(bench)
    path = f"{_path(radicale, 'en')}lunch.ics"
    assert radicale.by_hand("PUT", path, _LUNCH)[0] == 201
    before = radicale.by_hand("GET", path)
    radicale.proxy.requests.clear()
    bench.publish(*_briefings())
    assert _puts(radicale)[0] == [_path(radicale, "fr")]
    assert radicale.by_hand("GET", path)[2] == before[2]
    assert len(_texts(radicale, "en")) == len(_briefings()) + 1


@pytest.mark.parametrize("what", ["event", "property"])
def test_what_somebody_does_in_the_last_moment_is_not_written_over(
    radicale: Any, bench: Workbench, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    asked = sowing._etag_of_empty

    def slow(server: Any, path: str) -> str | None:
        etag = asked(server, path)
        assert etag is not None
        if what == "event":
            assert radicale.by_hand("PUT", f"{path}lunch.ics", _LUNCH)[0] == 201
        else:
            assert radicale.by_hand("PROPPATCH", path, _ORDER, "application/xml")[0] == 207
        return etag

    monkeypatch.setattr(sowing, "_etag_of_empty", slow)
    bench.publish(*_briefings())
    tried = [
        each.status for each in radicale.proxy.requests if each.method == "PUT" and each.path.endswith("/")
    ]
    assert tried == [412, 412]
    for key in ("en", "fr"):
        assert len(_texts(radicale, key)) == len(_briefings()) + (what == "event")
        assert (b"calendar-order" in _properties(radicale, key)) == (what == "property")
    assert bench.plan(*_briefings()).is_empty


def test_a_calendar_that_was_there_before_the_run_is_not_written_whole(
    radicale: Any, bench: Workbench
) -> None:
    _first_the_calendars(bench)
    again = Workbench(radicale.settings(make=_MAKE))
    again.publish(*_briefings())
    assert _puts(radicale)[0] == []
    _in_step(again, radicale, _briefings())


def test_where_one_calendar_cannot_be_made_the_other_is_filled(radicale: Any, bench: Workbench) -> None:
    radicale.proxy.fail(Mishap.ANSWER, method="MKCALENDAR", path="under-test.en", instead=Instead(403))
    report = bench.apply(bench.plan(*_briefings()))
    assert report.counts["done"] == len(_briefings()) + 1
    assert report.counts["failed"] == len(_briefings()) + 1
    assert _puts(radicale)[0] == [_path(radicale, "fr")]
    radicale.proxy.heal()
    bench.publish(*_briefings())
    _in_step(bench, radicale, _briefings())


def test_a_few_events_are_not_worth_it(
    radicale: Any, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sowing, "FEWEST", len(_briefings()) + 1)
    bench.publish(*_briefings())
    assert _puts(radicale)[0] == []


def test_what_is_too_much_for_one_request_comes_after_it(
    radicale: Any, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sowing, "MOST_OCTETS", 2000)
    bench.publish(*_briefings())
    uploads = [each for each in radicale.proxy.requests if each.method == "PUT" and each.path.endswith("/")]
    assert [2 <= each.body.count(b"BEGIN:VEVENT") < len(_briefings()) for each in uploads] == [True, True]
    assert all(len(each.body) < 2500 for each in uploads)
    _in_step(bench, radicale, _briefings())


def test_other_servers_are_never_sent_a_whole_calendar(xandikos: Any) -> None:
    bench = Workbench(xandikos.settings(make=_MAKE))
    bench.publish(*_briefings())
    assert _puts(xandikos)[0] == []
    assert bench.target.integration.batch == 200
    assert bench.plan(*_briefings()).is_empty


def test_who_declares_a_standard_server_has_nothing_sown(radicale: Any) -> None:
    bench = Workbench(radicale.settings(make=_MAKE, quirks="standard"))
    bench.publish(*_briefings())
    assert _puts(radicale)[0] == []


def test_a_server_that_is_declared_as_radicale_and_is_another_loses_nothing(xandikos: Any) -> None:
    bench = Workbench(xandikos.settings(make=_MAKE, quirks="radicale"))
    bench.publish(*_briefings())
    assert len(_puts(xandikos)[0]) == 2
    assert bench.plan(*_briefings()).is_empty
    assert len(bench.read(*_briefings()).remotes) == 2 * len(_briefings()) + 2


def test_events_that_were_sown_are_changed_and_taken_away_and_so_is_their_calendar(
    radicale: Any, bench: Workbench
) -> None:
    briefings = _briefings()[:3]
    bench.publish(*briefings)
    later = [evolve(briefings[0], timezone="Asia/Tokyo"), *briefings[1:-1]]
    bench.publish(*later)
    _in_step(bench, radicale, later)
    without = Workbench(radicale.settings(make=MakeCollections(Name({"en": "City briefings"}))))
    without.publish(*later)
    assert radicale.by_hand("PROPFIND", _path(radicale, "fr"), Depth="0")[0] == 404


def test_nothing_is_asked_for_twice_where_events_were_sown(radicale: Any, bench: Workbench) -> None:
    bench.publish(*_briefings())
    bench.plan(*_briefings())
    remotes = bench.read(*_briefings()).remotes
    changed = next(remote for (kind, _), remote in remotes.items() if kind == "event")
    radicale.rewrite(changed.id, lambda text: text.replace("END:VEVENT", "X-THEIRS:1\r\nEND:VEVENT"))
    radicale.proxy.requests.clear()
    assert bench.plan(*_briefings()).is_empty
    multigets = [each.body for each in radicale.proxy.requests if b"calendar-multiget" in each.body]
    assert [body.count(b"<D:href>") for body in multigets] == [1]


def test_a_creation_that_is_repeated_finds_what_was_sown(radicale: Any, bench: Workbench) -> None:
    bench.publish(*_briefings())
    events = [Change(each) for each in bench.desired(*_briefings()) if each.kind == "event"]
    outcomes = list(Workbench(radicale.settings(make=_MAKE)).target.integration.apply(events))
    assert {each.status for each in outcomes} == {Status.DONE}
    assert len(_texts(radicale, "en")) == len(_briefings())


def test_a_copy_in_another_calendar_is_a_strangers(radicale: Any, bench: Workbench) -> None:
    bench.publish(*_briefings()[:3])
    uid, text = next(iter(_texts(radicale, "fr").items()))
    copied = evolve(_briefings()[0], identifier="other")
    bench.publish(copied)
    assert radicale.by_hand("PUT", f"{_path(radicale, 'en')}{uid}.ics", text.encode())[0] == 201
    remotes = bench.read(copied).remotes
    assert {key for kind, key in remotes if kind == "event"} == {"other.en", "other.fr"}
    bench.publish(copied)
    assert radicale.by_hand("GET", f"{_path(radicale, 'en')}{uid}.ics")[0] == 200


_BROKEN = st.tuples(
    st.sampled_from([Mishap.LOST_REQUEST, Mishap.LOST_ANSWER, Mishap.CUT_ANSWER, Mishap.ANSWER]),
    st.sampled_from(
        [_WHOLE, _AFTER, b"calendar-multiget", b"<A:calendar-color>#", b"BEGIN:VEVENT", b"getetag", b""]
    ),
    st.integers(1, 5),
    st.sampled_from([400, 403, 412, 500, 503, 507]),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mishaps=st.lists(_BROKEN, min_size=1, max_size=4))
def test_any_bad_luck_ends_in_step_without_a_question(radicale: Any, mishaps: list[Any]) -> None:
    _empty(radicale)
    briefings = [sample_briefing(each) for each in "abc"]
    bench = Workbench(radicale.settings(make=_MAKE, patience=2))
    plan = bench.plan(*briefings)
    for mishap, containing, times, status in mishaps:
        radicale.proxy.fail(mishap, containing=containing, times=times, instead=Instead(status))
    bench.apply(plan)
    radicale.proxy.heal()
    bench.publish(*briefings)
    _in_step(bench, radicale, briefings)


_PROJECT = """\
format: 1
namespace: contract.example
targets:
  under-test:
    {{use: caldav, url: "{url}", username: "${{WHO}}", password: "${{SECRET}}",
      make: {{name: {{en: Killed, fr: Tués}}, color: "#0a7abf"}}}}
"""
_BRIEFING = """\
format: 1
briefing: b{number}
languages: [en, fr]
title: {{en: "Number {number}", fr: "Numéro {number}"}}
status: confirmed
start: 2027-02-02T17:00
duration: 1h
timezone: Europe/Paris
"""
_SOON = (
    "import briefingkit_caldav.sowing as sowing; sowing.FEWEST = 2; "
    "from briefingkit.cli import main; raise SystemExit(main(['apply', '--yes']))"
)
_KILLED = 6


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize(
    ("mishap", "containing", "seen"),
    [
        (Mishap.LOST_REQUEST, _WHOLE, 1),  # before the server has it
        (Mishap.LOST_ANSWER, _WHOLE, 1),  # when it has it, and has not said so
        (Mishap.LOST_REQUEST, _AFTER, 1),  # when the calendar has lost its colour
        (Mishap.LOST_REQUEST, b"Number 3", 2),  # among the events: the first is the calendar itself
    ],
)
def test_a_run_that_is_killed_is_gone_on_from(
    radicale: Any, tmp_path: Path, mishap: Mishap, containing: bytes, seen: int
) -> None:
    (tmp_path / "briefingkit.yaml").write_text(_PROJECT.format(url=radicale.proxy.url), encoding="utf-8")
    for number in range(_KILLED):
        folder = tmp_path / f"b{number}"
        folder.mkdir()
        (folder / "briefing.yaml").write_text(_BRIEFING.format(number=number), encoding="utf-8")
    command = [sys.executable, "-c", _SOON]
    environment = {**os.environ, "WHO": radicale.user, "SECRET": radicale.password}
    path = ".ics" if seen > 1 else ""
    radicale.proxy.fail(mishap, containing=containing, path=path)
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) as running:
        deadline = time.monotonic() + _WAITS
        while not any(
            containing in each.body and path in each.path for each in list(radicale.proxy.requests)
        ):
            assert time.monotonic() < deadline
            assert running.poll() is None
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
    radicale.proxy.heal()
    for said in ("Applied", "Nothing to do"):
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert said in done.stdout
    for key in ("en", "fr"):
        assert len(_texts(radicale, key)) == _KILLED
        assert all("TZID=Europe/Paris" in text for text in _texts(radicale, key).values())
        assert b"#0a7abf" in _properties(radicale, key)


_LUNCH = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//other//EN\r\nBEGIN:VEVENT\r\nUID:lunch@example.net\r\n"
    b"DTSTAMP:20220101T000000Z\r\nDTSTART:20220413T110000Z\r\nSUMMARY:Lunch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
_ORDER = (
    b'<D:propertyupdate xmlns:D="DAV:" xmlns:A="http://apple.com/ns/ical/"><D:set><D:prop>'
    b"<A:calendar-order>7</A:calendar-order></D:prop></D:set></D:propertyupdate>"
)


def _first_the_calendars(bench: Workbench) -> None:
    """Have the calendars made and nothing more."""

    def is_calendar(resource: Resource) -> bool:
        return resource.kind == "collection"

    changes = [Change(each) for each in bench.desired(*_briefings()) if is_calendar(each)]
    assert {each.status for each in bench.target.integration.apply(changes)} == {Status.DONE}
