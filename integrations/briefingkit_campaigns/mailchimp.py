"""Mailchimp: a draft is a regular campaign whose status is `save`.

Requests and fields: mailchimp.com/developer/marketing/api/campaigns and …/campaign-content; the merge tags:
mailchimp.com/help/all-the-merge-tags-cheat-sheet and …/use-conditional-merge-tag-blocks.
"""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen
from attrs.validators import ge, optional

from briefingkit.errors import ModelError
from briefingkit.publish import Fields
from briefingkit.text.language import by_canonical_tag
from briefingkit.web_api.line import Lost
from briefingkit_campaigns.identity import DRAFT
from briefingkit_campaigns.line import Busy, Denied, Line, Missing, Wrong
from briefingkit_campaigns.service import Held, Terms, lines_of, paged, state_of, within
from briefingkit_campaigns.target import CampaignTarget, check_tag
from briefingkit_campaigns.wording import Tags

__all__ = ["MailchimpAudience", "MailchimpCampaigns"]

_PAGE: Final = 1000
"""Campaigns of one page: the most that Mailchimp gives."""
_DATACENTER: Final = re.compile(r".+-([a-z]{2,4}[0-9]{1,3})")
"""A key ends with the data centre that it is for (mailchimp.com/developer/marketing/docs/fundamentals)."""
_STATES: Final = {
    "save": DRAFT,
    "schedule": "scheduled",
    "sending": "being sent",
    "sent": "sent",
    "paused": "paused",
}
_OPENING: Final = re.compile(r"\*(?=\|)")
_NO_REPLY_TO: Final = (
    "Mailchimp sends from the address that answers go to: the letterhead's reply_to is not used"
)
_ADVICE: Final = "Look at api_key, which is of the account and data centre, and at the account itself"


@frozen
class MailchimpAudience:
    """Whom a campaign goes to: an audience (Mailchimp's word for a list) by its id, or a saved segment or tag of it."""

    list: str
    segment: int | None = field(default=None, validator=optional(ge(1)))

    def __attrs_post_init__(self) -> None:
        if not self.list.isalnum() or not self.list.isascii():
            raise ModelError("the id of an audience is letters and digits", field="list")


@frozen
class MailchimpCampaigns(CampaignTarget):
    """Keep a draft campaign for each briefing and language at Mailchimp, for a person to send.

    `audiences` are by language, and a language without one has no campaign. `first_name` is the merge tag of contacts'
    names. The letterhead's address is the one that answers go to as well. The rest is as for every such target.
    """

    audiences: Mapping[str, MailchimpAudience] = field(converter=by_canonical_tag, hash=False)
    first_name: str = field(default="FNAME", validator=check_tag)

    def __attrs_post_init__(self) -> None:
        """Refuse a key that does not say where it is for."""
        if self.base_url is None and _DATACENTER.fullmatch(self.api_key) is None:
            raise ModelError(
                "a key of Mailchimp ends with its data centre, such as -us6: is it whole?", field="api_key"
            )

    @property
    def _service(self) -> "_Mailchimp":
        found = _DATACENTER.fullmatch(self.api_key)
        root = (self.base_url or f"https://{found[1] if found else ''}.api.mailchimp.com/3.0").rstrip("/")
        basic = base64.b64encode(f"briefingkit:{self.api_key}".encode()).decode("ascii")
        headers = {"Authorization": f"Basic {basic}"}
        hidden = (self.api_key, basic)
        return _Mailchimp(Line("Mailchimp", root, headers, hidden, _ADVICE, self.timeout, self.sleep))

    @property
    def _terms(self) -> Terms:
        own = self.letterhead.reply_to
        return self._terms_of(
            {tag: {"list": each.list, "segment": each.segment} for tag, each in self.audiences.items()},
            Tags(
                name=f"*|{self.first_name}|*",
                unsubscribe="*|UNSUB|*",
                named=f"*|IF:{self.first_name}|*",
                otherwise="*|ELSE:|*",
                end="*|END:IF|*",
                opening=_OPENING,
            ),
            lacks=(_NO_REPLY_TO,) if own is not None and own != self.letterhead.address else (),
        )


@frozen
class _Mailchimp:
    """The calls."""

    line: Line

    def campaigns(self) -> Iterator[Held]:
        return paged(self._page, _held)

    def _page(self, offset: int) -> tuple[Sequence[Any], Any]:
        page = self.line.ask(
            "GET",
            "/campaigns",
            query={
                "count": _PAGE,
                "offset": offset,
                "sort_field": "create_time",
                "sort_dir": "ASC",
                "exclude_fields": "campaigns._links",
            },
        )
        listed = page.get("campaigns") if isinstance(page, dict) else None
        if not isinstance(listed, list):
            raise Lost("Mailchimp gives a listing that cannot be read")
        return listed, page.get("total_items")

    def get(self, campaign: str) -> Held:
        return _held(self.line.ask("GET", f"/campaigns/{campaign}"))

    def fields(self, held: Held) -> Fields:
        settings, recipients = within(held.told, "settings"), within(held.told, "recipients")
        content = self.line.ask("GET", f"/campaigns/{held.id}/content", query={"fields": "html,plain_text"})
        said = content if isinstance(content, dict) else {}
        options = within(recipients, "segment_opts")
        own = "conditions of its own" if options.get("conditions") else None
        saved = options.get("saved_segment_id")
        segment = saved if isinstance(saved, int) and saved else own
        return {
            "title": held.title,
            "subject": str(settings.get("subject_line") or ""),
            "sender": str(settings.get("from_name") or ""),
            "address": str(settings.get("reply_to") or ""),
            "audience": {"list": str(recipients.get("list_id") or ""), "segment": segment},
            "text": lines_of(str(said.get("plain_text") or "")),
            "html": lines_of(str(said.get("html") or "")),
            "state": held.state,
        }

    def create(self, fields: Fields) -> str:
        body = {"type": "regular", **_settings(fields)}
        if not body["recipients"]["segment_opts"]:
            del body["recipients"]["segment_opts"]
        return _held(self.line.ask("POST", "/campaigns", body=body, once=True)).id

    def update(self, campaign: str, fields: Fields) -> None:
        self.line.ask("PATCH", f"/campaigns/{campaign}", body=_settings(fields))
        content = {"html": fields["html"], "plain_text": fields["text"]}
        try:
            self.line.ask("PUT", f"/campaigns/{campaign}/content", body=content)
        except (Busy, Denied, Missing, Wrong) as error:
            raise Lost(f"its settings are written, and its content is not: {error}") from error

    def delete(self, campaign: str) -> None:
        self.line.ask("DELETE", f"/campaigns/{campaign}")


def _settings(fields: Fields) -> dict[str, Any]:
    audience = fields["audience"]
    told = audience if isinstance(audience, Mapping) else {}
    recipients: dict[str, Any] = {"list_id": told.get("list")}
    # An empty object takes a segment away that was there before.
    segment = told.get("segment")
    recipients["segment_opts"] = {} if segment is None else {"saved_segment_id": segment}
    return {
        "recipients": recipients,
        "settings": {
            "title": fields["title"],
            "subject_line": fields["subject"],
            "from_name": fields["sender"],
            "reply_to": fields["address"],
            "auto_footer": False,
            "inline_css": False,
        },
    }


def _held(raw: Any) -> Held:
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str) or not raw["id"].isalnum():
        raise Lost("Mailchimp gives a campaign that cannot be read")
    state = state_of(str(raw.get("status")), _STATES, raw.get("send_time"))
    return Held(raw["id"], str(within(raw, "settings").get("title") or ""), state, raw)
