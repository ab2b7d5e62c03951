"""What an integration implements so that `briefingkit auth` can sign a person in, and say whether targets are let in.

An integration whose targets need an account registers a class without arguments in the entry-point group
`briefingkit.auth`, under the first part of its targets' names: `google` for `google.calendar`.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from attrs import field, frozen

__all__ = ["Account", "Needs", "SignIn", "SignedIn", "Standing"]


@frozen
class Needs:
    """What some targets need of an account: scopes, and the files in which they look for a person's token."""

    scopes: tuple[str, ...]
    tokens: tuple[Path, ...] = ()


@frozen
class SignIn:
    """A person is asked to consent.

    `client` is the file of the OAuth client, `token` the file to write. `show` is called with the address to open in a
    browser; the answer comes to `port` on this machine (0: any that is free) within `patience`. `targets` are the
    integrations that this is for.
    """

    client: Path
    token: Path
    scopes: tuple[str, ...]
    show: Callable[[str], None] = field(repr=False)
    port: int = 0
    patience: timedelta = timedelta(minutes=5)
    targets: Sequence[Any] = ()


@frozen
class SignedIn:
    """What came of it: who consented, if that is known, to what, and what the token is called in the settings."""

    who: str
    scopes: tuple[str, ...]
    setting: str
    notices: tuple[str, ...] = ()


@frozen
class Standing:
    """How a target stands with its account: who we are there, what it asks for, what it sees, and what is wrong."""

    who: str = ""
    scopes: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def works(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


class Account(Protocol):
    """How a person signs in to a service, and how its targets stand there."""

    def needs(self, targets: Sequence[Any]) -> Needs:
        """Tell the least that these integrations need; without any, what the commonest target does."""

    def sign_in(self, asked: SignIn) -> SignedIn:
        """Have a person consent, and write the token, readable by its owner alone.

        Raises IntegrationError where nobody consented in time, consent was denied, or the token cannot be written.
        """

    def check(self, target: Any) -> Standing:
        """Try a target's credentials, and look at what they reach; nothing is changed, and nothing raised."""
