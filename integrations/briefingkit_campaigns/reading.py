"""Reading what is ours of an account's campaigns, by the marks in their titles."""

from collections.abc import Iterator, Sequence

from briefingkit.publish import Remote, Resource, Snapshot
from briefingkit_campaigns.identity import CAMPAIGN, DRAFT, Mark, state_output
from briefingkit_campaigns.projection import handed_fields
from briefingkit_campaigns.service import Held, Service, Terms

__all__ = ["read_campaigns", "remote_of"]


def read_campaigns(service: Service, terms: Terms, wanted: Sequence[Resource]) -> Snapshot:
    """Read the drafts that are ours, and how far those have come that people sent.

    One that a person has scheduled or sent and that nothing wants any more is theirs: it is not there for us.
    """
    with service.line:
        return Snapshot.of(_remotes(service, terms, {each.identity for each in wanted}))


def _remotes(service: Service, terms: Terms, wanted: set[tuple[str, str]]) -> Iterator[Remote]:
    for held in service.campaigns():
        mark = Mark.read(held.title, terms.namespace, terms.target)
        if mark is not None and (held.state == DRAFT or mark.identity in wanted):
            yield remote_of(service, held, mark)


def remote_of(service: Service, held: Held, mark: Mark) -> Remote:
    """Make the remote of a campaign of ours."""
    fields = service.fields(held) if held.state == DRAFT else handed_fields(held.state)
    resource = Resource(CAMPAIGN, mark.identity.key, mark.owner, fields)
    return Remote(resource, held.id, ours=True, outputs={state_output(mark.language): held.state})
