"""What people are told of their own registration while their briefing does not go out, and when it does."""

from pathlib import Path

from briefingkit.mailing.dispatch import mailings_of
from briefingkit.project import Project, open_project

from .. import night_buses
from ..clock import Clock
from ..night_buses import BRIEFING, MAIL, PROJECT, write_project


def confirm(project: Project) -> None:
    """Send as `briefingkit mail send` does: of all briefings that may go out, what confirms."""
    with project.office() as office:
        names = list(office.publications)
        keys = [(name, each.key) for name in names for each in mailings_of(office.publication(name).briefing)]
    for name, key in keys:
        with project.mailing(name, key) as mailing:
            mailing.send()


def test_who_is_on_the_list_of_a_draft_is_told_when_it_goes_out(tmp_path: Path) -> None:
    write_project(tmp_path, PROJECT + MAIL, BRIEFING + "registration: {}\n", "")
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "briefing.yaml"
    text = BRIEFING.replace("briefing: night-buses", "briefing: day-buses") + "registration: {}\n"
    other.write_text(text.replace("status: confirmed", "status: draft"), "utf-8")
    project = open_project(tmp_path, clock=Clock())
    for name in ("night-buses", "day-buses"):
        with project.registrations(name) as roll:
            roll.add({"name": "Bo", "email": f"{name}@people.example"}, language="en")
    confirm(project)
    assert told(tmp_path) == ["night-buses@people.example"]
    night_buses.edit(other, "status: draft", "status: confirmed")
    confirm(project)
    confirm(project)
    assert told(tmp_path) == ["day-buses@people.example", "night-buses@people.example"]


def test_who_registered_just_before_a_cancellation_is_confirmed_when_it_takes_place_after_all(
    tmp_path: Path,
) -> None:
    write_project(tmp_path, PROJECT + MAIL, BRIEFING + "registration: {}\n")
    project = open_project(tmp_path, clock=Clock())
    with project.registrations("night-buses") as roll:
        roll.add({"name": "Bo", "email": "bo@people.example"}, language="en")
    night_buses.edit(tmp_path / "briefing.yaml", "status: confirmed", "status: cancelled")
    confirm(project)
    assert not (tmp_path / "outbox").exists()
    night_buses.edit(tmp_path / "briefing.yaml", "status: cancelled", "status: confirmed")
    confirm(project)
    confirm(project)
    assert told(tmp_path) == ["bo@people.example"]


def told(folder: Path) -> list[str]:
    mails = [path.read_text("utf-8") for path in (folder / "outbox" / "new").iterdir()]
    return sorted(
        line.partition("<")[2].rstrip(">")
        for mail in mails
        for line in mail.splitlines()
        if line.startswith("To: ")
    )
