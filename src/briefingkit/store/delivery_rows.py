"""The rows of mailings as values. Times are ISO 8601 in UTC, so that they sort; JSON is the writer's."""

from attrs import field, frozen

__all__ = ["AnswerRow", "DeliveryRow", "MailingRow", "NewDelivery", "Place"]

Place = tuple[int, int, int]
"""Where a delivery stands in the ledger: mailing, chunk, number in the chunk."""


@frozen
class MailingRow:
    """One mailing of a briefing. `chunks` counts those that were planned, `erased` is JSON: how many by state.

    `unfinished` is JSON: the occasions for which planning was begun and has not come to its end.
    """

    id: int
    briefing: str
    key: str
    chunks: int
    planned_at: str
    erased: str = "{}"
    unfinished: str = "[]"


@frozen
class NewDelivery:
    """What is to be planned for one recipient: `id` is the idempotency key, `data` JSON for whoever writes the message.

    It is due at `due` ("" is at once) and no longer after `expires` (None is for ever).
    """

    id: str
    occasion: str
    person: str = field(repr=False)
    address: str = field(repr=False)
    data: str = field(repr=False)
    due: str = ""
    expires: str | None = None


@frozen
class DeliveryRow:
    """One message to one recipient, and what became of it.

    `state` is planned, claimed, committing, sent, failed, uncertain, suspended or dropped. `owner` is the sender that
    holds it, until `lease`. `begun_at` is when it was first claimed, which its Date says; `imprint` tells its octets
    from any others. `attempts` counts how often it was handed over in vain; `code` and `words` are the server's last
    answer, `remote_id` the server's name for the message, `changed_at` when all that was written down.
    """

    mailing: int
    chunk: int
    seq: int
    id: str
    occasion: str
    person: str = field(repr=False)
    address: str = field(repr=False)
    data: str = field(repr=False)
    state: str
    due: str
    expires: str | None
    attempts: int
    owner: str | None
    lease: str | None
    begun_at: str | None
    imprint: str | None
    code: int | None
    words: str | None
    remote_id: str | None
    changed_at: str

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.mailing, self.chunk, self.seq


@frozen
class AnswerRow:
    """What became of a delivery that a sender holds: its state from now on, and the server's answer."""

    place: Place
    state: str
    due: str
    attempts: int
    code: int | None
    words: str | None
    remote_id: str | None
