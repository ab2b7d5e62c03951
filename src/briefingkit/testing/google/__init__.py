"""A double of Google's APIs to test against: a real HTTP server on loopback that keeps their rules.

with GoogleDouble() as google:
    service = google.service("calendar")          # Google's own client, led here
    service.events().insert(calendarId="primary", body={...}).execute()

Requests and answers are held to the discovery documents that Google's client ships. The double is stricter than Google
where that finds mistakes: an unknown field or parameter is refused here, which Google may ignore.

The core (server, discovery, batches, OAuth, faults, quotas) knows no API. Each one is a package of rules (`calendar`,
`drive`, `forms`, `sheets`): a mapping of method ids to functions of a call, and a line in `double` that serves it.
"""

from briefingkit.testing.google.calendar.markup import plain_markup
from briefingkit.testing.google.calendar.world import Invitation
from briefingkit.testing.google.call import Request
from briefingkit.testing.google.double import GoogleDouble
from briefingkit.testing.google.drive.world import Notice
from briefingkit.testing.google.faults import Fault

__all__ = ["Fault", "GoogleDouble", "Invitation", "Notice", "Request", "plain_markup"]
