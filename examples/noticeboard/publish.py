"""Publish to the folder of pages and to the notice board in one plan, then say what was done."""

from noticeboard import NoticeBoard

import briefingkit as bk
from briefingkit.publish.present import present

project = bk.open("briefingkit.yaml").with_target("board", NoticeBoard("board.json"))
plan = project.plan()
for line in present(plan):
    print(line)
report = project.apply(plan)
report.raise_for_failed()
print(f"{report.counts['done']} done; a second plan is empty: {project.plan().is_empty}")
