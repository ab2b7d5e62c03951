"""Django's mails, beside ours: its own SMTP backend, and django-anymail's for a service's web API.

The message is that of `mailing_build`, written by the same templates of Jinja2, and handed over as a message of
Django's. Its SMTP backend keeps one connection. django-anymail's sends to a server on this machine that answers as
Postmark does and looks at nothing, and so does our transport for Postmark: anymail's makes a request for each message
that is not like the one before it, ours puts fifty of them in one.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.utils import formataddr
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import perf_counter
from typing import Any

from briefingkit.mailing.messages.message import Parts
from briefingkit.mailing.people.recipient import Recipient
from mailing_build import jinja

__all__ = ["POSTMARK_TOKEN", "django_anymail", "django_message", "django_smtp", "postmark"]

POSTMARK_TOKEN = "00000000-0000-4000-8000-000000000000"  # noqa: S105 - opens nothing
_HEADERS = ("Date", "Content-Language", "Auto-Submitted", "List-Id", "List-Unsubscribe-Post")


def django_message(parts: Parts, sample: Recipient, *, invites: bool) -> Callable[[Recipient, Any], Any]:
    """Give what makes a message of Django's for a recipient, to go by a connection; Jinja2 writes its texts.

    It has the event as an attachment, and where it `invites` once more beside the HTML, which Postmark does not take.
    """
    from django.conf import settings
    from django.core.mail import EmailMultiAlternatives

    if not settings.configured:
        settings.configure(ANYMAIL={"POSTMARK_SERVER_TOKEN": POSTMARK_TOKEN})
    text, html = jinja(parts, sample)
    event = (parts.calendar or b"").decode()
    sender = formataddr((parts.sender.name, parts.sender.address))

    def message(recipient: Recipient, connection: Any) -> Any:
        headers = {name: parts.headers[name] for name in _HEADERS}
        headers["List-Unsubscribe"] = f"<{recipient.links['unsubscribe']}>"
        mail = EmailMultiAlternatives(
            parts.subject,
            text(recipient),
            sender,
            [formataddr((recipient.name, recipient.address))],
            headers=headers,
            connection=connection,
        )
        mail.attach_alternative(html(recipient), "text/html")
        if invites:
            mail.attach_alternative(event, "text/calendar")
        mail.attach("invite.ics", event, "text/calendar")
        return mail

    return message


def django_smtp(port: int, message: Callable[[Recipient, Any], Any], people: Sequence[Recipient]) -> float:
    """Send by Django's SMTP backend, which keeps its connection; give the seconds for each."""
    from django.core.mail.backends.smtp import EmailBackend

    return _seconds(EmailBackend("127.0.0.1", port, use_tls=False, use_ssl=False), message, people)


def django_anymail(url: str, message: Callable[[Recipient, Any], Any], people: Sequence[Recipient]) -> float:
    """Send by django-anymail's backend for Postmark; give the seconds for each."""
    from anymail.backends.postmark import EmailBackend

    return _seconds(EmailBackend(api_url=url), message, people)


def _seconds(backend: Any, message: Callable[[Recipient, Any], Any], people: Sequence[Recipient]) -> float:
    backend.open()
    start = perf_counter()
    sent = backend.send_messages([message(person, backend) for person in people])
    seconds = perf_counter() - start
    backend.close()
    assert sent == len(people)
    return seconds / len(people)


@contextmanager
def postmark() -> Iterator[str]:
    """Start what answers as Postmark does, in a process of its own, and give its address."""
    command = [sys.executable, __file__]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    assert server.stdin is not None
    try:
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
    finally:
        server.stdin.close()
        server.wait()


class _Postmark(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in two packets would wait for an acknowledgement in between

    def do_POST(self) -> None:
        mails = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        taken = [
            {"ErrorCode": 0, "Message": "OK", "MessageID": f"{number:036x}", "To": mail["To"]}
            for number, mail in enumerate(mails if isinstance(mails, list) else [mails])
        ]
        self._answer(taken if isinstance(mails, list) else taken[0])

    def do_GET(self) -> None:
        self._answer({})

    def do_HEAD(self) -> None:
        self._answer({})

    def log_message(self, *_arguments: object) -> None:
        pass

    def _answer(self, answer: object) -> None:
        body = b"" if self.command == "HEAD" else json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), _Postmark) as listening:
        import threading

        threading.Thread(target=listening.serve_forever, daemon=True).start()
        print(listening.server_port, flush=True)
        sys.stdin.read()
        listening.shutdown()
