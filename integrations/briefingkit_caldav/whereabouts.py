"""Where calendars were found, for the calls that follow in the same run: a search costs several requests."""

from attrs import define, field

from briefingkit.publish import Resource

__all__ = ["Whereabouts"]


@define
class Whereabouts:
    """The paths of a namespace's calendars by key, and which server their tokens gave away.

    Forgotten when anything goes wrong. `made` is not: calendars that were made and hold nothing yet, by their paths.
    """

    paths: dict[str, dict[str, str]] = field(factory=dict)
    server: str | None = None
    made: dict[str, Resource] = field(factory=dict)

    def forget(self) -> None:
        """Have everything looked for again."""
        self.paths, self.server = {}, None
