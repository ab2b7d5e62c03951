"""A project as it is opened: its file, its briefings, its targets and its ledger."""

from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest
from attrs import evolve

import briefingkit as bk
from briefingkit import registry
from briefingkit.errors import (
    MissingExtra,
    PlanRefused,
    ProjectError,
    SourceError,
    StoreError,
    UnknownIntegration,
)
from briefingkit.project import Project, find_briefings, find_project, open_project, preview_moment
from briefingkit.source.project_file import load_project_file
from briefingkit.testing.memory import Memory, MemoryServer

from ..night_buses import BRIEFING
from .briefings import NOW, put, settings

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
    (folder / "again.briefing.yaml").write_text(BRIEFING, encoding="utf-8")
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
