"""The methods of `forms.responses`: what was answered.

Source: the descriptions of these methods and of FormResponse in the discovery document. Our reading: the time in a
filter is that of the last submission, a list is in the order in which responses first came, and a page is never
larger than 5000.
"""

import re
from datetime import datetime
from typing import Any

from briefingkit.testing.google.call import Answer, Call
from briefingkit.testing.google.forms.items import bad
from briefingkit.testing.google.forms.methods import find_form
from briefingkit.testing.google.forms.world import FormsWorld
from briefingkit.testing.google.refusal import Refusal

__all__ = ["RULES"]

_LARGEST = 5000
_FILTER = re.compile(r"\s*timestamp\s*(>=|>)\s*(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)\s*\Z")


def _list(world: FormsWorld, call: Call) -> Answer:
    form = find_form(world, call)
    wanted = call.query.get("filter")
    bound = _bound(wanted) if wanted else None
    found = [name for name, each in form.responses.items() if bound is None or _after(each, *bound)]
    query = (call.method.id, form.id, call.caller.email, wanted)
    size = call.query.get("pageSize") or _LARGEST
    left = world.pages.begin_or_go_on(call.query.get("pageToken"), query, found)
    page, token = world.pages.cut(left, min(size, _LARGEST), query)
    shown = [_without_form(form.responses[name]) for name in page if name in form.responses]
    return Answer({**({"responses": shown} if shown else {}), **token})


def _without_form(response: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in response.items() if name != "formId"}


def _bound(text: str) -> tuple[str, str]:
    found = _FILTER.match(text)
    if found is None:
        raise bad(f"Invalid filter: {text!r}.")
    try:
        datetime.fromisoformat(found[2][:19])
    except ValueError:
        raise bad(f"Invalid filter: {text!r}.") from None
    return found[1], _padded(found[2])


def _padded(stamp: str) -> str:
    """Write a UTC stamp with nine digits, so that stamps compare as texts: Python's clocks have six only."""
    whole, _, digits = stamp.removesuffix("Z").partition(".")
    return f"{whole}.{digits:0<9}"


def _after(response: dict[str, Any], operator: str, bound: str) -> bool:
    at = _padded(response["lastSubmittedTime"])
    return at > bound or (operator == ">=" and at == bound)


def _get(world: FormsWorld, call: Call) -> Answer:
    form = find_form(world, call)
    response = form.responses.get(call.path["responseId"])
    if response is None:
        raise Refusal(404, "notFound", "Requested entity was not found.")
    return Answer(response)


RULES = {"forms.forms.responses.list": _list, "forms.forms.responses.get": _get}
