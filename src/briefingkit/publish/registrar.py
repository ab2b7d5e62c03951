"""Where people register, for briefings that do not say: at the first target that takes registrations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from briefingkit.publish.protocol import Registrar, Target

if TYPE_CHECKING:
    from briefingkit.model import Briefing

__all__ = ["registrars"]


def registrars(targets: Sequence[Target], briefings: "Iterable[Briefing]") -> Mapping[str, str]:
    """Name the target at which people register, by briefing."""
    found: dict[str, str] = {}
    for briefing in briefings:
        if briefing.registration is None or briefing.registration.url is not None:
            continue
        for target in targets:
            integration = target.integration
            if isinstance(integration, Registrar) and integration.registers(briefing):
                found[briefing.identifier] = target.name
                break
    return found
