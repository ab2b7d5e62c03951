"""Opening a project's mail: what goes out is minted as a plan would, and the transport is found by its name."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
from attrs import evolve

from briefingkit import registry
from briefingkit.errors import SourceError
from briefingkit.mailing.office import Office
from briefingkit.model import Programme, Publication, Status, why_unpublishable
from briefingkit.publish.journal import Journal
from briefingkit.publish.mint import mint
from briefingkit.publish.planning import context_for
from briefingkit.source.environment import expanded, without_values
from briefingkit.source.structured import structure_data

if TYPE_CHECKING:
    from datetime import datetime

    from briefingkit.mailing.feedback import Feedback
    from briefingkit.mailing.transport import Transport
    from briefingkit.registrations.registration_list import RegistrationList
    from briefingkit.source.briefing_file import Loaded
    from briefingkit.source.mail_settings import MailSettings, TransportSettings
    from briefingkit.source.yaml_tree import Tree
    from briefingkit.store.ledger import Ledger

__all__ = ["open_feedback", "open_office", "open_transport"]


def open_office(  # noqa: PLR0913 - all that mail has to do with; each is named at the call
    settings: "MailSettings",
    loaded: "Iterable[Loaded]",
    ledger: "Ledger",
    *,
    namespace: str,
    registrars: Mapping[str, str],
    transport: "Callable[[], Transport]",
    roll: "Callable[[str], RegistrationList]",
    clock: "Callable[[], datetime]",
    integration: "Callable[[str], Any]",
) -> Office:
    """Open the mail of briefings that were read. A briefing that may not go out yet is in no mailing."""
    read = tuple(loaded)
    programme = Programme(each.require() for each in read)
    going = [each for each in programme if each.status is not Status.DRAFT and not why_unpublishable(each)]
    journal = Journal(ledger)
    publications = mint(going, journal.published(namespace), {}, at=clock())
    outputs = {key: made.value for key, made in journal.outputs().items()}
    return Office(
        programme,
        _by_name(publications),
        settings.sender,
        context_for("", namespace, publications, outputs, registrars),
        ledger,
        transport,
        roll,
        clock,
        {each.require().identifier: Path(each.path).parent for each in read},
        settings.pages,
        integration,
    )


def open_transport(
    settings: "TransportSettings", tree: "Tree", folder: Path, environment: Mapping[str, str]
) -> "Transport":
    """Load a transport with what the file tells it.

    Raises UnknownIntegration, MissingExtra, ProjectError for a variable that is not set, and SourceError for settings
    that it does not take; what a variable holds is quoted nowhere.
    """
    kind, transport = _opened(settings, registry.TRANSPORTS, tree, environment)
    told = {"base": folder} if "base" in attrs.fields_dict(kind) else {}
    made: Transport = evolve(transport, **told)
    return made


def open_feedback(
    receivers: "Mapping[str, TransportSettings]", tree: "Tree", environment: Mapping[str, str]
) -> "Mapping[str, Feedback]":
    """Load what reads the calls of mail services, by the name in the address that they call; raises the same."""
    return {
        name: _opened(settings, registry.FEEDBACK, tree, environment)[1]
        for name, settings in receivers.items()
    }


def _opened(
    settings: "TransportSettings", group: str, tree: "Tree", environment: Mapping[str, str]
) -> tuple[type[Any], Any]:
    kind = registry.get(settings.use, group)
    data = expanded(settings.settings, environment)
    made, findings = structure_data(data, kind, tree, settings.path)
    if made is None:
        raise SourceError(without_values(findings, settings.settings, settings.path))
    return kind, made


def _by_name(publications: Iterable[Publication]) -> Mapping[str, Publication]:
    return {each.briefing.identifier: each for each in publications}
