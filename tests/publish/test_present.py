import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefingkit.publish import Applied, Change, Drift, Progress, Remote, Resource
from briefingkit.publish.context import OutputKey, pending
from briefingkit.publish.fields import FieldChange, field_changes, hand_edits
from briefingkit.publish.order import order_changes
from briefingkit.publish.plan import Notice, Plan, TargetPlan
from briefingkit.publish.present import plan_to_json, present
from briefingkit.publish.words import visible, word_changes

AT = datetime(2022, 3, 21, 9, tzinfo=UTC)


def resource(**fields: object) -> Resource:
    return Resource("event", "imrf", "imrf-2022", fields)


def remote(**fields: object) -> Remote:
    return Remote(resource(**fields), "id", ours=True)


def plan_of(*changes: Change, notices: tuple[Notice, ...] = (), error: str | None = None) -> Plan:
    planned = TargetPlan("calendar", order_changes(changes, ()), notices, wanted=3, error=error)
    return Plan("cities.example", AT, (), (planned,))


def lines(*changes: Change) -> list[str]:
    return [str(line) for line in present(plan_of(*changes))]


def test_an_update_is_shown_field_by_field_and_language_by_language() -> None:
    wanted = resource(title={"en": "The road", "fr": "La route"}, start="2022-04-13T16:00", room=None)
    held = remote(
        title={"en": "The road", "fr": "Le chemin"}, start="2022-04-13T15:00", room="https://x.example"
    )
    assert lines(Change(wanted, held)) == [
        "calendar",
        "  ~ event imrf  2022-04-13T16:00",
        "    title.fr: Le chemin → La route",
        "    start: 2022-04-13T15:00 → 2022-04-13T16:00",
        "    room: https://x.example → nothing",
        "Plan: 1 to update.",
    ]


def test_an_event_is_known_by_its_moment_and_zone_where_these_stand_together() -> None:
    start = {"dateTime": "2022-04-13T15:00:00", "timeZone": "Europe/Brussels"}
    assert "  + event imrf  The road · 2022-04-13T15:00:00 Europe/Brussels (3 fields)" in lines(
        Change(resource(summary="The road", start=start))
    )


def test_an_address_to_come_is_known_after_apply() -> None:
    text = f"Join at {pending(OutputKey('calendar', 'imrf-2022', 'room'))}"
    assert "    room: known after apply" in lines(Change(resource(room=text)))
    assert "    room: Join at nowhere → known after apply" in lines(
        Change(resource(room=text), remote(room="Join at nowhere"))
    )


def test_drift_is_shown_beside_what_would_be_written() -> None:
    change = Change(
        resource(title="One"), remote(title="Mine"), Applied(resource(title="One"), {"title": "One"}, "id")
    )
    assert lines(change) == [
        "calendar",
        "  ~ event imrf  One",
        "    ! title changed at the target: choose to restore or to keep it",
        "    changed at the target: title: One → Mine",
        "    title: Mine → One",
        "Plan: 1 to update, 1 of them refused.",
    ]


def test_a_removal_by_hand_and_a_missing_answer_are_said() -> None:
    gone = Change(resource(a="1"), None, Applied(resource(a="1"), {"a": "1"}, "id"))
    assert "  + event imrf (1 field) (it was removed at the target)" in lines(gone)
    unknown = Change(resource(a="1"), remote(a="2"), Applied(resource(a="1"), progress=Progress.UNKNOWN))
    assert "  ~ event imrf (the last run had no answer)" in lines(unknown)


def test_a_deletion_names_what_goes_and_not_all_that_it_holds() -> None:
    assert lines(Change(None, remote(a="1"))) == ["calendar", "  - event imrf", "Plan: 1 to delete."]


def test_what_is_new_is_told_by_its_title_and_its_time_unless_all_is_asked_for() -> None:
    change = Change(resource(title="The road", start="2022-04-13T15:00", timezone="Europe/Brussels", a="1"))
    assert lines(change)[1:-1] == ["  + event imrf  The road · 2022-04-13T15:00 Europe/Brussels (4 fields)"]
    assert "    a: 1" in [str(line) for line in present(plan_of(change), full=True)]


def test_a_digest_that_changes_with_the_rest_is_counted() -> None:
    shown = lines(Change(resource(a="1 a", page="0" * 32), remote(a="1 b", page="1" * 32)))
    assert shown[2:-1] == ["    a: 1 [-b-]{+a+}", "    … and 1 digest"]


def test_nothing_to_do_is_one_line() -> None:
    assert [str(line) for line in present(plan_of())] == ["Nothing to do: 3 resources in step."]


def test_what_is_kept_from_now_on_is_shown_before_it_is_written_down() -> None:
    was, now = remote(place="Online", a="1"), remote(place="Room 5", a="1")
    last = Applied(was.resource, was.resource.fields, was.id)
    kept = Change(was.resource, now, last, Drift.KEEP)
    gone = Change(was.resource, None, last, Drift.KEEP)
    assert lines(kept) == [
        "calendar",
        "  · event imrf (what was changed at the target is kept)",
        "    changed at the target: place: Online → Room 5",
        "Nothing to do: 3 resources in step; 1 resource kept as changed at the target.",
    ]
    assert "  · event imrf (it was removed at the target, and stays so)" in lines(gone)
    (told,) = plan_to_json(plan_of(kept))["targets"]
    assert [each["drift"][0]["after"] for each in told["kept"]] == ["Room 5"]
    assert told["changes"] == []


def test_notices_and_unreadable_targets_are_said() -> None:
    notice = Notice(resource().identity, "imrf-2022", "a form cannot hold the waiting list")
    assert "  ! event imrf: a form cannot hold the waiting list" in map(
        str, present(plan_of(notices=(notice,)))
    )
    told = [str(line) for line in present(plan_of(error="no access"))]
    assert told[1:] == ["  cannot be read: no access", "Plan: nothing to change, 1 unreadable target."]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "‹U+001B›[31mred"),
        ("a\u202eb", "a‹U+202E›b"),
        ("a\nb\tc\r", "a⏎b⇥c␍"),
        ("\u2066x\u2069\ufeff\x00\x9b", "‹U+2066›x‹U+2069›‹U+FEFF›‹U+0000›‹U+009B›"),
        ("\ud800", "‹U+D800›"),
        ("Séance — مرحبا 会议 🎉", "Séance — مرحبا 会议 🎉"),
        ("می‌خواهم", "می‌خواهم"),
    ],
)
def test_what_acts_on_a_terminal_is_shown_by_its_number(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(
    st.text(alphabet=st.characters(), max_size=200),
    st.text(alphabet=st.characters(), max_size=200),
    st.text(min_size=1),
)
def test_no_text_can_act_on_the_terminal(before: str, after: str, name: str) -> None:
    update = Change(resource(**{f"x{name}": after}), remote(**{f"x{name}": before}))
    for line in present(plan_of(update)):
        assert not {"\x1b", "\x9b", "\n", "\r", "\u202e", "\u2066", "\x00", "\x07", "\x08"} & set(str(line))


def test_in_a_long_text_only_what_changed_is_shown() -> None:
    text = "The cities of the world meet to speak of migration and of the road ahead. " * 20
    (line,) = [
        each
        for each in lines(Change(resource(body=f"{text}Soon. {text}"), remote(body=f"{text}Late. {text}")))
        if "body" in each
    ]
    assert "[-Late-]{+Soon+}" in line
    assert len(line) < 150


def test_in_a_page_whose_lines_changed_here_and_there_only_the_words_that_changed_are_shown() -> None:
    rows = [f'<td style="color: #55606e;">{hour}:00</td><td>Item {hour}</td>\n' for hour in range(10, 99)]
    before = "".join(rows)
    after = before.replace(">11:00<", ">11:30<").replace(">97:00<", ">97:30<")
    parts = word_changes(before, after)
    assert parts is not None
    assert [text for part, text in parts if part != "same"] == ["[-00-]", "{+30+}"] * 2
    assert sum(len(text) for _, text in parts) < 200


@given(st.text(max_size=300), st.text(max_size=300))
def test_both_texts_can_be_told_from_the_words_that_changed(before: str, after: str) -> None:
    parts = word_changes(before, after)
    if parts is None or "…" in "".join(text for _, text in parts):
        return
    old = "".join(text if part == "same" else text[2:-2] for part, text in parts if part != "new")
    new = "".join(text if part == "same" else text[2:-2] for part, text in parts if part != "gone")
    assert (old, new) == (visible(before), visible(after))


@pytest.mark.parametrize("unit", ["word ", "a line of words\n", "x"])
def test_two_long_texts_are_compared_in_bounded_time(unit: str) -> None:
    before = unit * (100_000 // len(unit))
    begun = time.perf_counter()
    parts = word_changes(before, before[: len(before) // 2] + "other" + before[len(before) // 2 :] + "more")
    assert time.perf_counter() - begun < 2
    assert parts is None or sum(len(text) for _, text in parts) < 2_000


def test_lists_are_compared_by_number_and_values_in_their_order() -> None:
    change = Change(resource(links=("a", "b"), n=2, on=True), remote(links=("a",), n=1, on=None))
    assert list(field_changes(change)) == [
        FieldChange(("links", "2"), None, "b"),
        FieldChange(("n",), 1, 2),
        FieldChange(("on",), None, True),
    ]


def test_a_field_that_is_kept_is_not_shown_as_a_change() -> None:
    last = Applied(resource(a="1", b="1"), {"a": "1", "b": "1"}, "id")
    change = Change(resource(a="1", b="2"), remote(a="mine", b="1"), last, Drift.KEEP)
    assert [edit.path for edit in field_changes(change)] == [("b",)]
    assert [edit.path for edit in hand_edits(change)] == [("a",)]
    assert "  ~ event imrf (what was changed at the target is kept)" in lines(change)


def test_a_plan_does_not_tell_who_is_invited() -> None:
    change = Change(
        resource(attendees=("maria@private.example",)),
        remote(attendees=("john@private.example", "x@y.example")),
    )
    assert list(field_changes(change)) == [
        FieldChange(("attendees", "1"), "j…@private.example", "m…@private.example"),
        FieldChange(("attendees", "2"), "x…@y.example", None),
    ]
    for told in ("\n".join(lines(change)), json.dumps(plan_to_json(plan_of(change)), ensure_ascii=False)):
        assert "m…@private.example" in told
        assert "maria" not in told
        assert "john" not in told
    last = Applied(change.wanted or resource(), {"attendees": ("lost@private.example",)})
    assert "private.example" not in repr(Change(change.wanted, change.held, last))


def test_a_plan_as_data_says_the_same() -> None:
    marker = pending(OutputKey("rooms", "imrf-2022", "room"))
    data = plan_to_json(plan_of(Change(resource(title="b", room=marker), remote(title="a"))))
    assert json.loads(json.dumps(data)) == data
    assert data["counts"] == {"create": 0, "update": 1, "delete": 0, "nothing": 2}
    (change,) = data["targets"][0]["changes"]
    assert change["action"] == "update"
    assert change["fields"] == [
        {"path": ["title"], "before": "a", "after": "b", "pending": False},
        {"path": ["room"], "before": None, "after": None, "pending": True},
    ]
