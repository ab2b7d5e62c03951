"""How long what was written to people is kept, also to those who never registered, and what stays after that.

Of a message whose time is over the ledger keeps a keyed hash, which tells nobody who it went to. It is asked before
somebody is written to, so that an old list of contacts brings nobody the same invitation twice.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from briefingkit.registrations.codec import iso
from briefingkit.store.mail_feedback import MailFeedback
from briefingkit.store.mail_retention import MailRetention

if TYPE_CHECKING:
    from briefingkit.store.ledger import Ledger

__all__ = ["forget_mail", "written_before"]

_CONTEXT = b"mail written\n"
_DIGITS = 40


def forget_mail(ledger: "Ledger", key: bytes, *, retention: timedelta, now: datetime) -> Mapping[str, int]:
    """Forget the messages that were settled longer ago than `retention`, and what was heard and can come no more.

    Give how many messages, by briefing. `key` is the ledger's own. StoreError where it cannot be written.
    """
    store, before, forgotten = MailRetention(ledger), iso(now - retention), Counter[str]()
    for mailing in store.mailings(before):
        number = store.forget(mailing.id, before=before, now=iso(now), mark=partial(_mark, key))
        forgotten.update({mailing.briefing: number} if number else {})
    MailFeedback(ledger).forget_events(iso(now))
    return forgotten


def written_before(ledger: "Ledger", key: bytes, mailing: int, messages: Collection[str]) -> frozenset[str]:
    """Tell which of some messages of a mailing, at most a thousand, were written and are forgotten, by their keys."""
    store = MailRetention(ledger)
    if not messages or not store.has_marks(mailing):
        return frozenset()
    marks = {_mark(key, each): each for each in messages}
    return frozenset(marks[mark] for mark in store.marked(mailing, marks.keys()))


def _mark(key: bytes, message: str) -> str:
    return hmac.digest(key, _CONTEXT + message.encode("ascii"), hashlib.sha256).hex()[:_DIGITS]
