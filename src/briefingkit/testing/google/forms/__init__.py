"""The rules of the Forms API, version 1. Each form is a file in Drive too. Watches are not kept."""

from functools import partial

from briefingkit.testing.google.call import Rules
from briefingkit.testing.google.forms import methods, responses
from briefingkit.testing.google.forms.world import FormsWorld
from briefingkit.testing.google.schema import Schemas

__all__ = ["METRICS", "WRITABLE", "FormsWorld", "rules"]

WRITABLE = frozenset(("Info.documentTitle",))
"""What the document has as the server's, and one gives when one makes a form."""

_READ = ("forms.read", "Read requests")
_RESPONSES = ("forms.responses", "Expensive read requests")
_WRITE = ("forms.write", "Write requests")
METRICS = {
    "forms.forms.get": _READ,
    "forms.forms.responses.get": _READ,
    "forms.forms.responses.list": _RESPONSES,
    "forms.forms.create": _WRITE,
    "forms.forms.batchUpdate": _WRITE,
    "forms.forms.setPublishSettings": _WRITE,
}
"""What is counted together. Source: "Usage limits" (developers.google.com/workspace/forms/api/limits)."""


def rules(world: FormsWorld, schemas: Schemas) -> Rules:
    """Give what answers each method that the double keeps."""
    plain = {**methods.RULES, **responses.RULES}
    return {
        **{name: partial(rule, world) for name, rule in plain.items()},
        **{name: partial(rule, schemas, world) for name, rule in methods.WITH_SCHEMAS.items()},
    }
