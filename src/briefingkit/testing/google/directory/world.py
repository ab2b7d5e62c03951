"""What an organisation's directory holds: accounts, and groups of them, of other groups and of people elsewhere."""

from collections.abc import Iterator
from hashlib import sha256

from attrs import define, field, frozen

from briefingkit.testing.google.pages import Pages

__all__ = ["EVERYBODY", "DirectoryWorld", "HeldGroup", "HeldMember"]

EVERYBODY = "CUSTOMER"
"""The type of the member that stands for all accounts of the organisation, today's and those to come."""


@frozen
class HeldMember:
    """A member of a group: `kind` is USER, GROUP or CUSTOMER; who stands for everybody has no address."""

    email: str | None
    kind: str = "USER"
    role: str = "MEMBER"


@define(eq=False)
class HeldGroup:
    """A group of the organisation's own; members by address, in the order in which they came."""

    email: str
    aliases: tuple[str, ...] = ()
    members: dict[str, HeldMember] = field(factory=dict)


@define(eq=False)
class DirectoryWorld:
    """An organisation: its domains, its accounts by address with their status, its groups, and who administers them."""

    domains: set[str]
    customer: str = "C03double"
    users: dict[str, str] = field(factory=dict)
    groups: dict[str, HeldGroup] = field(factory=dict)
    admins: set[str] = field(factory=set)
    pages: Pages = field(factory=Pages)

    def is_own(self, email: str) -> bool:
        """Whether an address is of one of the organisation's domains."""
        return email.rpartition("@")[2].lower() in self.domains

    def identifier(self, email: str) -> str:
        """Give the id of an account or a group: that of an account is a number, and that of a group is not."""
        digest = sha256(email.lower().encode()).hexdigest()
        return f"0{digest[:14]}" if email.lower() in self.groups else f"1{int(digest[:16], 16):020d}"

    def find(self, key: str) -> HeldGroup | None:
        """Find a group by its address, an alias or its id."""
        wanted = key.lower()
        for group in self.groups.values():
            if wanted in {group.email.lower(), *map(str.lower, group.aliases), self.identifier(group.email)}:
                return group
        return None

    def derived(self, group: HeldGroup) -> Iterator[HeldMember]:
        """Give the members of a group and of the groups in it, each once, and everybody where it holds everybody."""
        seen, waiting = set[str](), [group]
        visited = {group.email}
        while waiting:
            for key, member in waiting.pop(0).members.items():
                if key not in seen:
                    seen.add(key)
                    yield member
                below = self.groups.get(key) if member.kind == "GROUP" else None
                if below is not None and below.email not in visited:
                    visited.add(below.email)
                    waiting.append(below)
                if member.kind == EVERYBODY:
                    fresh = [email for email in self.users if email not in seen]
                    seen.update(fresh)
                    yield from map(HeldMember, fresh)
