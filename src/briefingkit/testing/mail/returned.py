"""Mails that come back, in the forms that servers give them, to test what reads them; names and addresses are ours."""

from briefingkit.mailing.messages.names import Names

__all__ = ["DOMAIN", "KEY", "NAME", "NAMES", "ORIGINAL", "complaint", "report", "status"]

KEY = "ab" * 20
DOMAIN = "example.org"
"""The key of the message that comes back, and the domain of its Message-ID."""

NAMES = Names(b"the key of a ledger in a test")
NAME = NAMES.name(KEY)
"""What gives names, and the name of that message."""

ORIGINAL = f"""\
Return-Path: <bounces@example.org>
From: City <events@example.org>
To: Ana <ana@example.org>
Subject: Invitation
Message-ID: <{NAME}@{DOMAIN}>
MIME-Version: 1.0
"""
"""The header of that message."""


def report(
    fields: str,
    *,
    original: str = ORIGINAL,
    kind: str = "text/rfc822-headers",
    about: str = "message/delivery-status",
    message_id: str = "<1@mx.example.net>",
    date: str = "Mon, 01 Feb 2027 10:00:00 +0000",
) -> bytes:
    """Make a report as Postfix does: `fields` in a part of the type `about`, the `original` in one of the type `kind`.

    RFC 3464, appendix D, has the like.
    """
    text = f"""\
Return-Path: <>
Date: {date}
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: bounces@example.org
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9B095B5ADSN.1/mx.example.net"
Message-Id: {message_id}

This is a MIME-encapsulated message.

--9B095B5ADSN.1/mx.example.net
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--9B095B5ADSN.1/mx.example.net
Content-Description: Delivery report
Content-Type: {about}

{fields}
--9B095B5ADSN.1/mx.example.net
Content-Type: {kind}

{original}
--9B095B5ADSN.1/mx.example.net--
"""
    return text.replace("\n", "\r\n").encode()


def status(
    action: str = "failed",
    code: str = "5.1.1",
    recipient: str = "ana@example.org",
    diagnostic: str = "550 5.1.1 <ana@example.org>: Recipient address rejected: User unknown",
) -> str:
    """Make the fields of a report about one recipient."""
    return f"""\
Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon,  1 Feb 2027 09:59:00 +0000 (UTC)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: {code}
Remote-MTA: dns; in.example.org
Diagnostic-Code: smtp; {diagnostic}
"""


def complaint(sort: str = "abuse") -> bytes:
    """Make a report of a reader who complains (RFC 5965, appendix B)."""
    fields = f"Feedback-Type: {sort}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n"
    return report(fields, about="message/feedback-report", kind="message/rfc822").replace(
        b"report-type=delivery-status", b"report-type=feedback-report"
    )
