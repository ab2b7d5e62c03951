"""A project's plans and what is made of them, by whatever way a run ends."""

import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from briefingkit.errors import Locked, PlanRefused, PlanStale
from briefingkit.project import Project, open_project
from briefingkit.publish import Drift, Status
from briefingkit.publish.saved import dump_plan, load_plan
from briefingkit.testing.memory import Memory, MemoryServer

from ..night_buses import edit
from .briefings import NOW, SITE_PROJECT, put, settings


def test_the_clock_of_the_project_dates_what_goes_out(alone: Project) -> None:
    plan = alone.plan()
    assert [publication.at for publication in plan.planned] == [NOW]


def test_a_changed_briefing_takes_the_next_revision_and_the_moment_of_its_plan(
    alone: Project, folder: Path
) -> None:
    alone.apply(alone.plan())
    put(folder, "night-buses", start="2027-03-10T16:00")
    later = evolve(alone, clock=lambda: NOW + timedelta(hours=1))
    (publication,) = later.plan().planned
    assert (publication.revision, publication.at) == (1, NOW + timedelta(hours=1))


def test_drafts_stay_out_and_one_that_was_asked_for_is_refused(alone: Project, folder: Path) -> None:
    put(folder, "trams", status="draft")
    assert [each.briefing.identifier for each in alone.plan().planned] == ["night-buses"]
    with pytest.raises(PlanRefused, match="trams: "):
        alone.plan(briefings=["trams"])


def test_everything_that_is_not_confirmed_is_told_at_once(alone: Project, folder: Path) -> None:
    put(folder, "trams", unconfirmed="[timezone, organizers]")
    put(folder, "walks", unconfirmed="[title]")
    with pytest.raises(PlanRefused) as caught:
        alone.plan()
    told = "\n".join(caught.value.reasons)
    assert all(word in told for word in ("trams", "timezone", "organizers", "walks", "title"))


def test_a_plan_can_be_limited_to_a_target_and_a_briefing(folder: Path, server: MemoryServer) -> None:
    project = open_project(folder, clock=lambda: NOW).with_target("intranet", Memory(server))
    put(folder, "trams")
    plan = project.plan(briefings=["trams"], targets=["intranet"])
    assert [planned.target for planned in plan.targets] == ["intranet"]
    project.apply(plan).raise_for_failed()
    assert not (folder / "site").exists()
    assert {thing.key for thing in server.things.values() if thing.kind == "event"} == {"trams"}


def test_each_outcome_is_given_as_soon_as_the_ledger_has_it(alone: Project, server: MemoryServer) -> None:
    outcomes = alone.apply_iter(alone.plan())
    first = next(outcomes)
    assert first.status is Status.DONE
    assert len(server.things) == 1
    del outcomes
    alone.apply(alone.plan()).raise_for_failed()
    assert alone.plan().is_empty


def test_a_briefing_that_is_gone_is_deleted_only_with_consent(
    alone: Project, folder: Path, server: MemoryServer
) -> None:
    put(folder, "trams")
    alone.apply(alone.plan()).raise_for_failed()
    (folder / "trams.briefing.yaml").unlink()
    refused = alone.apply(alone.plan())
    assert not refused.ok
    assert any(thing.key == "trams" for thing in server.things.values())
    alone.apply(alone.plan(), delete=True).raise_for_failed()
    assert not any(thing.key == "trams" for thing in server.things.values())


def test_the_limits_of_a_target_go_over_those_of_the_project_and_those_over_the_defaults(
    folder: Path,
) -> None:
    project = settings(
        folder,
        """\
        namespace: a.example
        limits: {deletions: 5, changes_fraction: 0.5}
        targets:
          site: {use: files, folder: site, limits: {deletions: 0, empty_source: false}}
          other: {use: files, folder: other}
        """,
    )
    site, other = project.limits.choose("site"), project.limits.choose("other")
    assert (site.deletions, site.changes_fraction, site.empty_source) == (0, 0.5, False)
    assert (other.deletions, other.changes_fraction, other.empty_source) == (5, 0.5, True)
    assert site.deletions_fraction == other.deletions_fraction == 0.3


def test_the_limit_of_one_target_stops_the_plan(folder: Path) -> None:
    text = (
        "namespace: a.example\ntargets: {{site: {{use: files, folder: site, limits: {{deletions: {n}}}}}}}\n"
    )
    project = settings(folder, text.format(n=0))
    gone = put(folder, "trams")
    project.apply(project.plan()).raise_for_failed()
    gone.unlink()
    with pytest.raises(PlanRefused, match=r"site: .* would be deleted, and the limit is 0"):
        project.apply(project.plan(), delete=True)
    wider = settings(folder, text.format(n=20))
    wider.apply(wider.plan(), delete=True).raise_for_failed()


def test_what_to_do_with_hand_edits_is_the_callers_word_then_the_targets_then_to_stop(
    folder: Path, server: MemoryServer
) -> None:
    project = settings(folder, "namespace: a.example\n").with_target("intranet", Memory(server))
    project.apply(project.plan()).raise_for_failed()
    event = next(thing for thing in server.things.values() if thing.kind == "event")
    server.edit(event.id, start="by hand")
    stopped = project.apply(project.plan())
    assert not stopped.ok
    assert server.things[event.id].fields["start"] == "by hand"
    project.apply(project.plan(drift=Drift.RESTORE)).raise_for_failed()
    assert server.things[event.id].fields["start"] == event.fields["start"]


def test_a_saved_plan_is_applied_while_nothing_has_moved_and_refused_after(
    alone: Project, server: MemoryServer
) -> None:
    saved = dump_plan(alone.plan())
    alone.apply(alone.freshen(load_plan(saved))).raise_for_failed()
    assert server.things
    with pytest.raises(PlanStale):
        alone.freshen(load_plan(saved))


def test_a_saved_plan_whose_target_is_gone_is_refused(alone: Project, folder: Path) -> None:
    plan = load_plan(dump_plan(alone.plan()))
    without = open_project(folder)
    with pytest.raises(PlanStale, match="intranet"):
        without.apply(without.freshen(plan))


def test_a_second_run_is_refused_while_one_is_at_work(alone: Project, server: MemoryServer) -> None:
    at_work, go_on = threading.Event(), threading.Event()

    def wait() -> object:
        at_work.set()
        assert go_on.wait(20)
        return no_fault()

    no_fault = server.fault
    slow = evolve(alone, added=())
    slow_server = MemoryServer(fault=wait)
    slow = slow.with_target("intranet", Memory(slow_server))
    run = threading.Thread(target=lambda: slow.apply(slow.plan()))
    plan = alone.plan()
    run.start()
    try:
        assert at_work.wait(20)
        with pytest.raises(Locked):
            alone.apply(plan)
        assert not server.things
    finally:
        go_on.set()
        run.join()
    assert slow_server.things


def test_one_apply_is_enough_where_a_target_shows_what_another_makes(folder: Path) -> None:
    rooms, wall = MemoryServer(names_things=True), MemoryServer()
    project = (
        settings(folder, "namespace: a.example\n")
        .with_target("wall", Memory(wall, shows=(("rooms", "room"),)))
        .with_target("rooms", Memory(rooms))
    )
    project.apply(project.plan()).raise_for_failed()
    (event,) = [thing for thing in wall.things.values() if thing.kind == "event"]
    assert event.fields["rooms-room"] == "See https://memory.example/server-1"
    assert project.plan().is_empty


def test_where_nothing_is_said_people_register_at_the_first_target_that_takes_registrations(
    folder: Path,
) -> None:
    path = put(folder, "night-buses", registration="{capacity: 30}")
    project = settings(folder, SITE_PROJECT).with_target("hall", Memory(MemoryServer(), registrar=True))
    project = project.with_target("desk", Memory(MemoryServer(), registrar=True))
    project.apply(project.plan()).raise_for_failed()
    page = folder / "site" / "en" / "night-buses.html"
    assert "https://memory.example/" in page.read_text(encoding="utf-8")
    assert project.plan().registrars == {"night-buses": "hall"}
    # A plan of some targets knows of the others too.
    assert project.plan(targets=["site"]).is_empty
    kept = load_plan(dump_plan(project.plan(targets=["site"])))
    assert project.freshen(kept).registrars == {"night-buses": "hall"}
    edit(path, "{capacity: 30}", "{url: 'https://x.example/'}")
    assert project.plan().registrars == {}


# A death in the middle

KILLED = """\
import os, signal, sys
from datetime import datetime
from briefingkit.project import open_project

project = open_project(sys.argv[1], clock=lambda: datetime.fromisoformat(sys.argv[3]))
outcomes = project.apply_iter(project.plan())
for _ in range(int(sys.argv[2])):
    print(next(outcomes), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def published(folder: Path) -> Mapping[str, bytes]:
    site = folder / "site"
    return {str(p.relative_to(site)): p.read_bytes() for p in sorted(site.rglob("*")) if p.is_file()}


@pytest.fixture
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """What stands in the folder after an apply that nothing disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "briefingkit.yaml").write_text(SITE_PROJECT, encoding="utf-8")
    put(folder, "night-buses")
    put(folder, "trams")
    project = open_project(folder, clock=lambda: NOW)
    project.apply(project.plan()).raise_for_failed()
    return published(folder)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
@pytest.mark.parametrize("after", [1, 4])
def test_a_run_that_was_killed_is_gone_on_with_and_leaves_no_trace(
    project: Project, folder: Path, undisturbed: Mapping[str, bytes], after: int
) -> None:
    put(folder, "trams")
    died = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(after), NOW.isoformat()],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    report = project.apply(project.plan())
    report.raise_for_failed()
    assert project.plan().is_empty
    assert published(folder) == undisturbed
