"""The registration page: a target that announces where it is, and the page itself as an ASGI application.

    from briefingkit_web import app
    application = app(briefingkit.open("briefingkit.yaml"))

The page needs Starlette (`pip install "briefingkit[web]"`), the target needs nothing.
docs/reference/web.md describes both.
"""

from typing import TYPE_CHECKING, Any

from briefingkit_web.target import Web

if TYPE_CHECKING:
    from briefingkit_web.application import app as app

__all__ = ["Web", "app"]


def __getattr__(name: str) -> Any:
    """Load the application when it is asked for: whoever plans needs no web server."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from briefingkit_web.application import app

    return app
