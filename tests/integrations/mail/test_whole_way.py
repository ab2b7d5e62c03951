"""One briefing in all seven languages, from the project's files through real Postfix, read back by Dovecot.

Each kind of message is held against what was meant: words and moments that stand here or in the briefing’s file, and
the octets of its preview.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from attrs import frozen
from icalendar import Calendar, Event

from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.outgoing.sending import Progress
from briefingkit.project import Project
from briefingkit.text.bidi import strip_isolates
from briefingkit.text.phrases import SHIPPED

from ...clock import Clock
from ...servers import Authority
from .real_postfix import Postfix, asked, numbers, started
from .seven_languages import BRIEFING, HOSTS, PEOPLE, TITLES, town
from .test_dkim import _PEM, RSA, verifies

pytestmark = pytest.mark.peer

TRANSPORT = """host: localhost, port: {port}, ca_file: authority.pem, connections: 4,
    dkim: {{domain: ghent.example, selector: autumn, key_file: dkim.pem}}"""
SUBJECTS = {
    "invite": {
        "en": "Invitation: Night trams: what the first year has taught us",
        "fr": "Invitation\u00a0: Trams de nuit : ce que la première année nous a appris",
        "es": "Invitación: Tranvías nocturnos: lo que nos ha enseñado el primer año",
        "ar": "دعوة: الترام الليلي: ماذا علّمتنا السنة الأولى",
        "ru": "Приглашение: Ночные трамваи: чему нас научил первый год",
        "zh": "邀请：夜间有轨电车：第一年给我们的启示",
        "pt": "Convite: Bondes noturnos: o que o primeiro ano nos ensinou",
    },
    "day-before": {
        "en": "Reminder: Night trams: what the first year has taught us",
        "fr": "Rappel\u00a0: Trams de nuit : ce que la première année nous a appris",
        "es": "Recordatorio: Tranvías nocturnos: lo que nos ha enseñado el primer año",
        "ar": "تذكير: الترام الليلي: ماذا علّمتنا السنة الأولى",
        "ru": "Напоминание: Ночные трамваи: чему нас научил первый год",
        "zh": "提醒：夜间有轨电车：第一年给我们的启示",
        "pt": "Lembrete: Bondes noturnos: o que o primeiro ano nos ensinou",
    },
    "news": {
        "en": "Changed: Night trams: what the first year has taught us",
        "fr": "Modification\u00a0: Trams de nuit : ce que la première année nous a appris",
        "es": "Cambio: Tranvías nocturnos: lo que nos ha enseñado el primer año",
        "ar": "تعديل: الترام الليلي: ماذا علّمتنا السنة الأولى",
        "ru": "Изменения: Ночные трамваи: чему нас научил первый год",
        "zh": "变更：夜间有轨电车：第一年给我们的启示",
        "pt": "Alteração: Bondes noturnos: o que o primeiro ano nos ensinou",
    },
    "off": {
        "en": "Cancelled: Night trams: what the first year has taught us",
        "fr": "Annulé\u00a0: Trams de nuit : ce que la première année nous a appris",
        "es": "Cancelado: Tranvías nocturnos: lo que nos ha enseñado el primer año",
        "ar": "أُلغيت: الترام الليلي: ماذا علّمتنا السنة الأولى",
        "ru": "Отменено: Ночные трамваи: чему нас научил первый год",
        "zh": "已取消：夜间有轨电车：第一年给我们的启示",
        "pt": "Cancelado: Bondes noturnos: o que o primeiro ano nos ensinou",
    },
}
SUBJECTS["seats"] = SUBJECTS["invite"]
CANCELLED = {
    "en": "Cancelled",
    "fr": "Annulé",
    "es": "Cancelado",
    "ar": "ملغى",
    "ru": "Отменено",
    "zh": "已取消",
    "pt": "Cancelado",
}
METHODS = {
    "invite": "PUBLISH",
    "seats": "REQUEST",
    "day-before": "PUBLISH",
    "news": "REQUEST",
    "off": "CANCEL",
}
# What becomes of the briefing before a mailing is sent.
EDITS = {
    "news": [
        ("start: 2027-04-13T15:00", "start: 2027-04-13T17:00"),
        ("end: 2027-04-13T16:00", "end: 2027-04-13T18:00"),
    ],
    "off": [("status: confirmed", "status: cancelled")],
}
# How times are said, never without their zone: the organisers', and that of somebody in Kolkata.
TIMES = {
    "en": "{a}–{b} CEST (UTC+2), Brussels",
    "fr": "{a}–{b} CEST (UTC+2), Bruxelles",
    "es": "{a}–{b} CEST (UTC+2), Bruselas",
    "ar": "من {a} إلى {b} CEST (UTC+2)، بروكسل",
    "ru": "{a}–{b} CEST (UTC+2), Брюссель",
    "zh": "{a}–{b} CEST (UTC+2)，布鲁塞尔",
    "pt": "{a}–{b} CEST (UTC+2), Bruxelas",
}
ZONED = {
    "en": "Your time: {a}–{b} IST (UTC+5:30), Kolkata",
    "fr": "Votre heure locale\xa0: {a}–{b} IST (UTC+5:30), Calcutta",
    "es": "Su hora local: {a}–{b} IST (UTC+5:30), Calcuta",
    "ar": "توقيتكم المحلي: من {a} إلى {b} IST (UTC+5:30)، كالكتا",
    "ru": "Ваше местное время: {a}–{b} IST (UTC+5:30), Калькутта",
    "zh": "您的当地时间：{a}–{b} IST (UTC+5:30)，加尔各答",
    "pt": "Seu horário local: {a}–{b} IST (UTC+5:30), Calcutá",
}
# The tree of RFC 3501 section 7.4.2, with what is not about its shape left out.
STRUCTURE = re.compile(
    rb'\(\(\("text" "plain" \("charset" "utf-8"\) .*?\)'
    rb'\("text" "html" \("charset" "utf-8"\) .*?\)'
    rb'\("text" "calendar" \("charset" "utf-8" "method" "(?P<method>[A-Z]+)"\) NIL NIL "[a-z0-9-]+" \d+ \d+ '
    rb"NIL (?P<disposition>NIL|\(.*?\)) NIL NIL\)"
    rb' "alternative" .*?\)'
    rb'\("application" "ics" \("name" "invite\.ics"\) NIL NIL "base64" \d+ NIL '
    rb'\("attachment" \("filename" "invite\.ics"\)\) NIL NIL\) "mixed" ',
    re.IGNORECASE,
)


@frozen
class Arrived:
    """A mail as Dovecot tells of it: whole, its shape, and its parts with their encoding undone by Dovecot."""

    whole: bytes
    structure: bytes
    parts: Mapping[str, bytes]

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.whole, policy=policy.default)

    def named(self, header: str) -> tuple[str, str]:
        """Give the name and the address in a header; Python's newer parser leaves spaces between encoded words."""
        name, address = parseaddr(message_from_bytes(self.whole, policy=policy.compat32)[header])
        return str(make_header(decode_header(name))), address

    @property
    def event(self) -> Event:
        (event,) = Calendar.from_ical(self.parts["1.3"]).walk("VEVENT")
        return event


@frozen
class Journey:
    """What was meant and what has arrived, by mailing and language."""

    meant: Mapping[str, Mapping[str, Message]]
    arrived: Mapping[str, Mapping[str, Arrived]]


def sent(project: Project, mailing: str) -> Mapping[str, Message]:
    """Send a mailing, and give what its preview had shown."""
    with project.mailing("night-trams", mailing) as dispatch:
        shown = {each.recipient.partition("@")[0]: each for each in dispatch.preview()}
        report = dispatch.send()
    assert report is not None
    assert report.progress == Progress(sent=len(PEOPLE))
    return shown


def read(postfix: Postfix) -> Mapping[str, Arrived]:
    """Read the inbox, by the recipients' languages."""
    found = {}
    with postfix.inbox() as imap:
        for number in numbers(imap):
            parts = {name: asked(imap, number, f"BINARY.PEEK[{name}]") for name in ("1.1", "1.2", "1.3", "2")}
            mail = Arrived(asked(imap, number, "BODY.PEEK[]"), asked(imap, number, "BODYSTRUCTURE"), parts)
            found[str(mail.mail["To"].addresses[0].username)] = mail
        assert len(numbers(imap)) == len(found) == len(PEOPLE)
    return found


def unwrapped(text: str) -> str:
    """Join the lines of a text, and take away what isolates another direction."""
    return re.sub("[ \r\n]+", " ", strip_isolates(text))


def edit(folder: Path, *changes: tuple[str, str]) -> None:
    path = folder / "briefing.yaml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def journey(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    folder, clock = tmp_path_factory.mktemp("town"), Clock(tick=timedelta(0))
    meant, arrived = {}, {}
    with started(authority) as postfix:
        (folder / "authority.pem").write_bytes(authority.file.read_bytes())
        (folder / "dkim.pem").write_bytes(RSA.private_bytes(*_PEM))
        project = town(folder, clock, TRANSPORT.format(port=postfix.port))
        for mailing in METHODS:
            clock.now += timedelta(days=1)
            edit(folder, *EDITS.get(mailing, ()))
            postfix.clear()
            meant[mailing] = sent(project, mailing)
            arrived[mailing] = read(postfix)
    return Journey(meant, arrived)


@pytest.fixture(params=METHODS)
def mailing(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=SHIPPED)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def meant(journey: Journey, mailing: str, language: str) -> Message:
    return journey.meant[mailing][language]


@pytest.fixture
def arrived(journey: Journey, mailing: str, language: str) -> Arrived:
    return journey.arrived[mailing][language]


def test_every_octet_arrives_under_a_signature_that_holds(meant: Message, arrived: Arrived) -> None:
    assert meant.content.isascii()
    assert arrived.whole.endswith(meant.content)
    assert verifies(arrived.whole, RSA)
    listed = re.search(rb"\bh=([^;]*);", arrived.whole.partition(b"DKIM-Signature: ")[2])
    assert listed is not None
    signed = re.sub(rb"\s", b"", listed[1]).split(b":")
    covered = {
        b"from",
        b"to",
        b"subject",
        b"date",
        b"message-id",
        b"list-unsubscribe",
        b"list-unsubscribe-post",
    }
    assert covered <= set(signed)


def test_every_part_is_in_its_place(mailing: str, arrived: Arrived) -> None:
    shape = STRUCTURE.search(arrived.structure)
    assert shape is not None, arrived.structure
    assert (shape["method"].decode(), shape["disposition"]) == (METHODS[mailing], b"NIL")
    assert arrived.parts["1.3"] == arrived.parts["2"]


def test_every_text_arrives_as_it_was_meant(
    mailing: str, language: str, meant: Message, arrived: Arrived
) -> None:
    assert arrived.parts["1.1"].decode() == meant.parts.text.replace("\n", "\r\n")
    assert arrived.parts["1.2"].decode().replace("\r\n", "\n") == meant.parts.html
    assert arrived.parts["2"] == meant.parts.calendar
    text = unwrapped(arrived.parts["1.1"].decode())
    hour = 17 if mailing in EDITS else 15
    assert TIMES[language].format(a=f"{hour}:00", b=f"{hour + 1}:00") in text
    assert ZONED[language].format(a=f"{hour + 3}:30", b=f"{hour + 4}:30") in text
    assert PEOPLE[language] in text
    assert TITLES[language] in text


def test_every_header_arrives_as_it_was_meant(
    mailing: str, language: str, meant: Message, arrived: Arrived
) -> None:
    mail = arrived.mail
    assert str(mail["Subject"]) == SUBJECTS[mailing][language]
    assert arrived.named("To") == (PEOPLE[language], f"{language}@city.example")
    assert arrived.named("From") == (HOSTS[language], "events@ghent.example")
    assert meant.name.startswith(meant.key)
    assert mail["Message-ID"] == f"<{meant.name}@ghent.example>"
    assert mail["Content-Language"] == language
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Return-Path"] == "<events@ghent.example>"
    assert mail["Date"].datetime.tzinfo is not None


def test_what_can_be_left_says_how_and_nothing_else_does(
    mailing: str, meant: Message, arrived: Arrived
) -> None:
    raw = re.sub(rb"\r\n[ \t]", b" ", arrived.whole.partition(b"\r\n\r\n")[0]).decode("ascii")
    found = {line.partition(": ")[0]: line.partition(": ")[2] for line in raw.split("\r\n")}
    names = {name for name in found if name.startswith("List-")}
    if mailing == "off":
        assert names == set()
        return
    assert names == {"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"}
    assert found["List-Id"] == "<night-trams.ghent.example>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    web, mailto = found["List-Unsubscribe"].split(", ")
    assert re.fullmatch(r"<https://register\.ghent\.example/night-trams/[a-z]{2}/u/[\w.~-]+>", web)
    assert mailto == f"<mailto:leave@ghent.example?subject=unsubscribe%20{meant.name}>"
    assert web.strip("<>") in unwrapped(arrived.parts["1.1"].decode())


def test_every_event_is_what_was_meant(mailing: str, language: str, arrived: Arrived) -> None:
    event, cancelled = arrived.event, mailing == "off"
    prefix = f"{CANCELLED[language]} – " if cancelled else ""
    assert Calendar.from_ical(arrived.parts["1.3"])["METHOD"] == METHODS[mailing]
    assert str(event["SUMMARY"]) == f"{prefix}{TITLES[language]}"
    hour = 17 if mailing in EDITS else 15
    brussels = ZoneInfo("Europe/Brussels")
    assert event.start == datetime(2027, 4, 13, hour, tzinfo=brussels)
    assert event.end == datetime(2027, 4, 13, hour + 1, tzinfo=brussels)
    assert event["ORGANIZER"] == "mailto:mobility@ghent.example"
    for item in () if cancelled else BRIEFING["agenda"]:
        assert item["title"][language] in str(event["DESCRIPTION"])
    assert event["STATUS"] == ("CANCELLED" if cancelled else "CONFIRMED")
    if METHODS[mailing] == "PUBLISH":
        assert "ATTENDEE" not in event
    else:
        assert event["ATTENDEE"] == f"mailto:{language}@city.example"
        assert event["ATTENDEE"].params["CN"] == PEOPLE[language]


def test_one_event_is_announced_moved_and_cancelled(journey: Journey) -> None:
    told = {
        mailing: {(str(each.event["UID"]), int(each.event["SEQUENCE"])) for each in those.values()}
        for mailing, those in journey.arrived.items()
    }
    assert all(len(those) == 1 for those in told.values())
    ((uid, first),), ((moved, second),), ((gone, third),) = (told[name] for name in ("invite", "news", "off"))
    assert told["invite"] == told["seats"] == told["day-before"]
    assert uid == moved == gone
    assert first < second < third
