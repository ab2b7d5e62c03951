"""Publish into a folder: a page, a calendar file and structured data a briefing and language, ready for any web server.

It is the embedded default: it needs no account, no network and no other package. docs/reference/files.md describes
what it writes and how to serve it.
"""

from briefingkit_files.files import Files

__all__ = ["Files"]
