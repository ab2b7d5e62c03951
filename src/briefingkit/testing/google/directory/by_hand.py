"""What an administrator does in the directory: make accounts and groups, suspend, add to groups and take out."""

from typing import Any

from briefingkit.testing.google.core import Core
from briefingkit.testing.google.directory.world import EVERYBODY, DirectoryWorld, HeldGroup, HeldMember

__all__ = ["DirectoryByHand"]


class DirectoryByHand:
    """The part of the double that stands for administrators. Groups and accounts are named by their addresses."""

    _core: Core
    _directory: DirectoryWorld
    groups: Any
    """The members of groups by whom calendars and files are shared."""

    @property
    def admins(self) -> set[str]:
        """Who may read groups: the person at first. Add a service account that has the role itself."""
        return self._directory.admins

    def make_user(self, email: str, *, status: str = "ACTIVE") -> str:
        """Make an account, or give it another status: ACTIVE, SUSPENDED or ARCHIVED. Gives its address."""
        with self._core.lock:
            self._directory.users[email.lower()] = status
            return email

    def make_group(self, email: str, *members: str, aliases: tuple[str, ...] = ()) -> str:
        """Make a group of addresses; those that are of groups here are groups in it. Gives its address."""
        with self._core.lock:
            self._directory.groups[email.lower()] = HeldGroup(email.lower(), aliases)
        for member in members:
            self.add_member(email, member)
        return email

    def add_member(self, group: str, email: str, *, kind: str | None = None, role: str = "MEMBER") -> None:
        """Add somebody to a group. `kind` is USER or GROUP, where the address does not tell that by itself.

        Google refuses a group that is in itself, further down; here it is taken, so that a program can be seen to end.
        """
        with self._core.lock:
            known = "GROUP" if email.lower() in self._directory.groups else "USER"
            self._directory.groups[group.lower()].members[email.lower()] = HeldMember(
                email, kind or known, role
            )
            if (kind or known) == "USER":
                self.groups.setdefault(group, set()).add(email)
                if self._directory.is_own(email):
                    self._directory.users.setdefault(email.lower(), "ACTIVE")

    def add_everybody(self, group: str) -> None:
        """Add all accounts of the organisation to a group, today's and those to come."""
        with self._core.lock:
            self._directory.groups[group.lower()].members[""] = HeldMember(None, EVERYBODY)

    def remove_member(self, group: str, email: str) -> None:
        """Take somebody out of a group."""
        with self._core.lock:
            del self._directory.groups[group.lower()].members[email.lower()]
            self.groups.get(group, set()).discard(email)
