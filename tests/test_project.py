import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from attrs import evolve

import briefingkit as bk
from briefingkit import registry
from briefingkit.errors import (
    Locked,
    MissingExtra,
    PlanRefused,
    PlanStale,
    ProjectError,
    SourceError,
    StoreError,
    UnknownIntegration,
)
from briefingkit.project import (
    Project,
    find_briefings,
    find_project,
    open_project,
    preview_moment,
)
from briefingkit.publish import Drift, Status
from briefingkit.publish.saved import dump_plan, load_plan
from briefingkit.source.project_file import load_project_file
from briefingkit.testing.memory import Memory, MemoryServer

NOW = datetime(2027, 1, 5, 9, 30, tzinfo=UTC)
PROJECT = """\
format: 1
namespace: talks.example.org
targets:
  site: {use: files, folder: site}
"""
BRIEFING = """\
format: 1
briefing: NAME
languages: [en, fr]
title: {en: Night buses, fr: Bus de nuit}
status: confirmed
start: 2027-03-10T15:00
duration: 1h
timezone: Europe/Brussels
organizers: [{key: transit, name: City Transit, role: host}]
"""


def put(folder: Path, name: str, **lines: str) -> Path:
    text = BRIEFING.replace("NAME", name)
    for field, value in lines.items():
        kept = [line for line in text.splitlines() if not line.startswith(f"{field}:")]
        text = "\n".join([*kept, f"{field}: {value}", ""])
    path = folder / f"{name}.briefing.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "briefingkit.yaml").write_text(PROJECT, encoding="utf-8")
    put(tmp_path, "night-buses")
    return tmp_path


@pytest.fixture
def project(folder: Path) -> Project:
    return open_project(folder, clock=lambda: NOW)


@pytest.fixture
def server() -> MemoryServer:
    return MemoryServer()


@pytest.fixture
def alone(folder: Path, server: MemoryServer) -> Project:
    """A project whose only target is in memory."""
    (folder / "briefingkit.yaml").write_text("namespace: talks.example.org\n", encoding="utf-8")
    return open_project(folder, clock=lambda: NOW).with_target("intranet", Memory(server))


def settings(folder: Path, text: str) -> Project:
    (folder / "briefingkit.yaml").write_text(dedent(text), encoding="utf-8")
    return open_project(folder, clock=lambda: NOW)


# Opening


def test_a_project_is_opened_by_its_file_or_its_folder(folder: Path) -> None:
    assert open_project(folder).folder == open_project(folder / "briefingkit.yaml").folder == folder
    assert bk.open(folder).target_names == ("site",)


def test_a_project_file_with_mistakes_is_refused_with_all_of_them(folder: Path) -> None:
    with pytest.raises(SourceError) as caught:
        settings(folder, "namespace: 'no domain'\nlanguages: [zzzz-99999]\nbriefings: ../elsewhere\n")
    told = [(finding.position.line, finding.position.column) for finding in caught.value.findings]
    assert told == [(1, 12), (2, 13), (3, 12)]


def test_a_project_file_that_is_not_there_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"briefingkit\.yaml"):
        open_project(tmp_path)


def test_the_nearest_project_above_is_found(folder: Path) -> None:
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    assert find_project(below) == folder / "briefingkit.yaml"
    (below / "briefingkit.yaml").write_text("")
    assert find_project(below) == below / "briefingkit.yaml"


def test_a_folder_called_like_the_project_file_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "briefingkit.yaml").mkdir()
    found = find_project(tmp_path)
    assert found is None or not found.is_relative_to(tmp_path)


def test_briefing_files_are_found_once_in_the_order_that_was_asked_for(folder: Path) -> None:
    early, late = put(folder, "a-walk"), folder / "night-buses.briefing.yaml"
    odd = folder / "odd.txt"
    odd.write_text("")
    assert find_briefings([late, folder]) == (late, early)
    assert find_briefings([odd]) == (odd,)


def test_without_a_file_briefings_can_be_read_and_checked_but_not_planned(folder: Path) -> None:
    bare = Project.without_file(folder)
    assert [each.identifier for each in bare.programme()] == ["night-buses"]
    with pytest.raises(PlanRefused, match=r"no namespace: give one in briefingkit\.yaml"):
        bare.plan()


# Briefings


def test_files_are_read_anew_at_each_call(project: Project, folder: Path) -> None:
    assert project.briefing("night-buses").title is not None
    put(folder, "trams")
    assert {each.identifier for each in project.programme()} == {"night-buses", "trams"}


def test_a_briefing_that_is_nearly_called_so_is_suggested(project: Project) -> None:
    with pytest.raises(ProjectError, match="no briefing is called 'night-bus'; did you mean night-buses"):
        project.briefing("night-bus")


def test_a_thousand_briefings_are_not_all_named_in_one_error(project: Project, folder: Path) -> None:
    for number in range(30):
        put(folder, f"talk-{number:02}")
    with pytest.raises(ProjectError, match="…") as caught:
        project.briefing("zzz")
    assert "talk-29" not in str(caught.value)


def test_a_programme_tells_every_error_of_every_file(project: Project, folder: Path) -> None:
    put(folder, "trams", timezone="Europe/Bruxelles")
    put(folder, "walks", status="maybe", start="2027-13-40")
    with pytest.raises(SourceError) as caught:
        project.programme()
    files = [Path(str(finding.position.file)).name for finding in caught.value.findings]
    assert files.count("trams.briefing.yaml") == 1
    assert files.count("walks.briefing.yaml") == 2


def test_check_tells_what_is_wrong_with_each_and_with_all_together(project: Project, folder: Path) -> None:
    (folder / "again.briefing.yaml").write_text(BRIEFING.replace("NAME", "night-buses"), encoding="utf-8")
    put(folder, "trams", timezone="Europe/Bruxelles")
    told = [str(finding) for finding in project.check() if finding.severity == "error"]
    assert any("trams.briefing.yaml" in each and "Europe/Brussels" in each for each in told), told
    assert any("night-buses" in each for each in told), told


def test_check_takes_briefings_that_were_read_before(project: Project, folder: Path) -> None:
    loaded = tuple(project.load())
    before = project.check(loaded)
    put(folder, "trams", timezone="Mars/Olympus")
    assert project.check(loaded) == before
    assert project.check() != before


def test_check_names_what_no_installed_package_offers_each_in_its_place(folder: Path) -> None:
    project = settings(
        folder,
        """\
        namespace: a.example
        targets:
          site: {use: flies, folder: x}
          feed: {use: files, folder: y}
          post: {use: zzz}
        mail:
          sender: {name: City, address: city@a.example}
          transport: {use: smpt}
          feedback:
            post: {use: postmrk}
            mailgum: {}
          workers: {use: procrastinat}
        """,
    )
    told = [str(finding).removeprefix(str(folder)) for finding in project.check()]
    install = "Or install the package that brings it"
    assert told[0] == (
        f"/briefingkit.yaml:3:15 W701 no integration is called flies. Did you mean files? {install}"
    )
    assert told[1].startswith("/briefingkit.yaml:5:15 W701 no integration is called zzz. There are: ")
    assert told[1].endswith(f". {install}")
    assert [line.split(". ")[0].removeprefix("/briefingkit.yaml:") for line in told[2:]] == [
        "8:20 W701 no transport for mail is called smpt",
        "10:17 W701 no mail service that tells what comes back is called postmrk",
        "11:5 W701 no mail service that tells what comes back is called mailgum",
        "12:18 W701 no engine for workers is called procrastinat",
    ]
    assert [finding.path for finding in project.check()][-2:] == ["mail.feedback.mailgum", "mail.workers.use"]
    assert {finding.severity for finding in project.check()} == {"warning"}
    assert project.check(whole=False) == ()


def test_what_is_wrong_with_the_project_s_file_hides_no_name_that_is_not_there(folder: Path) -> None:
    for name in ("events", "drafts"):
        (folder / name).mkdir()
        put(folder / name, name, registration="{url: {from: froms}}")
    (folder / "briefingkit.yaml").write_text(
        dedent(
            """\
            namespace: a.example
            briefings: events
            targets:
              site: {use: flies, drift: shrug}
              form: {use: files, folder: y, languages: [english-ish]}
              rest: [files]
            mail:
              sender: {name: City}
              transport: {use: smpt}
              feedback: {mailgum: {}, post: mailgun}
              workers: {use: procrastinat}
            """
        ),
        encoding="utf-8",
    )
    read = load_project_file(folder / "briefingkit.yaml")
    assert read.project is None
    told = [(f.code, f.path) for f in Project(folder, read.legible, read).check()]
    assert told == [
        ("W701", "targets.site.use"),
        ("E103", "targets.site.drift"),
        ("E104", "targets.form.languages.0"),
        ("E103", "targets.rest"),
        ("E102", "mail.sender.address"),
        ("W701", "mail.transport.use"),
        ("W701", "mail.feedback.mailgum"),
        ("E103", "mail.feedback.post"),
        ("W701", "mail.workers.use"),
        ("W507", "registration.url"),
    ]


@pytest.mark.parametrize("text", ["- a list", "targets: [nonsense]", "a: [", "\0"])
def test_of_targets_that_cannot_be_read_nobody_says_that_one_is_not_there(folder: Path, text: str) -> None:
    put(folder, "night-buses", registration="{url: {from: form}}")
    (folder / "briefingkit.yaml").write_text(text, encoding="utf-8")
    read = load_project_file(folder / "briefingkit.yaml")
    assert read.target_names is None
    assert {f.path for f in Project(folder, read.legible, read).check()} <= {"", "targets"}


def test_check_loads_no_integration_so_that_an_extra_may_be_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = settings(folder, "namespace: a.example\ntargets: {wall: {use: acme.wall}}\n")
    assert [finding.code for finding in project.check()] == ["W701"]
    info = folder / "acme_kit-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-kit\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\nacme.wall = acme_wall:Wall\n")
    (folder / "acme_wall.py").write_text("import no_such_client\n")
    monkeypatch.syspath_prepend(folder)
    assert project.check() == ()
    with pytest.raises(MissingExtra):
        project.targets()


def test_check_knows_every_target_that_a_briefing_may_name(folder: Path, server: MemoryServer) -> None:
    put(folder, "night-buses", registration="{url: {from: form}}")
    project = settings(folder, "namespace: a.example\n")
    assert [(finding.code, finding.path) for finding in project.check()] == [("W507", "registration.url")]
    assert project.with_target("form", Memory(server)).check() == ()
    assert Project.without_file(folder).check() == ()


def test_a_preview_carries_the_moment_that_was_given_or_the_clock_of_the_project(project: Project) -> None:
    given = datetime(2026, 12, 24, tzinfo=UTC)
    quiet = evolve(project, environment={})
    assert quiet.publication("night-buses", at=given).at == given
    assert quiet.publication("night-buses").at == NOW
    assert quiet.publication("night-buses").revision == 0
    epoch = evolve(project, environment={"SOURCE_DATE_EPOCH": "1600000000"})
    assert epoch.publication("night-buses").at == datetime(2020, 9, 13, 12, 26, 40, tzinfo=UTC)


@pytest.mark.parametrize("epoch", ["yesterday", "1e9", "9" * 40, "-9" * 20, "٣x"])
def test_a_source_date_epoch_that_is_no_number_of_seconds_is_refused(epoch: str) -> None:
    with pytest.raises(ProjectError, match="SOURCE_DATE_EPOCH is seconds since 1970"):
        preview_moment(environment={"SOURCE_DATE_EPOCH": epoch})


# Targets


def test_a_target_of_ones_own_needs_no_entry_point(alone: Project, server: MemoryServer) -> None:
    alone.apply(alone.plan()).raise_for_failed()
    assert {thing.kind for thing in server.things.values()} == {"event", "page", "index"}
    assert alone.plan().is_empty


def test_a_project_with_one_target_more_leaves_the_first_as_it_was(project: Project) -> None:
    more = project.with_target("intranet", Memory(MemoryServer()))
    assert more.target_names == ("site", "intranet")
    assert project.target_names == ("site",)
    assert [target.name for target in more.targets(["intranet"])] == ["intranet"]


def test_two_targets_of_one_name_are_refused(project: Project) -> None:
    with pytest.raises(ProjectError, match="there is a target called 'site' already"):
        project.with_target("site", Memory(MemoryServer()))


def test_a_target_that_is_nearly_called_so_is_suggested(project: Project) -> None:
    with pytest.raises(ProjectError, match="no target is called 'sites'; did you mean site"):
        project.plan(targets=["sites"])


def test_an_integration_that_is_nearly_called_so_is_suggested(folder: Path) -> None:
    with pytest.raises(UnknownIntegration, match="called flies; did you mean files"):
        settings(folder, "namespace: a.example\ntargets: {site: {use: flies, folder: x}}\n").targets()


def test_settings_that_an_integration_does_not_take_are_told_in_their_places(folder: Path) -> None:
    project = settings(
        folder,
        """\
        namespace: a.example
        targets:
          site:
            use: files
            foldr: site
            formats: [pdf]
        """,
    )
    with pytest.raises(SourceError) as caught:
        project.targets()
    places = [(found.position.line, found.position.column) for found in caught.value.findings]
    assert (5, 5) in places
    assert any(line == 6 for line, _ in places)
    assert "folder" in str(caught.value)
    assert str(folder / "briefingkit.yaml") in str(caught.value)


def test_what_every_target_may_have_reaches_the_integration(folder: Path) -> None:
    project = settings(
        folder,
        """\
        namespace: a.example
        targets:
          site: {use: files, folder: out, languages: [FR], fallback: {default: omit, es: refuse}}
        """,
    )
    (target,) = project.targets()
    integration = target.integration
    assert isinstance(integration, registry.get("files"))
    assert (integration.languages, integration.fallback, dict(integration.fallbacks)) == (
        ("fr",),
        "omit",
        {"es": "refuse"},
    )
    assert integration.base == folder


def test_a_variable_is_read_from_the_environment_when_a_target_is_loaded(folder: Path) -> None:
    project = settings(
        folder, 'namespace: a.example\ntargets: {site: {use: files, folder: "${WHERE}/web"}}\n'
    )
    (target,) = evolve(project, environment={"WHERE": "public"}).targets()
    assert isinstance(target.integration, registry.get("files"))
    assert target.integration.folder == "public/web"


def test_a_variable_that_is_not_set_is_named(folder: Path) -> None:
    project = settings(folder, 'namespace: a.example\ntargets: {site: {use: files, folder: "${WHERE}"}}\n')
    with pytest.raises(ProjectError, match="variable WHERE is not set"):
        evolve(project, environment={}).targets()


def test_what_a_variable_holds_is_in_no_message_and_no_repr(folder: Path) -> None:
    project = settings(
        folder, 'namespace: a.example\ntargets: {site: {use: files, folder: x, base_url: "${ADDRESS}"}}\n'
    )
    hidden = evolve(project, environment={"ADDRESS": "hunter2 is no address"})
    with pytest.raises(SourceError) as caught:
        hidden.targets()
    assert "hunter2" not in str(caught.value) + repr(hidden)
    assert "${ADDRESS}" in str(caught.value)


@pytest.mark.parametrize(
    "store",
    ["postgresql://ann:hunter2@[bad/db", "postgresql://ann:hun@ter2:x@db/x", "mysql://ann:hunter2@h/d"],
)
def test_the_password_of_a_store_is_in_no_message(folder: Path, store: str) -> None:
    project = evolve(
        settings(folder, 'namespace: a.example\nstore: "${STORE}"\n'), environment={"STORE": store}
    )
    with pytest.raises(StoreError) as caught:
        project.plan()
    assert "ter2" not in str(caught.value)


# The ledger


def test_the_ledger_stands_beside_the_project_and_is_kept_out_of_git(project: Project, folder: Path) -> None:
    project.plan()
    assert (folder / ".briefingkit" / "ledger.sqlite3").is_file()
    assert (folder / ".briefingkit" / ".gitignore").read_text() == "*\n"


def test_a_gitignore_of_ones_own_is_left_alone(folder: Path) -> None:
    (folder / ".gitignore").write_text("mine\n")
    settings(folder, "namespace: a.example\nstore: ledger.sqlite3\n").plan()
    assert (folder / ".gitignore").read_text() == "mine\n"
    assert (folder / "ledger.sqlite3").is_file()


def test_a_store_may_stand_where_the_file_says_from_the_projects_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    settings(folder, "namespace: a.example\nstore: sqlite:///state/l.db\n").plan()
    assert (folder / "state" / "l.db").is_file()


# Plan and apply


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
    project = settings(folder, PROJECT).with_target("hall", Memory(MemoryServer(), registrar=True))
    project = project.with_target("desk", Memory(MemoryServer(), registrar=True))
    project.apply(project.plan()).raise_for_failed()
    page = folder / "site" / "en" / "night-buses.html"
    assert "https://memory.example/" in page.read_text(encoding="utf-8")
    assert project.plan().registrars == {"night-buses": "hall"}
    # A plan of some targets knows of the others too.
    assert project.plan(targets=["site"]).is_empty
    kept = load_plan(dump_plan(project.plan(targets=["site"])))
    assert project.freshen(kept).registrars == {"night-buses": "hall"}
    path.write_text(path.read_text("utf-8").replace("{capacity: 30}", "{url: 'https://x.example/'}"), "utf-8")
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
    (folder / "briefingkit.yaml").write_text(PROJECT, encoding="utf-8")
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
