"""The connections to one mail server: those at rest, and those that were told already which message comes next."""

from collections.abc import Iterator, Sequence
from itertools import islice

from briefingkit.errors import Transient
from briefingkit.mailing.messages.message import Message
from briefingkit_mail.smtp_session import Session, open_session, unfit
from briefingkit_mail.smtp_settings import Server

__all__ = ["Pool"]


class Pool:
    """Open connections that carry nothing now. `expected` are the messages that are likely to be wanted next."""

    def __init__(self, server: Server) -> None:
        self.expected: Sequence[Message] = ()
        self._server = server
        self._idle: list[Session] = []
        self._heeds: bool | None = None

    def take(self, messages: Sequence[Message]) -> tuple[list[Session | None], Transient | None]:
        """Give a connection for each message, the one that was told of it where there is one.

        Where some cannot be had the fault is given as well; where none can be had it is raised.
        """
        # By the object: one of the same key may go to another address meanwhile.
        told = {id(each.announced): each for each in self._idle if each.announced is not None}
        self._idle = [each for each in self._idle if each.announced is None]
        found: list[Session | None] = [told.pop(id(message), None) for message in messages]
        for session in told.values():  # which wait for a mail that does not come
            session.close()
        try:
            for place, told_of in enumerate(found):
                if told_of is None:
                    found[place] = self._rested() or open_session(self._server)
        except Transient as fault:
            if not any(found):
                raise
            return found, fault
        except BaseException:
            self._idle += [each for each in found if each is not None]
            raise
        return found, None

    def give(self, session: Session) -> None:
        """Take a connection back."""
        if self._heeds is None or session.heeds is False:
            self._heeds = session.heeds
        self._idle.append(session)

    def following(self) -> Iterator[Message]:
        """Give the messages that are expected, each once: one until the server has heeded one, none if it does not."""
        expected, self.expected = self.expected, ()
        sender, most = self._server.envelope_from, {None: 1, False: 0, True: None}[self._heeds]
        return islice((each for each in expected if unfit(each, sender) is None), most)

    def close(self) -> None:
        """Say goodbye on all of them."""
        while self._idle:
            self._idle.pop().quit()

    def _rested(self) -> Session | None:
        while self._idle:
            session = self._idle.pop()
            if session.is_alive:
                return session
            session.close()
        return None
