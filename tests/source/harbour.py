"""A short briefing without a mistake, and what `check` finds where a test adds one."""

from collections.abc import Sequence

from briefingkit.source import loads
from briefingkit.source.check import check
from briefingkit.source.project_file import TargetSettings

HEAD = """\
briefing: harbour
languages: [en]
title: Harbour
status: confirmed
start: 2023-04-12T15:00
end: 2023-04-12T16:00
timezone: Europe/Brussels
"""


def found(text: str, *, targets: Sequence[TargetSettings] = ()) -> list[str]:
    """Give the code and the path of each finding."""
    loaded = loads(text, "f")
    assert loaded.briefing is not None, loaded.findings
    return [f"{f.code} {f.path}" for f in check(loaded, targets=targets)]
