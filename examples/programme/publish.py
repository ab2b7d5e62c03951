"""Plan and apply a whole programme from Python, and show what a person would want to see of it."""

import briefingkit as bk
from briefingkit.publish.present import present

project = bk.open("briefingkit.yaml")
for finding in project.check():
    print(finding)
plan = project.plan()
for line in present(plan):
    print(line)
report = project.apply(plan)
report.raise_for_failed()
for child in project.programme().children("crisis-2022"):
    print(f"{child.identifier}: {child.title.lookup('fr').text}")
