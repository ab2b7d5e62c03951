"""A message as mail programs, calendars and servers want it: its parts, its headers, and whom it shows what."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar, Event

from briefingkit.errors import MailingError, Unpublishable
from briefingkit.mailing.messages.composer import Composer
from briefingkit.mailing.messages.edition import Edition
from briefingkit.mailing.messages.kinds import Letter
from briefingkit.mailing.messages.message import Message
from briefingkit.mailing.messages.preview import preview
from briefingkit.mailing.outgoing.keys import message_key, message_keys
from briefingkit.mailing.people.recipient import Recipient, access_of
from briefingkit.model import Access, AudienceGroup, Letterhead, Publication
from briefingkit.text.multilingual import MultilingualText
from briefingkit.text.phrases import SHIPPED

ROOM = "https://meet.example.org/j/zqroom"
SLIDES = "https://example.org/zqslides"
Make = Callable[..., Edition]


def parsed(message: Message) -> EmailMessage:
    return message_from_bytes(message.content, policy=policy.default)


def types(part: EmailMessage) -> Any:
    if not part.is_multipart():
        return part.get_content_type()
    return part.get_content_type(), [types(inner) for inner in part.iter_parts()]


def event_of(message: Message) -> Event:
    assert message.parts.calendar is not None
    return Calendar.from_ical(message.parts.calendar).walk("VEVENT")[0]


def person(**fields: Any) -> Recipient:
    return Recipient(**{"address": "ann@example.org", "name": "Ann", **fields})


def test_the_alternatives_come_first_and_the_calendar_is_the_last_of_them_and_attached(
    make_edition: Make,
) -> None:
    mail = parsed(Composer(make_edition("confirmation")).message(person()))
    alternatives = ("multipart/alternative", ["text/plain", "text/html", "text/calendar"])
    assert types(mail) == ("multipart/mixed", [alternatives, "application/ics"])
    inline, attached = (part for part in mail.walk() if part.get_content_subtype() in {"calendar", "ics"})
    assert inline["Content-Disposition"] is None
    assert inline["Content-Type"].params == {"charset": "utf-8", "method": "PUBLISH"}
    assert (attached.get_content_disposition(), attached.get_filename()) == ("attachment", "invite.ics")
    assert attached["Content-Transfer-Encoding"] == "base64"
    assert inline.get_payload(decode=True) == attached.get_payload(decode=True)


def test_without_a_calendar_there_are_the_two_texts_alone(make_edition: Make) -> None:
    mail = parsed(Composer(make_edition("waitlist")).message(person()))
    assert types(mail) == ("multipart/alternative", ["text/plain", "text/html"])


@pytest.mark.parametrize(
    ("letter", "setting", "method", "attends"),
    [
        ("confirmation", "publish", "PUBLISH", False),
        ("invitation", "request", "REQUEST", True),
        ("update", "request", "REQUEST", True),
        ("postponement", "publish", "PUBLISH", False),
        ("cancellation", "publish", "CANCEL", False),
        ("cancellation", "request", "CANCEL", True),
        ("withdrawn", "request", "CANCEL", True),
    ],
)
def test_the_method_is_the_same_in_the_header_and_in_the_file(
    make_edition: Make, letter: str, setting: str, method: str, attends: Any
) -> None:
    message = Composer(make_edition(letter, mailing={"calendar": setting})).message(person())
    part = next(part for part in parsed(message).walk() if part.get_content_type() == "text/calendar")
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    event = calendar.walk("VEVENT")[0]
    assert (part.get_param("method"), calendar["METHOD"]) == (method, method)
    assert ("ATTENDEE" in event) is attends
    assert event["ORGANIZER"] == "mailto:briefings@example.org"
    assert (event["STATUS"] == "CANCELLED") is (method == "CANCEL")
    if attends:
        assert (event["ATTENDEE"], event["ATTENDEE"].params["CN"]) == ("mailto:ann@example.org", "Ann")
        assert ("RSVP" in event["ATTENDEE"].params) is (method == "REQUEST")


def test_an_update_keeps_the_uid_and_raises_the_sequence(make_edition: Make, publish: Any) -> None:
    first = publish()
    later = Publication(publish(start="2022-04-13T17:00", end="2022-04-13T18:00").briefing, 4, first.at)
    told, again = (
        event_of(Composer(make_edition("update", publication=one, before=first)).message(person()))
        for one in (first, later)
    )
    assert told["UID"] == again["UID"]
    assert (told["SEQUENCE"], again["SEQUENCE"]) == (3, 4)


def test_an_update_says_what_has_changed_and_when_it_was_before(make_edition: Make, publish: Any) -> None:
    moved = publish(start="2022-04-13T17:00", end="2022-04-13T18:00")
    text = Composer(make_edition("update", publication=moved, before=publish())).message(person()).parts.text
    assert "- The date or the time has changed." in text
    assert "Previously: Wednesday, 13 April 2022, 15:00–16:00 CEST (UTC+2)" in text
    assert "The title has changed." not in text


@pytest.mark.parametrize(
    "told", ["2022-04-13T15:00", "2022-04-12T15:00"], ids=["as it stands", "moved since"]
)
def test_a_postponement_names_the_date_that_people_know_as_the_old_one(
    make_edition: Make, publish: Any, told: str
) -> None:
    before = publish(start=told, end=told.replace("15", "16"))
    edition = make_edition("postponement", before=before)
    parts = Composer(edition).message(person(timezone="Asia/Kolkata")).parts
    day = "Wednesday, 13" if "13T" in told else "Tuesday, 12"
    for said in (parts.text, re.sub("<[^>]*>", " ", parts.html or "")):
        assert f"Previously: {day} April 2022, 15:00–16:00 CEST (UTC+2)" in " ".join(said.split())
        assert said.count("Previously:") == 1
        assert "Date and time" not in said
        assert "Your time" not in said


def test_the_headers_are_those_that_bulk_mail_has(make_edition: Make, links: Mapping[str, str]) -> None:
    message = Composer(make_edition("reminder")).message(person(links=links), "2022-04-13T13:00:00Z")
    mail = parsed(message)
    assert mail["From"] == "Mayors Mechanism <events@example.org>"
    assert mail["To"] == "Ann <ann@example.org>"
    assert mail["Reply-To"] == "briefings@example.org"
    assert mail["Date"].datetime == datetime(2022, 4, 1, 8, 30, tzinfo=UTC)
    assert mail["Message-ID"] == f"<{message.key[:40]}@example.org>"
    assert mail["Content-Language"] == "en"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<imrf-2022.example.org>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    raw = message.content.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n ", " ")
    mailto = f"<mailto:leave@example.org?subject=unsubscribe%20{message.key}>"
    assert f"List-Unsubscribe: <{links['unsubscribe']}>, {mailto}\r\n" in f"{raw}\r\n"
    assert (message.sender, message.recipient) == ("bounces@example.org", "ann@example.org")


def test_a_long_address_to_unsubscribe_is_never_encoded(make_edition: Make) -> None:
    url = f"https://forms.example.org/u?t={'a' * 900}"
    message = Composer(make_edition("reminder")).message(person(links={"unsubscribe": url}))
    assert f"List-Unsubscribe: <{url}>,\r\n".encode() in message.content
    with pytest.raises(MailingError, match="too long"):
        Composer(make_edition("reminder")).message(person(links={"unsubscribe": url + "a" * 100}))


def test_one_click_is_offered_over_tls_alone(make_edition: Make) -> None:
    plain = person(links={"unsubscribe": "http://forms.example.org/u"})
    assert b"List-Unsubscribe-Post" not in Composer(make_edition("reminder")).message(plain).content


def test_what_everybody_has_to_get_is_no_list(make_edition: Make, links: Mapping[str, str]) -> None:
    for letter in ("confirmation", "cancellation", "postponement", "logistics", "request"):
        content = Composer(make_edition(letter)).message(person(links=links)).content
        assert b"\r\nList-" not in content


def test_who_may_see_the_room_is_told_it_and_nobody_else(make_edition: Make) -> None:
    shown = {}
    for access in Access:
        message = Composer(make_edition("reminder")).message(person(access=access))
        parts = message.parts
        everything = f"{parts.text}{parts.html}{(parts.calendar or b'').decode()}".replace("\r\n ", "")
        shown[access] = [ROOM in everything, SLIDES in everything]
    assert shown == {
        Access.PUBLIC: [False, False],
        Access.REGISTERED: [True, False],
        Access.PARTICIPANTS: [True, True],
    }


@pytest.mark.parametrize("letter", ["waitlist", "withdrawn", "request"])
def test_some_letters_show_the_room_to_nobody(make_edition: Make, letter: str) -> None:
    parts = Composer(make_edition(letter)).message(person(access=Access.PARTICIPANTS)).parts
    assert ROOM not in f"{parts.text}{parts.html}{parts.calendar!r}"


def test_access_follows_from_the_group() -> None:
    assert access_of(None) is access_of(AudienceGroup.WAITLISTED) is Access.PUBLIC
    assert access_of(AudienceGroup.REGISTERED) is access_of(AudienceGroup.ABSENT) is Access.REGISTERED
    assert access_of(AudienceGroup.PARTICIPANTS) is Access.PARTICIPANTS


@pytest.mark.parametrize("letter", Letter)
def test_no_link_of_ones_own_is_in_the_calendar(
    make_edition: Make, links: Mapping[str, str], letter: Letter
) -> None:
    edition = make_edition(letter.value, mailing={"calendar": "request", "text": {"en": "x"}})
    parts = Composer(edition).message(person(links=links)).parts
    assert parts.calendar is not None
    assert not any(url.encode() in parts.calendar.replace(b"\r\n ", b"") for url in links.values())


@pytest.mark.parametrize("letter", ["confirmation", "changed", "promoted", "waitlist", "reminder"])
def test_who_is_registered_can_edit_and_cancel(
    make_edition: Make, links: Mapping[str, str], letter: str
) -> None:
    parts = Composer(make_edition(letter)).message(person(links=links)).parts
    for name in ("edit", "cancel"):
        assert links[name] in parts.text
        assert links[name].replace("&", "&amp;") in (parts.html or "")
    assert links["confirm"] not in parts.text


def test_who_is_asked_to_speak_can_confirm_and_decline_and_sees_their_part(
    make_edition: Make, links: Mapping[str, str]
) -> None:
    parts = Composer(make_edition("request")).message(person(links=links, person="maulik")).parts
    assert links["confirm"] in parts.text
    assert links["decline"] in parts.text
    assert (
        "Your part\n---------\n\n- Wednesday, 13 April 2022, 15:05–15:30 CEST (UTC+2) – The road"
        in parts.text
    )


def test_who_is_asked_to_speak_need_not_register_and_is_on_no_list_of_contacts(make_edition: Make) -> None:
    asked = Composer(make_edition("request")).message(person(access=Access.PARTICIPANTS, person="maulik"))
    for said in (asked.parts.text, asked.parts.html or ""):
        assert "The address is sent to participants" in said
        assert "those who register" not in said
        assert "because you are asked to take part in this event." in " ".join(said.split())
        assert "list of contacts" not in said


@pytest.mark.parametrize(
    ("language", "fact", "link"),
    [
        ("en", "Contact: Sec", "Unsubscribe from these messages:\n"),
        ("fr", "Contact\xa0: Sec", "Ne plus recevoir ces messages\xa0:\n"),
        ("zh", "联系方式：Sec", "退订此类邮件：\n"),
    ],
)
def test_a_label_has_the_colon_of_its_language(
    make_edition: Make, publish: Any, links: Mapping[str, str], language: str, fact: str, link: str
) -> None:
    contact = {"name": "Sec", "email": "briefings@example.org"}
    shown = publish(languages=["en", "fr", "zh"], contact=contact)
    message = Composer(make_edition("reminder", publication=shown)).message(
        person(language=language, links=links)
    )
    assert f"\n{fact}" in message.parts.text
    assert f"\n{link}{links['unsubscribe']}\n" in message.parts.text


def test_speakers_get_the_run_of_show_the_room_and_the_pack(make_edition: Make) -> None:
    parts = Composer(make_edition("logistics")).message(person(access=Access.PARTICIPANTS)).parts
    assert "Run of show – CEST (UTC+2)" in parts.text
    assert {ROOM, SLIDES} <= set(parts.text.split())


def test_an_agenda_of_several_days_names_each(make_edition: Make, publish: Any) -> None:
    items = [
        {
            "key": f"item-{day}-{hour[:2]}",
            "title": {"en": f"Item {day} {hour}"},
            "day": f"2022-04-{day}",
            "start": hour,
        }
        for day, hour in ((13, "10:00"), (13, "11:00"), (14, "10:00"))
    ]
    days = publish(start="2022-04-13T09:00", end="2022-04-14T18:00", agenda=items, registration=None)
    parts = Composer(make_edition("reminder", publication=days)).message(person()).parts
    assert parts.text.count("Wednesday, 13 April 2022") == 2
    html = parts.html or ""
    assert re.findall(r'class="item"[^>]*>(?:<time[^>]*>)?([^<]*)', html) == [
        "Wednesday, 13 April 2022",
        "Item 13 10:00",
        "Item 13 11:00",
        "Thursday, 14 April 2022",
        "Item 14 10:00",
    ]


def test_a_link_to_unsubscribe_is_where_one_can(make_edition: Make, links: Mapping[str, str]) -> None:
    for letter, there in (("reminder", True), ("logistics", False), ("confirmation", False)):
        parts = Composer(make_edition(letter)).message(person(links=links)).parts
        assert (links["unsubscribe"] in parts.text, "Unsubscribe" in (parts.html or "")) == (there, there)


def test_a_follow_up_has_the_documents_of_its_language(make_edition: Make) -> None:
    for language, address in (("fr", "note-fr.pdf"), ("es", "note-es.pdf")):
        text = Composer(make_edition("follow-up")).message(person(language=language)).parts.text
        assert f"https://example.org/{address}" in text


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u3000"])
def test_a_space_that_belongs_to_a_title_stays_in_the_subject_the_names_and_the_calendar(
    make_edition: Make, publish: Any, space: str
) -> None:
    title = f"Les villes{space}: et après{space}?"
    letterhead = Letterhead("events@example.org", name=MultilingualText({"fr": f"Ville\n de{space}Z \t"}))
    shown = publish(languages=["fr"], title={"fr": title})
    said = {"subject": {"fr": f" Rappel{space}: \t«{space}villes{space}»\x85 "}}
    own = make_edition("reminder", publication=shown, letterhead=letterhead, mailing=said)
    message = Composer(own).message(person(language="fr", name=f"Ann{space}B"))
    mail = parsed(message)
    assert str(mail["Subject"]) == message.parts.subject == f"Rappel{space}: «{space}villes{space}»"
    assert mail["From"].addresses[0].display_name == f"Ville de{space}Z"
    assert mail["To"].addresses[0].display_name == f"Ann{space}B"
    confirmed = Composer(make_edition("confirmation", publication=shown)).message(person(language="fr"))
    assert str(event_of(confirmed)["SUMMARY"]) == title
    assert str(parsed(confirmed)["Subject"]).endswith(title)


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "In case you missed it: T en", "We missed you. Below is what there is to watch and to read."),
        ("fr", "Si vous n’avez pas pu y assister\u00a0: T fr", "Nous avons regretté votre absence."),
        ("ru", "Если вы не смогли участвовать: T ru", "Нам вас не хватало."),
        ("ar", "إذا فاتتكم الفعالية: T ar", "افتقدنا حضوركم."),
        ("zh", "如您未能参加：T zh", "很遗憾您未能参加。"),
    ],
)
def test_who_was_absent_is_missed_and_not_thanked_for_taking_part(
    make_edition: Make, publish: Any, language: str, subject: str, words: str
) -> None:
    titles = {tag: f"T {tag}" for tag in SHIPPED}
    shown = publish(languages=list(SHIPPED), title=titles)
    missed, thanked = (
        Composer(make_edition(letter, publication=shown)).message(person(language=language)).parts
        for letter in ("missed", "follow-up")
    )
    assert missed.subject == subject
    assert words in " ".join(missed.text.split())
    assert words in " ".join((missed.html or "").split())
    assert words not in " ".join(thanked.text.split())
    assert missed.text.split("\n\n")[2:] == thanked.text.split("\n\n")[2:]


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("America/New_York", "Your time: 09:00–10:00 EDT (UTC-4), New York"),
        ("Pacific/Auckland", "Your time: Thursday, 14 April 2022, 01:00–02:00 NZST (UTC+12), Auckland"),
        ("Europe/Paris", None),
        (None, None),
    ],
)
def test_ones_own_time_stands_beside_the_organisers_with_the_day_where_it_differs(
    make_edition: Make, zone: str | None, said: str | None
) -> None:
    parts = Composer(make_edition("reminder")).message(person(timezone=zone)).parts
    assert "Date and time: Wednesday, 13 April 2022, 15:00–16:00 CEST (UTC+2)" in parts.text
    lines = [line for line in parts.text.replace("\n  ", " ").split("\n") if line.startswith("Your time")]
    assert lines == ([said] if said else [])
    assert ("Your time" in (parts.html or "")) is (said is not None)


def test_whole_days_have_no_other_time(make_edition: Make, publish: Any) -> None:
    days = publish(start="2022-04-13", end="2022-04-14", agenda=None, registration=None)
    text = Composer(make_edition(publication=days)).message(person(timezone="Pacific/Auckland")).parts.text
    assert "Your time" not in text


@pytest.mark.parametrize("language", SHIPPED)
@pytest.mark.parametrize("letter", Letter)
def test_every_letter_is_written_in_every_language(
    make_edition: Make, publish: Any, links: Mapping[str, str], letter: Letter, language: str
) -> None:
    shown = publish(languages=list(SHIPPED), title={tag: f"T {tag}" for tag in SHIPPED})
    edition = make_edition(
        letter.value,
        publication=shown,
        mailing={"subject": {t: f"S {t}" for t in SHIPPED}} if letter is Letter.CUSTOM else {},
    )
    message = Composer(edition).message(person(language=language, links=links, timezone="Asia/Kolkata"))
    assert parsed(message)["Content-Language"] == language
    assert f" {language}" in message.parts.subject
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in (message.parts.html or "")
    if language != "en" and letter is not Letter.CUSTOM:
        english = Composer(edition).message(person(language="en", links=links)).parts
        assert message.parts.text.split("\n")[0] != english.text.split("\n")[0]
        assert message.parts.subject.partition(":")[0] != english.subject.partition(":")[0]


def test_a_missing_translation_is_refused_marked_or_left_out_as_the_mailing_says(
    make_edition: Make, publish: Any
) -> None:
    half = publish(background={"en": "Zqbackground"})
    french = person(language="fr")
    with pytest.raises(Unpublishable, match="background"):
        Composer(make_edition("invitation", publication=half, mailing={"fallback": "refuse"})).message(french)
    marked = Composer(make_edition("invitation", publication=half))
    html = marked.message(french).parts.html or ""
    prose = re.search(r'<div class="prose"[^>]*>', html)
    assert prose is not None
    assert 'lang="en"' in prose[0]
    assert "ne sont pas disponibles dans cette langue" in html
    assert marked.notices(french) == ("in French, what is not translated is shown in English",)
    omitted = Composer(make_edition("invitation", publication=half, mailing={"fallback": "omit"}))
    assert "Zqbackground" not in omitted.message(french).parts.text
    assert omitted.notices(french) == ("in French, what is not translated is left out: background",)
    assert omitted.notices(person()) == ()


def test_a_mailing_s_own_words_are_held_to_the_same_policy(make_edition: Make) -> None:
    own = {"subject": {"en": "Bring a coat"}, "text": {"en": "Zqcold."}}
    french = person(language="fr")
    with pytest.raises(
        Unpublishable, match=r"the mailing m is not complete in fr: subject, text are not translated"
    ):
        Composer(make_edition("custom", mailing={**own, "fallback": "refuse"})).message(french)
    marked = Composer(make_edition("custom", mailing=own))
    assert "Zqcold." in marked.message(french).parts.text
    assert marked.notices(french) == ("in French, what is not translated is shown in English",)
    omitted = Composer(make_edition("custom", mailing={**own, "fallback": "omit"})).message(french).parts
    assert (omitted.subject, "Zqcold" in omitted.text) == ("Bring a coat", False)


def test_the_keys_of_a_mailing_are_those_of_the_ledger() -> None:
    keys = message_keys("b", "m")
    for person_, occasion in (("ann@example.org", ""), ('"ü"@x.org', "2037\n"), ("\ud800", "\u2028")):
        assert keys(person_, occasion) == message_key("b", "m", person_, occasion)


def test_a_reader_of_no_language_that_there_is_gets_the_source(make_edition: Make) -> None:
    assert parsed(Composer(make_edition()).message(person(language="sw")))["Content-Language"] == "en"


def test_an_own_text_and_subject_stand_in_place_of_the_kinds(make_edition: Make) -> None:
    own = {"subject": {"en": "Bring a coat"}, "text": {"en": "It is **cold**.", "fr": "Il fait froid."}}
    parts = Composer(make_edition("custom", mailing=own)).message(person()).parts
    assert parts.subject == "Bring a coat"
    assert "It is cold." in parts.text
    assert "<strong>cold</strong>" in (parts.html or "")


def test_keys_differ_by_mailing_person_and_occasion_and_by_nothing_else(make_edition: Make) -> None:
    def key(occasion: str = "", mailing: str = "m", **fields: Any) -> str:
        return Composer(make_edition(mailing={"key": mailing})).message(person(**fields), occasion).key

    assert key() == key(name="Bob", language="fr") == key(address="ANN@Example.org")
    assert len({key(), key("a"), key(mailing="n"), key(address="bob@example.org")}) == 4


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "ann@",
        "@x.org",
        "a b\r\nBcc: x@y.org",
        "a@b\r\n.org",
        '"a"@x.org (c)',
        "a@" + "b" * 300 + ".org",
        "a" * 65 + "@x.org",
        "a@x..org",
        "\ud800@x.org",
        "a@b@\n",
    ],
)
def test_what_is_no_address_is_refused_and_harms_nobody_else(make_edition: Make, address: str) -> None:
    composer = Composer(make_edition())
    with pytest.raises(MailingError, match="address"):
        composer.message(person(address=address))
    assert composer.message(person()).recipient == "ann@example.org"


@pytest.mark.parametrize(
    ("address", "wire", "utf8"),
    [
        ("ann@bücher.example", "ann@xn--bcher-kva.example", False),
        ("jörg@bücher.example", "jörg@xn--bcher-kva.example", True),
        ("ليلى@مثال.example", "ليلى@xn--mgbh0fb.example", True),
        ("a..b@docomo.example", '"a..b"@docomo.example', False),
    ],
)
def test_internationalised_addresses_are_written_as_servers_take_them(
    make_edition: Make, address: str, wire: str, utf8: Any
) -> None:
    message = Composer(make_edition(mailing={"calendar": "request"})).message(person(address=address))
    assert (message.recipient, message.smtputf8, message.eightbit) == (wire, utf8, utf8)
    assert f"To: Ann <{wire}>\r\n".encode() in message.content
    assert message.content.isascii() is not utf8
    assert message.parts.recipient.address == wire


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://x.org/ b",
        "https://x.org/\r\nBcc: y",
        "https://x.org/<",
        "ftp://x.org",
        "https://é.org",
    ],
)
def test_a_link_that_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(MailingError, match="edit"):
        person(links={"edit": url})


def test_a_briefing_without_a_namespace_is_not_written_about(make_edition: Make, publish: Any) -> None:
    with pytest.raises(MailingError, match="namespace"):
        make_edition(publication=publish(namespace=None))


def test_an_event_without_a_contact_is_organised_by_the_sender(make_edition: Make, publish: Any) -> None:
    letterhead = Letterhead("events@example.org")
    edition = make_edition(
        "cancellation", publication=publish(contact=None, accessibility=None), letterhead=letterhead
    )
    message = Composer(edition).message(person())
    assert event_of(message)["ORGANIZER"] == "mailto:events@example.org"
    assert message.parts.reply_to is None
    assert message.sender == "events@example.org"


def test_a_bulk_mail_that_nobody_can_leave_is_noticed(make_edition: Make) -> None:
    composer = Composer(make_edition("reminder", letterhead=Letterhead("events@example.org")))
    assert composer.notices(person()) == (
        "there is no way to unsubscribe: give recipients a link, or the letterhead an address",
    )


def test_a_preview_is_the_mail_as_text_file_and_page(make_edition: Make, links: Mapping[str, str]) -> None:
    shown = preview(Composer(make_edition("confirmation")), person(links=links))
    assert shown.eml == shown.message.content
    assert shown.html == shown.message.parts.html
    lines = shown.text.split("\n")
    assert lines[:4] == [
        "From: Mayors Mechanism <events@example.org>",
        "To: Ann <ann@example.org>",
        "Reply-To: briefings@example.org",
        "Subject: Your registration: Briefing on the road to the International Migration Review Forum (IMRF)",
    ]
    assert any(line.startswith("Attached: invite.ics (PUBLISH, ") for line in lines)
    assert "Dear Ann," in lines


def test_the_time_of_planning_is_the_date_and_not_the_time_of_sending(make_edition: Make) -> None:
    later = make_edition(at=datetime(2022, 4, 2, tzinfo=UTC))
    one, other = (
        Composer(edition).message(person()).parts.headers["Date"] for edition in (make_edition(), later)
    )
    assert (one, other) == ("Fri, 01 Apr 2022 08:30:00 +0000", "Sat, 02 Apr 2022 00:00:00 +0000")
    assert timedelta() < later.at - make_edition().at
