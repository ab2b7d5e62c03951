"""Where: online, on site or both, and who may see the address."""

from enum import StrEnum

from attrs import field, frozen

from briefingkit.errors import ModelError
from briefingkit.model.keys import check_key
from briefingkit.text import LocalizedUrl, Name

__all__ = ["Access", "FromTarget", "Online", "Place", "PlaceMode", "Venue"]


class Access(StrEnum):
    """Who may see an address or a document; each includes those after it."""

    PUBLIC = "public"
    REGISTERED = "registered"
    PARTICIPANTS = "participants"

    def visible_to(self, audience: "Access") -> bool:
        """Whether one of `audience` may see what has this access: participants see all, the public least."""
        order = tuple(Access)
        return order.index(audience) >= order.index(self)


class PlaceMode(StrEnum):
    """How people attend: schema.org's eventAttendanceMode."""

    ONLINE = "online"
    ON_SITE = "on-site"
    HYBRID = "hybrid"


@frozen
class FromTarget:
    """An address that a target makes when it is applied, such as a meeting room or a form; `target` is its name."""

    target: str = field(validator=check_key)


@frozen
class Online:
    """An online room. `url` is absent while it is to come, or comes from a target."""

    url: LocalizedUrl | FromTarget | None = None
    access: Access = Access.REGISTERED


@frozen
class Venue:
    """A room or a building, with its postal address as it should be read (a name: it may hold in every language)."""

    name: Name
    address: Name | None = None
    access: Access = Access.PUBLIC


@frozen
class Place:
    """Online, a venue, or both."""

    online: Online | None = None
    venue: Venue | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a place that is nowhere."""
        if self.online is None and self.venue is None:
            raise ModelError("a place is online, a venue, or both; leave place out while it is not known")

    @property
    def mode(self) -> PlaceMode:
        """How people attend."""
        if self.venue is None:
            return PlaceMode.ONLINE
        return PlaceMode.HYBRID if self.online else PlaceMode.ON_SITE
