"""Brevo: a draft is a campaign of the type `classic` that has no time to be sent at.

Requests and fields: developers.brevo.com/reference/create-email-campaign and its neighbours; the template language:
help.brevo.com articles 4402386448530 (variables) and 360001030599 (conditions).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.publish import Fields
from briefingkit.text.language import by_canonical_tag
from briefingkit.web_api.line import Lost
from briefingkit_campaigns.identity import DRAFT
from briefingkit_campaigns.line import Line
from briefingkit_campaigns.service import Held, Terms, lines_of, paged, state_of, within
from briefingkit_campaigns.target import CampaignTarget, check_tag
from briefingkit_campaigns.wording import Tags

__all__ = ["BrevoAudience", "BrevoCampaigns"]

_ROOT: Final = "https://api.brevo.com/v3"
_PAGE: Final = 100
"""Campaigns of one page, with what they say: requests are scarce (developers.brevo.com/docs/api-limits)."""
_STATES: Final = {
    "draft": DRAFT,
    "queued": "scheduled",
    "in_process": "being sent",
    "sent": "sent",
    "suspended": "suspended",
    "archive": "archived",
}
_OPENING: Final = re.compile(r"\{(?=[{%#])")
_NO_TEXT: Final = "Brevo makes the plain text out of the HTML itself"
_ADVICE: Final = "Look at api_key, which is one of version 3, and at the account itself"


def _ascending(lists: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(lists)))


@frozen
class BrevoAudience:
    """Whom a campaign goes to: lists of contacts, by their numbers."""

    lists: tuple[int, ...] = field(converter=_ascending)

    def __attrs_post_init__(self) -> None:
        if not self.lists or self.lists[0] < 1:
            raise ModelError("give the numbers of one list or more", field="lists")


@frozen
class BrevoCampaigns(CampaignTarget):
    """Keep a draft campaign for each briefing and language at Brevo, for a person to send.

    `audiences` are by language, and a language without one has no campaign. `first_name` is the attribute of contacts'
    names. The rest is as for every such target.
    """

    audiences: Mapping[str, BrevoAudience] = field(converter=by_canonical_tag, hash=False)
    first_name: str = field(default="FIRSTNAME", validator=check_tag)

    @property
    def _service(self) -> "_Brevo":
        root = (self.base_url or _ROOT).rstrip("/")
        headers = {"api-key": self.api_key}
        line = Line("Brevo", root, headers, (self.api_key,), _ADVICE, self.timeout, self.sleep)
        return _Brevo(line, self.letterhead.reply_to or self.letterhead.address)

    @property
    def _terms(self) -> Terms:
        return self._terms_of(
            {tag: {"lists": each.lists} for tag, each in self.audiences.items()},
            Tags(
                name=f"{{{{ contact.{self.first_name} }}}}",
                unsubscribe="{{ unsubscribe }}",
                named=f"{{% if contact.{self.first_name} %}}",
                otherwise="{% else %}",
                end="{% endif %}",
                opening=_OPENING,
            ),
            has_text=False,
            lacks=(_NO_TEXT,),
        )


@frozen
class _Brevo:
    """The calls."""

    line: Line
    reply_to: str

    def campaigns(self) -> Iterator[Held]:
        return paged(self._page, _held)

    def _page(self, offset: int) -> tuple[Sequence[Any], Any]:
        page = self.line.ask(
            "GET",
            "/emailCampaigns",
            query={"type": "classic", "limit": _PAGE, "offset": offset, "sort": "asc"},
        )
        # An account that has none is told so without a list.
        listed = page.get("campaigns", []) if isinstance(page, dict) else None
        if not isinstance(listed, list):
            raise Lost("Brevo gives a listing that cannot be read")
        return listed, page.get("count")

    def get(self, campaign: str) -> Held:
        return _held(self.line.ask("GET", f"/emailCampaigns/{campaign}"))

    def fields(self, held: Held) -> Fields:
        sender, recipients = within(held.told, "sender"), within(held.told, "recipients")
        audience: dict[str, Any] = {"lists": _numbers(recipients, "lists")}
        left_out = _numbers(recipients, "exclusionLists")
        if left_out:
            audience["without"] = left_out
        return {
            "title": held.title,
            "subject": str(held.told.get("subject") or ""),
            "sender": str(sender.get("name") or ""),
            "address": str(sender.get("email") or ""),
            "audience": audience,
            "text": None,
            "html": lines_of(str(held.told.get("htmlContent") or "")),
            "state": held.state,
        }

    def create(self, fields: Fields) -> str:
        answer = self.line.ask("POST", "/emailCampaigns", body=self._body(fields), once=True)
        number = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(number, int):
            raise Lost("Brevo does not say which campaign it has made")
        return str(number)

    def update(self, campaign: str, fields: Fields) -> None:
        self.line.ask("PUT", f"/emailCampaigns/{campaign}", body=self._body(fields))

    def delete(self, campaign: str) -> None:
        self.line.ask("DELETE", f"/emailCampaigns/{campaign}")

    def _body(self, fields: Fields) -> dict[str, Any]:
        audience = fields["audience"]
        told = audience if isinstance(audience, Mapping) else {}
        lists = told.get("lists")
        return {
            "name": fields["title"],
            "subject": fields["subject"],
            "sender": {"name": fields["sender"], "email": fields["address"]},
            "replyTo": self.reply_to,
            "htmlContent": fields["html"],
            "recipients": {
                "listIds": list(lists) if isinstance(lists, tuple) else [],
                "exclusionListIds": [],
            },
        }


def _held(raw: Any) -> Held:
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), int):
        raise Lost("Brevo gives a campaign that cannot be read")
    state = state_of(str(raw.get("status")), _STATES, raw.get("sentDate") or raw.get("scheduledAt"))
    return Held(str(raw["id"]), str(raw.get("name") or ""), state, raw)


def _numbers(raw: Mapping[str, Any], name: str) -> tuple[int, ...]:
    found = raw.get(name)
    return _ascending(one for one in found if isinstance(one, int)) if isinstance(found, list) else ()
