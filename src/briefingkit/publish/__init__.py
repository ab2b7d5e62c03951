"""Publishing: what targets should hold is compared with what they do, shown as a plan, and then applied.

The deciding half (`resource`, `change`, `diff`, `plan`, `limits`, `present`) does no I/O; `apply` acts
through an `Integration` and writes down each step in the `journal` before it is taken.
"""

from briefingkit.publish.change import Action, Applied, Change, Drift, Progress
from briefingkit.publish.context import Context, OutputKey, is_pending
from briefingkit.publish.diff import diff
from briefingkit.publish.outcome import Outcome, Report, Status
from briefingkit.publish.protocol import Integration, Registrar, Target
from briefingkit.publish.resource import Fields, Identity, Remote, Resource, Snapshot, Value

__all__ = [
    "Action",
    "Applied",
    "Change",
    "Context",
    "Drift",
    "Fields",
    "Identity",
    "Integration",
    "Outcome",
    "OutputKey",
    "Progress",
    "Registrar",
    "Remote",
    "Report",
    "Resource",
    "Snapshot",
    "Status",
    "Target",
    "Value",
    "diff",
    "is_pending",
]
