"""What goes to a service is what its published API description asks for.

The descriptions are not ours to ship. MAIL_API_DESCRIPTIONS names a folder with mailgun.yaml, postmark.yaml,
resend.yaml and sendgrid.json (OpenAPI 3, as their makers publish them).
"""

import json
import os
from collections.abc import Callable, Mapping
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import yaml

from briefingkit.mailing.messages.message import Message
from briefingkit.testing.transport import message_for
from briefingkit_mail.mailgun import Mailgun
from briefingkit_mail.postmark import Postmark
from briefingkit_mail.resend import Resend
from briefingkit_mail.sendgrid import SendGrid

from .mails import invitation

MESSAGES = [[message_for(1)], [invitation()], [message_for(1), message_for(2)]]


@pytest.fixture
def described() -> Callable[[str], Mapping[str, Any]]:
    folder = os.environ.get("MAIL_API_DESCRIPTIONS", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("MAIL_API_DESCRIPTIONS names no folder of API descriptions")

    def read(name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = yaml.safe_load((Path(folder) / name).read_text(encoding="utf-8"))
        return found

    return read


def check(document: Mapping[str, Any], path: str, kind: str, value: Any) -> None:
    """Hold a value to the schema of a path's body, which names its parts by reference."""
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    registry = Registry().with_resource("urn:api", DRAFT202012.create_resource(document))
    place = f"/paths/{_pointer(path)}/post/requestBody/content/{_pointer(kind)}/schema"
    Draft202012Validator({"$ref": f"urn:api#{place}"}, registry=registry).validate(value)


def _pointer(text: str) -> str:
    return text.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


@pytest.mark.parametrize("messages", MESSAGES, ids=["plain", "invitation", "two"])
def test_sendgrid(described: Any, messages: list[Message]) -> None:
    call = SendGrid("SG.x")._compose(messages)
    assert call.url == "https://api.sendgrid.com/v3/mail/send"
    check(described("sendgrid.json"), "/mail/send", "application/json", json.loads(call.body))


@pytest.mark.parametrize("messages", MESSAGES, ids=["plain", "invitation", "two"])
def test_postmark(described: Any, messages: list[Message]) -> None:
    document = described("postmark.yaml")
    call = Postmark("token")._compose(messages)
    assert call.url == "https://api.postmarkapp.com/email/batch"
    value = json.loads(call.body)
    check(document, "/email/batch", "application/json", value)
    known = set(document["components"]["schemas"]["SendEmailRequest"]["properties"])
    # Of a later date than the description: postmarkapp.com/developer/api/email-api.
    assert {name for mail in value for name in mail} - known <= {"MessageStream", "Metadata"}


@pytest.mark.parametrize("messages", MESSAGES, ids=["plain", "invitation", "two"])
def test_resend(described: Any, messages: list[Message]) -> None:
    document = described("resend.yaml")
    call = Resend("re_x")._compose(messages)
    path = call.url.removeprefix("https://api.resend.com")
    value = json.loads(call.body)
    check(document, path, "application/json", value)
    known = set(document["components"]["schemas"]["SendEmailRequest"]["properties"])
    mails = value if isinstance(value, list) else [value]
    assert {name for mail in mails for name in mail} <= known
    (header,) = document["paths"][path]["post"].get("parameters", [{"name": "Idempotency-Key", "schema": {}}])
    assert header["name"] in call.headers
    assert len(call.headers[header["name"]]) <= header["schema"].get("maxLength", 256)


@pytest.mark.parametrize("message", [message_for(1), invitation()], ids=["plain", "invitation"])
def test_mailgun(described: Any, message: Message) -> None:
    document = described("mailgun.yaml")
    call = Mailgun("mg.city.example", "key")._compose([message])
    assert call.url == "https://api.mailgun.net/v3/mg.city.example/messages.mime"
    head = f"Content-Type: {call.headers['Content-Type']}\r\n\r\n".encode()
    form = message_from_bytes(head + call.body, policy=policy.HTTP)
    value: dict[str, Any] = {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True).decode()
        for part in form.iter_parts()
        if part.get_content_type() != "message/rfc822"
    }
    value["message"] = message.content.decode()
    value |= {name: [value[name]] for name in ("to", "o:tag")}  # of which a form may hold several
    check(document, "/v3/{domain_name}/messages.mime", "multipart/form-data", value)
    place = "POST-v3-domain_name-messages-mime-multipart-form-data-RequestBody"
    known = document["components"]["schemas"][place]["properties"]
    assert set(value) - set(known) - {"v:briefingkit"} == set()
    assert set(document["components"]["schemas"][place].get("required", ())) <= set(value)
