"""A plan as people read it: lines of styled spans that the command line colours, and the same as data.

Whatever comes from a briefing or from a target is shown with its control characters and direction overrides made
visible, so that nothing in it can move the cursor, colour the terminal or turn a line around.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from attrs import frozen

from briefingkit.publish.change import Action, Change, Drift
from briefingkit.publish.codec import encode
from briefingkit.publish.context import is_pending
from briefingkit.publish.fields import FieldChange, field_changes, hand_edits
from briefingkit.publish.plan import Plan, TargetPlan
from briefingkit.publish.resource import Resource, Value
from briefingkit.publish.words import Part, shortened, visible, word_changes

__all__ = ["Line", "Span", "Style", "plan_to_json", "present"]

Style: TypeAlias = Literal["add", "remove", "change", "notice", "heading", "dim", "drift", "plain"]

_SIGNS: dict[Action, tuple[str, Style]] = {
    Action.CREATE: ("+", "add"),
    Action.UPDATE: ("~", "change"),
    Action.DELETE: ("-", "remove"),
    Action.NOTHING: ("·", "dim"),
}
_DIGEST = re.compile(r"[0-9a-f]{16,64}")
_UNKNOWN = "known after apply"
_PARTS: dict[Part, Style] = {"same": "plain", "gone": "remove", "new": "add"}


@frozen
class Span:
    """A piece of a line, in one style."""

    style: Style
    text: str


@frozen
class Line:
    """A line of a plan; `str` is its text without styles, two spaces for each level of `indent`."""

    spans: tuple[Span, ...]
    indent: int = 0

    def __str__(self) -> str:
        return "  " * self.indent + "".join(span.text for span in self.spans)


def present(plan: Plan, *, full: bool = False) -> Iterator[Line]:
    """Give the lines of a plan: targets, their resources, the fields of each, then what it comes to.

    What is new is told by what a person knows it by (its title and its time), and fields that hold nothing but the
    digest of something else are counted; with `full` every field of everything is there.
    """
    for planned in plan.targets:
        yield from _target(planned, full=full)
    for refusal in plan.refusals:
        yield _line(0, ("drift", "refused: "), ("plain", visible(refusal)))
    yield _summary(plan)


def _line(indent: int, *spans: tuple[Style, str]) -> Line:
    return Line(tuple(Span(style, text) for style, text in spans if text), indent)


def _target(planned: TargetPlan, *, full: bool) -> Iterator[Line]:
    if not (planned.pending or planned.kept or planned.notices or planned.error):
        return
    yield _line(0, ("heading", visible(planned.target)))
    if planned.error is not None:
        yield _line(1, ("drift", "cannot be read: "), ("plain", visible(planned.error)))
    for change in (*planned.pending, *planned.kept):
        yield from _change(change, full=full)
    for notice in planned.notices:
        yield _line(1, ("notice", f"! {visible(str(notice.identity))}: "), ("plain", visible(notice.text)))


def _change(change: Change, *, full: bool) -> Iterator[Line]:
    sign, style = _SIGNS[change.action]
    short = change.action is Action.CREATE and not full
    edits = tuple(field_changes(change))
    size = f" ({len(edits)} field{'' if len(edits) == 1 else 's'})" if short else ""
    about = f"{size}{_about(change)}"
    identity = f"{sign} {visible(str(change.identity))}"
    yield _line(1, (style, identity), ("plain", _known_as(change.subject)), ("dim", about))
    if change.refusal is not None:
        yield _line(2, ("drift", f"! {visible(change.refusal)}"))
    for edit in hand_edits(change):
        yield _field(edit, "drift", "changed at the target: ")
    if change.action is Action.DELETE:
        return
    shown = [edit for edit in edits if full or not _goes_without_saying(edit, new=short)]
    for edit in shown:
        yield _field(edit, style, "")
    if len(shown) < len(edits) and not short:
        rest = len(edits) - len(shown)
        yield _line(2, ("dim", "… and 1 digest" if rest == 1 else f"… and {rest} digests"))


def _known_as(resource: Resource) -> str:
    """Say what a person knows a thing by: its title and its time with the zone, as targets call these fields."""
    fields = resource.fields
    start, zone = fields.get("start"), fields.get("timezone")
    if isinstance(start, Mapping):  # a moment and its zone together, as calendars have it
        start = " ".join(part for part in start.values() if isinstance(part, str))
    words = [fields.get("title") or fields.get("summary") or fields.get("name"), start]
    said = " · ".join(shortened(word) for word in words if isinstance(word, str) and not is_pending(word))
    return f"  {said}{f' {visible(zone)}' if said and isinstance(zone, str) else ''}" if said else ""


def _goes_without_saying(edit: FieldChange, *, new: bool) -> bool:
    if is_pending(edit.after):
        return False
    return new or all(isinstance(one, str) and _DIGEST.fullmatch(one) for one in (edit.before, edit.after))


def _about(change: Change) -> str:
    words = []
    if change.action is Action.CREATE and change.removed:
        words.append("it was removed at the target")
    if change.uncertain:
        words.append("the last run had no answer")
    if change.drifted and change.policy is Drift.KEEP:
        words.append("what was changed at the target is kept")
    if change.removed and change.action is Action.NOTHING:
        words.append("it was removed at the target, and stays so")
    return f" ({'; '.join(words)})" if words else ""


def _field(edit: FieldChange, style: Style, lead: str) -> Line:
    name: tuple[Style, str] = (style, f"{lead}{visible('.'.join(edit.path))}: ")
    if edit.before is None:
        return _line(2, name, (_style_of(edit.after, "add"), _show(edit.after)))
    if edit.after is None:
        return _line(2, name, ("remove", _show(edit.before)), ("plain", " → "), ("dim", "nothing"))
    if isinstance(edit.before, str) and isinstance(edit.after, str) and not is_pending(edit.after):
        parts = word_changes(edit.before, edit.after)
        if parts is not None:
            return _line(2, name, *((_PARTS[part], text) for part, text in parts))
    after = (_style_of(edit.after, "add"), _show(edit.after))
    return _line(2, name, ("remove", _show(edit.before)), ("plain", " → "), after)


def _style_of(value: Value, otherwise: Style) -> Style:
    return "dim" if is_pending(value) else otherwise


def _show(value: Value) -> str:
    if is_pending(value):
        return _UNKNOWN
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shortened(value if isinstance(value, str) else encode(value))


def _summary(plan: Plan) -> Line:
    if plan.is_empty:
        kept = sum(len(planned.kept) for planned in plan.targets)
        left = f"; {_resources(kept)} kept as changed at the target" if kept else ""
        return _line(0, ("dim", f"Nothing to do: {_resources(plan.counts[Action.NOTHING])} in step{left}."))
    counts = plan.counts
    words = ", ".join(
        f"{counts[action]} to {action.value}"
        for action in (Action.CREATE, Action.UPDATE, Action.DELETE)
        if counts[action]
    )
    stopped = sum(1 for planned in plan.targets for change in planned.pending if change.refusal)
    unread = sum(1 for planned in plan.targets if planned.error)
    more = [f"{stopped} of them refused"] if stopped else []
    more += [f"{unread} unreadable target{'s' if unread > 1 else ''}"] if unread else []
    return _line(0, ("heading", f"Plan: {', '.join([words or 'nothing to change', *more])}."))


def _resources(number: int) -> str:
    return "1 resource" if number == 1 else f"{number} resources"


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """Give a plan as data for `--json`: what a job needs to act on it, with the same changes as `present` shows."""
    return {
        "at": plan.at.isoformat(),
        "empty": plan.is_empty,
        "counts": dict(plan.counts),
        "refusals": list(plan.refusals),
        "publications": [
            {"briefing": each.briefing.identifier, "revision": each.revision, "at": each.at.isoformat()}
            for each in plan.planned
        ],
        "targets": [
            {
                "target": planned.target,
                "error": planned.error,
                "counts": {action.value: number for action, number in planned.counts.items()},
                "changes": [_change_to_json(change) for change in planned.pending],
                "kept": [_change_to_json(change) for change in planned.kept],
                "notices": [
                    {
                        "kind": each.identity.kind,
                        "key": each.identity.key,
                        "owner": each.owner,
                        "text": each.text,
                    }
                    for each in planned.notices
                ],
            }
            for planned in plan.targets
        ],
    }


def _change_to_json(change: Change) -> dict[str, Any]:
    return {
        "action": change.action.value,
        "kind": change.identity.kind,
        "key": change.identity.key,
        "owner": change.owner,
        "refusal": change.refusal,
        "removed": change.removed,
        "uncertain": change.uncertain,
        "fields": _fields_to_json(field_changes(change)),
        "drift": _fields_to_json(hand_edits(change)),
    }


def _fields_to_json(edits: Iterable[FieldChange]) -> Sequence[dict[str, Any]]:
    return [
        {
            "path": list(edit.path),
            "before": edit.before,
            "after": None if is_pending(edit.after) else edit.after,
            "pending": is_pending(edit.after),
        }
        for edit in edits
    ]
