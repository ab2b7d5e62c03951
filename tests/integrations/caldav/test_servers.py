"""Servers that differ from the two that are here: what they say otherwise is put into the answers on their way."""

import re
from typing import Any

import pytest
from attrs import evolve

from briefingkit.errors import IntegrationError
from briefingkit.publish import Change, Snapshot, Status
from briefingkit.testing.contract import Workbench, sample_briefing
from briefingkit.testing.proxy import Instead, Mishap
from briefingkit.text import Name
from briefingkit_caldav import CalDAV
from briefingkit_caldav.choices import Collections, MakeCollections

pytestmark = pytest.mark.peer

_SYNC, _MULTIGET = b"sync-collection", b"calendar-multiget"
_UNKNOWN = Instead(501)


def _first(bench: Workbench) -> Any:
    remotes = bench.read(sample_briefing()).remotes
    return next(remotes[each.identity] for each in bench.desired(sample_briefing()))


def _methods(requests: list[Any]) -> list[str]:
    return [each.method for each in requests]


def test_a_server_without_sync_collection_is_asked_for_its_ctag_and_then_for_all_etags(peer: Any) -> None:
    bench = Workbench(peer.settings())
    peer.proxy.fail(Mishap.ANSWER, method="REPORT", containing=_SYNC, instead=_UNKNOWN)
    bench.publish(sample_briefing())
    bench.plan(sample_briefing())
    with peer.proxy.counted() as requests:
        plan = bench.plan(sample_briefing())
    assert plan.is_empty
    assert _methods(requests) == ["PROPFIND"]
    assert bench.target.integration.unchanged(plan.targets[0].cursor)
    peer.rewrite(_first(bench).id, lambda text: text.replace("On the road", "Off the road"))
    assert not bench.target.integration.unchanged(plan.targets[0].cursor)
    with peer.proxy.counted() as requests:
        (change,) = bench.plan(sample_briefing()).targets[0].changes
    assert change.drifted == ("summary",)
    assert _methods(requests).count("PROPFIND") == 2


def test_an_answer_that_is_cut_short_is_asked_for_further_on(radicale: Any) -> None:
    path = radicale.calendar("contract")
    seen: list[str] = []

    def page(token: str, following: str, name: str, *, more: bool) -> None:
        cut = f"<response><href>{path}</href><status>HTTP/1.1 507 Insufficient Storage</status></response>"
        body = (
            f'<multistatus xmlns="DAV:"><response><href>{path}{name}</href><propstat><prop><getetag>"1"</getetag>'
            f"</prop><status>HTTP/1.1 200 OK</status></propstat></response>{cut if more else ''}"
            f"<sync-token>{following}</sync-token></multistatus>"
        )
        seen.append(name)
        radicale.proxy.fail(
            Mishap.ANSWER,
            containing=f"<D:sync-token>{token}</D:sync-token>".encode(),
            instead=Instead(207, body=body.encode()),
        )

    page("", "one", "a.ics", more=True)
    page("one", "two", "b.ics", more=True)
    page("two", "three", "c.ics", more=False)
    from briefingkit_caldav.server import Server

    with Server(radicale.settings(url=f"{radicale.proxy.url}{path}")) as server:
        changes = server.changes(path, None)
    assert changes is not None
    assert [each.rpartition("/")[2] for each in changes.etags] == seen
    assert changes.token == "three"


def test_what_a_server_stores_exactly_is_not_read_back(radicale: Any) -> None:
    bench = Workbench(radicale.settings(quirks="nextcloud"))
    plan = bench.plan(sample_briefing())
    with radicale.proxy.counted() as requests:
        bench.apply(plan).raise_for_failed()
    assert set(_methods(requests)) == {"PROPFIND", "PUT"}
    assert bench.plan(sample_briefing()).is_empty


def test_a_server_that_does_not_know_if_none_match_is_looked_at_first(radicale: Any) -> None:
    bench = Workbench(radicale.settings(quirks="google", languages=("en",)))
    plan = bench.plan(sample_briefing())
    with radicale.proxy.counted() as requests:
        bench.apply(plan).raise_for_failed()
    methods = _methods(requests)
    assert methods.index("GET") < methods.index("PUT")
    with radicale.proxy.counted() as requests:
        (outcome,) = bench.target.integration.apply([Change(bench.desired(sample_briefing())[0])])
    assert outcome.status is Status.DONE
    (put,) = [each for each in requests if each.method == "PUT"]
    assert "if-match" in put.headers


def test_without_an_etag_what_is_there_is_read(radicale: Any) -> None:
    bench = Workbench(radicale.settings(quirks="nextcloud", languages=("en",)))
    (wanted,) = bench.desired(sample_briefing())
    radicale.proxy.fail(Mishap.REPLACED, method="PUT", instead=Instead(201))
    (outcome,) = bench.target.integration.apply([Change(wanted)])
    assert outcome.status is Status.DONE
    assert outcome.remote is not None
    assert outcome.remote.etag


def test_what_cannot_be_read_back_is_not_known(radicale: Any) -> None:
    bench = Workbench(radicale.settings(quirks="standard", languages=("en",), patience=1))
    (wanted,) = bench.desired(sample_briefing())
    radicale.proxy.fail(Mishap.REPLACED, method="PUT", instead=Instead(201))
    radicale.proxy.fail(Mishap.ANSWER, containing=_MULTIGET, instead=Instead(403))
    (outcome,) = bench.target.integration.apply([Change(wanted)])
    assert outcome.status is Status.UNKNOWN
    assert "cannot be read" in str(outcome)
    radicale.proxy.heal()
    radicale.proxy.fail(Mishap.ANSWER, containing=_MULTIGET, instead=Instead(403))
    again = evolve(wanted, fields={**wanted.fields, "location": "Elsewhere"})
    (outcome,) = bench.target.integration.apply([Change(again)])
    assert outcome.status is Status.DONE  # the server's ETag vouches for what was sent


def test_an_edit_between_a_write_and_its_reading_back_is_not_taken_for_ours(radicale: Any) -> None:
    bench = Workbench(radicale.settings(quirks="standard", languages=("en",)))
    plan = bench.plan(sample_briefing())
    first = bench.desired(sample_briefing())[0]
    radicale.proxy.fail(Mishap.REPLACED, method="PUT", instead=Instead(201, {"ETag": '"as-it-was-sent"'}))
    bench.apply(plan).raise_for_failed()
    radicale.proxy.heal()
    applied = bench.journal.load(bench.target.name).applied[first.identity]
    assert applied.etag == '"as-it-was-sent"'


def test_a_server_that_drops_our_mark_is_said_to(radicale: Any) -> None:
    bench = Workbench(radicale.settings(quirks="standard", languages=("en",)))
    (wanted,) = bench.desired(sample_briefing())

    def without_mark(outcome_path: str) -> None:
        radicale.rewrite(outcome_path, lambda text: re.sub(r"X-BRIEFINGKIT:.*\r\n", "", text))

    (outcome,) = bench.target.integration.apply([Change(wanted)])
    path = outcome.remote.id
    without_mark(path)
    etag = radicale.by_hand("GET", path)[1]["etag"]
    radicale.proxy.fail(Mishap.ANSWER, method="PUT", instead=Instead(201, {"ETag": etag}))
    held = evolve(outcome.remote, resource=wanted)
    (again,) = bench.target.integration.apply([Change(wanted, held)])
    assert again.status is Status.UNKNOWN
    assert "as ours" in str(again)


def test_a_deletion_goes_on_where_only_an_alarm_was_added(peer: Any) -> None:
    bench = Workbench(peer.settings(languages=("en",)))
    bench.publish(sample_briefing(), sample_briefing("kept"))
    remote = _first(bench)
    peer.rewrite(remote.id, lambda text: text.replace("END:VEVENT", "COMMENT:mine\r\nEND:VEVENT"))
    (outcome,) = bench.target.integration.apply([Change(None, remote)])
    assert outcome.status is Status.DONE
    assert peer.by_hand("GET", remote.id)[0] == 404


def test_an_event_that_is_gone_is_not_written_over(peer: Any) -> None:
    bench = Workbench(peer.settings(languages=("en",)))
    bench.publish(sample_briefing())
    remote = _first(bench)
    peer.by_hand("DELETE", remote.id)
    (wanted,) = bench.desired(sample_briefing(hour=16))
    (outcome,) = bench.target.integration.apply([Change(wanted, remote)])
    assert outcome.status is Status.FAILED


@pytest.mark.parametrize(("status", "words"), [(403, "does not allow"), (405, "trash bin"), (507, "full")])
def test_a_calendar_that_cannot_be_made_is_said_to_with_the_reason(
    radicale: Any, status: int, words: str
) -> None:
    bench = Workbench(radicale.settings(make=MakeCollections(Name({"und": f"Never {status}"}))))
    radicale.by_hand("DELETE", f"{radicale.home}briefingkit.contract.example.under-test.all/")
    for method in ("MKCALENDAR", "MKCOL"):
        radicale.proxy.fail(Mishap.ANSWER, method=method, instead=Instead(status))
    report = bench.apply(bench.plan(sample_briefing()))
    assert {each.status for each in report.outcomes} == {Status.FAILED}
    assert words in str(report.outcomes[0])
    assert "the calendar all is not there" in str(report.outcomes[1])


def test_a_calendar_home_at_another_server_is_told_and_not_visited(radicale: Any) -> None:
    elsewhere = (
        b'<multistatus xmlns="DAV:"><response><href>/anna/</href><propstat><prop>'
        b"<current-user-principal><href>/anna/</href></current-user-principal>"
        b'<C:calendar-home-set xmlns:C="urn:ietf:params:xml:ns:caldav"><href>https://p01.example.net/1/</href>'
        b"</C:calendar-home-set></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"
    )
    answer = Instead(207, {"Content-Type": "application/xml"}, elsewhere)
    radicale.proxy.fail(Mishap.ANSWER, method="PROPFIND", instead=answer)
    settings = radicale.settings(calendar=Collections("contract"))
    with pytest.raises(IntegrationError, match=r"p01\.example\.net"):
        settings.read([], Snapshot())


def test_an_address_that_is_no_caldav_server_says_so(radicale: Any) -> None:
    page = Instead(200, {"Content-Type": "text/html"}, b"<html><body>It works!</body></html>")
    radicale.proxy.fail(Mishap.ANSWER, instead=page)
    with pytest.raises(
        IntegrationError, match=r"no calendars are found from .* is no address of a CalDAV server"
    ):
        radicale.settings(calendar=Collections("contract")).read([], Snapshot())


def test_a_collection_that_is_no_calendar_is_told_apart(peer: Any) -> None:
    with pytest.raises(IntegrationError, match="is no calendar"):
        peer.settings(url=f"{peer.proxy.url}{peer.home}").read([], Snapshot())


def test_a_server_that_wants_digest_is_told_what_it_could_take(radicale: Any) -> None:
    asks = Instead(401, {"WWW-Authenticate": 'Digest realm="x", nonce="y"'})
    radicale.proxy.fail(Mishap.ANSWER, instead=asks)
    with pytest.raises(IntegrationError, match="let it take basic"):
        radicale.settings().read([], Snapshot())


def test_a_calendar_at_another_server_than_the_targets_is_refused(radicale: Any) -> None:
    settings = radicale.settings(url=radicale.proxy.url, calendar=Collections("https://other.example/x/"))
    with pytest.raises(IntegrationError, match="another server"):
        settings.read([], Snapshot())


def test_a_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch, radicale: Any) -> None:
    monkeypatch.setenv("https_proxy", radicale.proxy.url)
    settings = CalDAV(url="https://cloud.example.org/x/", patience=0)
    with pytest.raises(IntegrationError, match="cannot be reached"):
        settings.read([], Snapshot())
    assert [(each.method, each.path) for each in radicale.proxy.requests] == [
        ("CONNECT", "cloud.example.org:443")
    ]
    monkeypatch.setenv("no_proxy", "localhost, .example.org")
    from briefingkit_caldav.connection import _proxy

    assert _proxy("cloud.example.org") is None
    assert _proxy("example.net") is not None


def test_what_a_server_deviates_in_is_not_printed(radicale: Any) -> None:
    """The library would, where nobody has set logging up."""
    import subprocess
    import sys

    code = (
        "import briefingkit_caldav.settings as s, briefingkit.publish as p\n"
        "from briefingkit_caldav.choices import Collections\n"
        f"t = s.CalDAV(url={radicale.proxy.url!r}, username='a', password='b', calendar=Collections('x'))\n"
        "try: t.read([], p.Snapshot())\n"
        "except Exception as error: print(type(error).__name__)"
    )
    nothing = Instead(207, {"Content-Type": "application/xml"}, b'<multistatus xmlns="DAV:"/>')
    radicale.proxy.fail(Mishap.ANSWER, instead=nothing)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout == "IntegrationError\n"
