"""Reports of meeting platforms as they come, in their encodings, with their other tables and other languages."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefingkit.errors import RegistrationError
from briefingkit.registrations.attendance.cells import as_moments, as_seconds, names_in
from briefingkit.registrations.attendance.meeting_report import AttendanceReport, name_key, read_report

ZOOM = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
"812 3456 7890",Night buses,03/10/2027 02:55:00 PM,03/10/2027 05:00:00 PM,host@example.org,125,4

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Ada Okafor (Host),ADA@example.org,03/10/2027 02:55:00 PM,03/10/2027 05:00:00 PM,125,No
"Larsen, Bo",,03/10/2027 03:10:00 PM,03/10/2027 03:40:00 PM,30,Yes
Bo Larsen,,03/10/2027 03:42:00 PM,03/10/2027 04:00:00 PM,18,Yes
iPhone (José Núñez),,03/10/2027 03:00:00 PM,03/10/2027 04:00:00 PM,60,Yes
"""
TEAMS = (
    "1. Summary\nMeeting title\tNight buses\nAttended participants\t2\nStart time\t3/10/27, 2:59:11\u202fPM\n"
    "End time\t3/10/27, 5:01:02\u202fPM\nMeeting duration\t2h 1m 51s\n\n"
    "2. Participants\nName\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
    "Ada Okafor\t3/10/27, 3:02:11\u202fPM\t3/10/27, 4:30:02\u202fPM\t1h 27m 51s\tada@example.org\t\tOrganizer\n"
    "Bo Larsen (Guest)\t3/10/27, 3:05:00\u202fPM\t3/10/27, 4:30:00\u202fPM\t1h 20m\t\t\tAttendee\n\n"
    "3. In-Meeting Activities\nName\tJoin Time\tLeave Time\tDuration\tEmail\tRole\n"
    "Ada Okafor\t3/10/27, 3:02:11\u202fPM\t3/10/27, 4:30:02\u202fPM\t1h 27m 51s\tada@example.org\tOrganizer\n"
)
WEBINAR = """Attendee Report
Topic,Webinar ID,Actual Start Time
Night buses,812 0000 1111,"Mar 10, 2027 15:00"
Host Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest
Yes,Ada Okafor,ada@example.org,"Mar 10, 2027 15:00","Mar 10, 2027 16:00",60,No
Attendee Details,
Attended,User Name (Original Name),First Name,Last Name,Email,Join Time,Leave Time,Time in Session (minutes)
Yes,Bo,Bo,Larsen,bo@example.org,"Mar 10, 2027 15:10","Mar 10, 2027 15:40",30
No,Cy,Cy,Young,cy@example.org,--,--,--
"""
TEAMS_FRENCH = (
    "1. Résumé\nTitre de la réunion\tBus de nuit\n\n2. Participants\n"
    "Nom\tPremière connexion\tDernier départ\tDurée de la réunion\tE-mail\tRôle\n"
    "Chloé Martin (Invité)\t10/03/2027 15:00:00\t10/03/2027 16:07:00\t1 h 7 min 3 s\t\tParticipant\n"
)


def read(folder: Path, text: str, encoding: str = "utf-8", source: str | None = None) -> AttendanceReport:
    path = folder / "report.csv"
    path.write_bytes(text.encode(encoding))
    return read_report(path, source)


def told(report: AttendanceReport) -> list[tuple[tuple[str, ...], str | None, int | None]]:
    return [(entry.names, entry.email, entry.seconds) for entry in report.entries]


def test_zooms_lines_about_the_meeting_are_nobody_and_joins_are_added_up(tmp_path: Path) -> None:
    report = read(tmp_path, ZOOM)
    assert told(report) == [
        (("Ada Okafor",), "ada@example.org", 125 * 60),
        (("Larsen, Bo", "Bo Larsen"), None, 48 * 60),
        (("iPhone", "José Núñez"), None, 3600),
    ]
    assert [entry.joins for entry in report.entries] == [1, 2, 1]
    assert datetime(2027, 3, 10, 15, 10) in report.entries[1].joined


def test_teams_tells_people_twice_and_they_count_once(tmp_path: Path) -> None:
    report = read(tmp_path, TEAMS, "utf-16")
    assert told(report) == [(("Ada Okafor",), "ada@example.org", 5271), (("Bo Larsen",), None, 4800)]
    assert report.notices == ()


def test_teams_second_table_is_not_read_where_the_report_tells_no_times_either(tmp_path: Path) -> None:
    text = re.sub(r"3/10/27, [\d:]+\u202fPM", "--", TEAMS)
    report = read(tmp_path, text)
    assert [(entry.seconds, entry.joins) for entry in report.entries] == [(5271, 1), (4800, 1)]


def test_a_webinar_has_a_table_for_each_role_and_those_who_did_not_come(tmp_path: Path) -> None:
    assert told(read(tmp_path, WEBINAR)) == [
        (("Ada Okafor",), "ada@example.org", 3600),
        (("Bo",), "bo@example.org", 1800),
    ]


def test_a_report_may_be_in_another_language(tmp_path: Path) -> None:
    assert told(read(tmp_path, TEAMS_FRENCH)) == [(("Chloé Martin",), None, 4020)]


def test_webex_tells_the_meeting_in_every_row_and_the_time_in_words(tmp_path: Path) -> None:
    text = (
        "Meeting Name\tMeeting Start Time\tDisplay Name\tAttendee Email\tJoin Time\tLeave Time\tAttendance Duration"
        "\nNight buses\t2027-03-10 15:00:00\tAda Okafor\tada@example.org\t2027-03-10 15:01:00\t2027-03-10 15:33:00"
        "\t32 mins\n"
    )
    report = read(tmp_path, text, "utf-16")
    assert told(report) == [(("Ada Okafor",), "ada@example.org", 32 * 60)]
    assert report.entries[0].joined == (datetime(2027, 3, 10, 15, 1),)


@pytest.mark.parametrize(
    "header",
    [
        "First name,Last name,Email,Duration",
        "Prénom,Nom,Adresse e-mail,Durée",
        "Nombre,Apellidos,Correo electrónico,Duración",
    ],
)
def test_the_halves_of_a_name_are_put_together(tmp_path: Path, header: str) -> None:
    report = read(tmp_path, f"{header}\nAda,Okafor,ada@example.org,1 h 5 min\n")
    assert told(report) == [(("Ada Okafor",), "ada@example.org", 3900)]


def test_two_devices_at_once_are_one_person_for_that_time(tmp_path: Path) -> None:
    rows = (
        "Ada,,03/10/2027 03:00 PM,03/10/2027 04:00 PM,60\nAda,,03/10/2027 03:30 PM,03/10/2027 04:30 PM,60\n"
    )
    report = read(tmp_path, f"Name,User Email,Join Time,Leave Time,Duration (Minutes)\n{rows}")
    assert told(report) == [(("Ada",), None, 90 * 60)]


def test_a_join_within_another_adds_nothing(tmp_path: Path) -> None:
    rows = "Ada,03/10/2027 15:00,03/10/2027 16:00\nAda,03/10/2027 15:10,03/10/2027 15:20\n"
    assert told(read(tmp_path, f"Name,Join Time,Leave Time\n{rows}")) == [(("Ada",), None, 3600)]


def test_a_list_of_addresses_is_a_report_too(tmp_path: Path) -> None:
    assert [
        entry.email for entry in read(tmp_path, "ada@example.org\nBO@example.org\nada@example.org\n").entries
    ] == [
        "ada@example.org",
        "bo@example.org",
    ]
    assert told(read(tmp_path, "E-mail\nada@example.org\n")) == [((), "ada@example.org", None)]


@pytest.mark.parametrize("text", ["", "\n\n", "Colour,Size\nred,3\n", "just words\n", "Name,Email\n"])
def test_a_file_without_people_is_no_report(tmp_path: Path, text: str) -> None:
    with pytest.raises(RegistrationError, match="no table of people"):
        read(tmp_path, text)


def test_a_number_without_a_unit_is_taken_for_minutes_and_that_is_said(tmp_path: Path) -> None:
    report = read(tmp_path, "Name,Duration\nAda,63\n")
    assert (report.entries[0].seconds, len(report.notices)) == (63 * 60, 1)
    assert read(tmp_path, "Name,Duration (seconds)\nAda,63\n").entries[0].seconds == 63


def test_a_report_is_known_again_by_its_meeting_whatever_else_changed(tmp_path: Path) -> None:
    first = read(tmp_path, ZOOM).source
    assert read(tmp_path, ZOOM.replace(",125,4", ",130,9") + "Cy,,,,3,Yes\n").source == first
    assert read(tmp_path, ZOOM.replace("812 3456", "812 3457")).source != first
    assert (
        read(tmp_path, TEAMS).source
        == read(tmp_path, TEAMS.replace("participants\t2", "participants\t3")).source
    )
    bare = "Name,Duration (Minutes)\nAda,3\n"
    assert read(tmp_path, bare).source == read(tmp_path, bare.replace(",3", ",4")).source
    assert read(tmp_path, bare, source="second day").source == "second day"


@pytest.mark.parametrize("source", ["", "hand", "a\nb", "x" * 101])
def test_a_source_has_a_name_that_can_be_shown(tmp_path: Path, source: str) -> None:
    with pytest.raises(RegistrationError, match="printable"):
        read(tmp_path, ZOOM, source=source)


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        ("Ada Okafor (Guest)", ("Ada Okafor",)),
        ("Ada Okafor (Host, me)", ("Ada Okafor",)),
        ("iPad (Ada Okafor)", ("iPad", "Ada Okafor")),
        ("Ada （访客）", ("Ada",)),
        ("(Guest)", ()),
        ("  ", ()),
    ],
)
def test_what_platforms_put_behind_a_name_is_none(shown: str, names: tuple[str, ...]) -> None:
    assert names_in(shown) == names


def test_names_are_compared_without_case_accents_signs_and_order() -> None:
    assert name_key("Núñez, José") == name_key("jose NUNEZ")
    assert name_key("محمّد") == name_key("محمد")
    assert name_key("李 小龙") != name_key("李 小明")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1h 27m 51s", 5271), ("1 hr 5 min", 3900), ("32 mins", 1920), ("01:27:51", 5271), ("1 ч 5 мин", 3900),
        ("1 小时 5 分钟", 3900), ("1 ساعة 5 دقائق", 3900), ("12,5", 750), (7, 420), ("1:30", None), ("soon", None),
        ("5 parsecs", None), (f"{'9' * 400} h", None), ("9" * 400, None), ("-3", None), ("", None),
        (True, None), (1e300, None),
    ],
)  # fmt: skip
def test_a_length_of_time_is_read_or_not_known(text: object, seconds: int | None) -> None:
    assert as_seconds(text, 60)[0] == seconds


def test_a_day_that_may_be_a_month_is_both() -> None:
    assert as_moments("03/10/2027 2:05 PM") == (datetime(2027, 3, 10, 14, 5), datetime(2027, 10, 3, 14, 5))
    assert as_moments("13/10/27, 12:05 AM") == (datetime(2027, 10, 13, 0, 5),)
    assert as_moments("2027/3/10 下午2:05") == (datetime(2027, 3, 10, 14, 5),)
    assert as_moments("2027-03-10T14:05:00Z")[0].utcoffset() is not None
    assert as_moments("yesterday at noon") == ()
    assert as_moments("99/99/9999 99:99") == ()


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40), st.integers(1, 10**12), st.floats(allow_nan=True))
def test_no_cell_breaks_the_reading(text: str, number: int, fraction: float) -> None:
    for value in (text, number, fraction, None, f"{number}:{text}"):
        as_seconds(value, 60)
        as_moments(value)
    names_in(text)
    name_key(text)


WORDS = (
    "Name|Email|1. Summary|Duration|Attended|a@b.org|--|3|Join time|Leave time|Meeting ID|"
    "2027-03-10T14:05:00Z|2027-03-10 14:05|03/10/2027 02:05 PM||"
)
CELLS = st.sampled_from(WORDS.split("|")) | st.text(max_size=8)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=5), max_size=8))
def test_no_table_breaks_the_reading(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("reports")
    text = "\n".join("\t".join(cell.replace("\n", " ") for cell in row) for row in table)
    try:
        report = read(folder, text.encode("utf-8", "replace").decode())
    except RegistrationError:
        return
    assert [entry.number for entry in report.entries] == list(range(1, len(report.entries) + 1))


@pytest.mark.parametrize(
    "row", ["Ada,,01/01/0001 00:00,12/31/9999 23:59,1", "Ada,,03/10/2027 15:00,03/10/2029 15:00,"]
)
def test_a_stay_of_years_is_not_believed(tmp_path: Path, row: str) -> None:
    (entry,) = read(tmp_path, f"Name,User Email,Join Time,Leave Time,Duration (hours)\n{row}\n").entries
    assert entry.seconds in {None, 3600}


def test_rows_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    report = read(tmp_path, f"Name,Email\nAda,ada@example.org\n{'x' * 200_000},\nBo,bo@example.org\n")
    assert [entry.email for entry in report.entries] == ["ada@example.org", "bo@example.org"]
    assert report.notices == ("1 row cannot be read and is left out",)


def test_what_is_to_the_right_of_everything_is_not_looked_at(tmp_path: Path) -> None:
    wide = "," * 10_000
    report = read(tmp_path, f"Name,Email{wide}\nAda,ada@example.org{wide}\n")
    assert told(report) == [(("Ada",), "ada@example.org", None)]


def test_a_workbook_may_hold_times_as_times(tmp_path: Path) -> None:
    from datetime import time

    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Email", "Join time", "Leave time", "Duration"])
    sheet.append(
        ["Ada", "ada@example.org", datetime(2027, 3, 10, 15), datetime(2027, 3, 10, 16, 30), time(1, 20)]
    )
    book.save(tmp_path / "report.xlsx")
    (entry,) = read_report(tmp_path / "report.xlsx").entries
    assert (entry.seconds, entry.joined) == (4800, (datetime(2027, 3, 10, 15),))
