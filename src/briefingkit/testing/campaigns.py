"""Doubles of services that keep contacts and send campaigns to them, as far as drafts go.

Mailchimp's follows mailchimp.com/developer/marketing/api/campaigns and …/campaign-content, Brevo's
developers.brevo.com/reference/create-email-campaign and its neighbours. What is asked is held against these; whatever
sends, schedules or tests a campaign is a fault of whoever asks for it, for that is a person's.
"""

import base64
import re
from abc import abstractmethod
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from attrs import define, field

from briefingkit.testing.mail.service import (
    Asked,
    MailService,
    Refused,
    Reply,
    check_mailbox,
    check_names,
    json_reply,
)

__all__ = ["BrevoCampaignsDouble", "Campaign", "CampaignsDouble", "MailchimpCampaignsDouble"]


@define
class Campaign:
    """A campaign at a double; `status` and `audience` are in the service's own words."""

    id: str
    title: str = ""
    subject: str = ""
    sender: str = ""
    address: str = ""
    html: str = ""
    text: str = ""
    status: str = ""
    at: str = ""
    audience: dict[str, Any] = field(factory=dict)
    more: dict[str, Any] = field(factory=dict)


class CampaignsDouble(MailService):
    """What both have. `campaigns` are by id; mishaps in `script` befall requests that write, or all if `any_request`.

    `rewrites`: it keeps HTML in its own way, as services do.
    """

    draft: str
    """The status of a draft."""

    def __init__(self, secret: str) -> None:
        self.campaigns: dict[str, Campaign] = {}
        self.any_request = False
        self.rewrites = False
        self.sent_by_machine: list[str] = []
        self._made = 0
        super().__init__(secret)

    def is_send(self, asked: Asked) -> bool:
        """Tell whether a mishap befalls a request."""
        return self.any_request or asked.verb != "GET"

    def handle(self, asked: Asked) -> Reply:
        """Answer as the reference does."""
        self._authorise(asked)
        if re.search(r"/(actions|sendNow|sendTest|status|sendReport)(/|$)", asked.path):
            self.sent_by_machine.append(asked.path)
        return self._route(asked)

    def copy(self, campaign: str, title: str | None = None) -> Campaign:
        """Make a copy of a campaign, as a person does."""
        held = self.campaigns[campaign]
        made = Campaign(self._name(), title or held.title, status=self.draft, audience=dict(held.audience))
        self.campaigns[made.id] = made
        return made

    def _next(self) -> int:
        self._made += 1
        return self._made

    @abstractmethod
    def _authorise(self, asked: Asked) -> None: ...

    @abstractmethod
    def _route(self, asked: Asked) -> Reply: ...

    @abstractmethod
    def _name(self) -> str: ...

    def _held(self, campaign: str) -> Campaign:
        if campaign not in self.campaigns:
            raise Refused(404, self._problem(404, "The requested resource could not be found."))
        return self.campaigns[campaign]

    def _writable(self, campaign: str) -> Campaign:
        held = self._held(campaign)
        if held.status != self.draft:
            raise Refused(400, self._problem(400, "Only drafts can be changed."))
        return held

    def _kept(self, html: str) -> str:
        return f"{html.strip()}\r\n<!-- kept -->\r\n" if self.rewrites else html

    def _problem(self, status: int, detail: str) -> Any:
        return {"type": "about:blank", "title": "Problem", "status": status, "detail": detail}


class MailchimpCampaignsDouble(CampaignsDouble):
    """Mailchimp's. `lists` are the saved segments of each audience, by its id."""

    draft = "save"

    def __init__(self) -> None:
        self.lists: dict[str, set[int]] = {}
        super().__init__("0123456789abcdef0123456789abcdef-us6")

    def _name(self) -> str:
        return f"{self._next():010x}"

    def _authorise(self, asked: Asked) -> None:
        kind, _, told = asked.headers.get("authorization", "").partition(" ")
        if kind != "Basic" or base64.b64decode(told).decode().partition(":")[2] != self.secret:
            raise Refused(
                401, self._problem(401, "Your API key may be invalid, or you've attempted the wrong one.")
            )

    def _route(self, asked: Asked) -> Reply:
        found = re.fullmatch(r"/3\.0/campaigns(?:/([0-9a-z]+)(/content)?)?", asked.path)
        if found is None:
            raise Refused(404, self._problem(404, "no such page"))
        campaign, content = found[1], found[2]
        match asked.verb, campaign, content:
            case "GET", None, None:
                return self._listing(asked.query)
            case "POST", None, None:
                made = Campaign(self._name(), status=self.draft)
                self._write(made, asked.json(), new=True)
                self.campaigns[made.id] = made
                return json_reply(200, self._shown(made))
            case "GET", str(), None:
                return json_reply(200, self._shown(self._held(campaign)))
            case "PATCH", str(), None:
                held = self._writable(campaign)
                self._write(held, asked.json(), new=False)
                return json_reply(200, self._shown(held))
            case "DELETE", str(), None:
                self._held(campaign)
                del self.campaigns[campaign]
                return Reply(204)
            case "GET", str(), str():
                held = self._held(campaign)
                return json_reply(200, {"html": held.html, "plain_text": held.text})
            case "PUT", str(), str():
                return self._content(self._writable(campaign), asked.json())
        raise Refused(405, self._problem(405, "not here"))

    def _listing(self, query: Mapping[str, str]) -> Reply:
        count, offset = int(query.get("count", "10")), int(query.get("offset", "0"))
        if not 1 <= count <= 1000:  # noqa: PLR2004 - the most of a page
            raise Refused(400, self._problem(400, "count is 1 to 1000"))
        shown = [self._shown(each) for each in self.campaigns.values()]
        return json_reply(200, {"campaigns": shown[offset : offset + count], "total_items": len(shown)})

    def _shown(self, held: Campaign) -> Any:
        return {
            "id": held.id,
            "type": "regular",
            "status": held.status,
            "send_time": held.at,
            "recipients": held.audience,
            "settings": {
                "title": held.title,
                "subject_line": held.subject,
                "from_name": held.sender,
                "reply_to": held.address,
            },
        }

    def _write(self, held: Campaign, value: Any, *, new: bool) -> None:
        known = ["recipients", "settings", *(["type"] if new else [])]
        settings, recipients = value.get("settings", {}), value.get("recipients", {})
        wrong = (
            check_names(value, known)
            or check_names(
                settings,
                ["title", "subject_line", "from_name", "reply_to", "auto_footer", "inline_css"],
            )
            or check_names(recipients, ["list_id", "segment_opts"])
        )
        if new and value.get("type") != "regular":
            wrong = wrong or "type is regular"
        if check_mailbox(settings.get("reply_to")) is None:
            wrong = wrong or "reply_to is no address"
        options = recipients.get("segment_opts", {})
        segment = options.get("saved_segment_id")
        if recipients.get("list_id") not in self.lists:
            wrong = wrong or "The list is not valid."
        elif segment is not None and segment not in self.lists[recipients["list_id"]]:
            wrong = wrong or "The segment is not valid."
        if wrong:
            errors = [{"field": "recipients", "message": wrong}]
            raise Refused(
                400,
                {**self._problem(400, "The resource submitted could not be validated."), "errors": errors},
            )
        held.title, held.subject = settings["title"], settings["subject_line"]
        held.sender, held.address = settings["from_name"], settings["reply_to"]
        held.audience = {"list_id": recipients["list_id"], "segment_opts": dict(options)}

    def _content(self, held: Campaign, value: Any) -> Reply:
        if wrong := check_names(value, ["html", "plain_text"]):
            raise Refused(400, self._problem(400, wrong))
        if not value.get("html"):
            raise Refused(400, self._problem(400, "html is empty"))
        held.html, held.text = self._kept(value["html"]), value["plain_text"]
        return json_reply(200, {"html": held.html, "plain_text": held.text})


class BrevoCampaignsDouble(CampaignsDouble):
    """Brevo's. `lists` are the numbers of the lists that there are."""

    draft = "draft"

    def __init__(self) -> None:
        self.lists: set[int] = set()
        super().__init__("xkeysib-0123456789abcdef-made-up")

    def _name(self) -> str:
        return str(self._next())

    def _authorise(self, asked: Asked) -> None:
        if asked.headers.get("api-key") != self.secret:
            raise Refused(401, {"code": "unauthorized", "message": "Key not found"})

    def _problem(self, status: int, detail: str) -> Any:
        code = "document_not_found" if status == HTTPStatus.NOT_FOUND else "invalid_parameter"
        return {"code": code, "message": detail}

    def _route(self, asked: Asked) -> Reply:
        found = re.fullmatch(r"/v3/emailCampaigns(?:/([0-9]+))?", asked.path)
        if found is None:
            raise Refused(404, self._problem(404, "no such page"))
        campaign = found[1]
        match asked.verb, campaign:
            case "GET", None:
                return self._listing(asked.query)
            case "POST", None:
                made = Campaign(self._name(), status=self.draft)
                self._write(made, asked.json())
                self.campaigns[made.id] = made
                return json_reply(201, {"id": int(made.id)})
            case "GET", str():
                return json_reply(200, self._shown(self._held(campaign)))
            case "PUT", str():
                self._write(self._writable(campaign), asked.json())
                return Reply(204)
            case "DELETE", str():
                self._held(campaign)
                del self.campaigns[campaign]
                return Reply(204)
        raise Refused(405, self._problem(405, "not here"))

    def _listing(self, query: Mapping[str, str]) -> Reply:
        limit, offset = int(query.get("limit", "50")), int(query.get("offset", "0"))
        if not 1 <= limit <= 100:  # noqa: PLR2004 - the most of a page
            raise Refused(400, {"code": "out_of_range", "message": "limit is 1 to 100"})
        shown = [self._shown(each) for each in self.campaigns.values()]
        return json_reply(
            200, {"campaigns": shown[offset : offset + limit], "count": len(shown)} if shown else {"count": 0}
        )

    def _shown(self, held: Campaign) -> Any:
        return {
            "id": int(held.id),
            "name": held.title,
            "subject": held.subject,
            "type": "classic",
            "status": held.status,
            **({"scheduledAt": held.at} if held.status == "queued" else {}),
            **({"sentDate": held.at} if held.status == "sent" else {}),
            "sender": {"name": held.sender, "email": held.address, "id": 3},
            "replyTo": held.more.get("replyTo", ""),
            "htmlContent": held.html,
            "recipients": {
                "lists": held.audience.get("listIds", []),
                "exclusionLists": held.audience.get("exclusionListIds", []),
            },
        }

    def _write(self, held: Campaign, value: Any) -> None:
        wrong = check_names(value, ["name", "subject", "sender", "replyTo", "htmlContent", "recipients"])
        wrong = wrong or check_names(value.get("sender"), ["name", "email"])
        wrong = wrong or check_names(value.get("recipients"), ["listIds", "exclusionListIds"])
        if check_mailbox(value.get("sender", {}).get("email")) is None:
            wrong = wrong or "sender is not valid"
        if check_mailbox(value.get("replyTo")) is None:
            wrong = wrong or "replyTo is not valid"
        if len(value.get("htmlContent") or "") <= 10:  # noqa: PLR2004 - what the service says
            wrong = wrong or "htmlContent is too short"
        if not value.get("subject"):
            wrong = wrong or "subject is missing"
        if not set(value.get("recipients", {}).get("listIds", ())) <= self.lists:
            wrong = wrong or "List ids are not valid"
        if wrong:
            raise Refused(400, {"code": "invalid_parameter", "message": wrong})
        held.title, held.subject, held.html = (
            value["name"],
            value["subject"],
            self._kept(value["htmlContent"]),
        )
        held.sender, held.address = value["sender"]["name"], value["sender"]["email"]
        held.audience, held.more = dict(value["recipients"]), {"replyTo": value["replyTo"]}
