"""Publish a programme of three days, and let people choose among its parts, each with places of its own."""

from datetime import UTC, datetime

import briefingkit as bk
from briefingkit.publish.present import present

PEOPLE = {"Ada": "en", "Bo": "en", "Cy": "fr"}
CHOSEN: dict[str, dict[str, tuple[str, ...]]] = {
    "opening": {"Ada": ("walk", "round"), "Bo": ("walk",)},
    "housing": {"Ada": (), "Bo": (), "Cy": ()},
    "water": {},
    "imrf-2022": {"Cy": ()},
}

project = bk.open("briefingkit.yaml", clock=lambda: datetime(2022, 3, 1, 9, 0, tzinfo=UTC))
for finding in project.check():
    print(finding)
plan = project.plan()
for line in present(plan):
    print(line)
report = project.apply(plan)
report.raise_for_failed()

programme = project.programme()
for part in programme.children("crisis-2022"):
    with project.registrations(part.identifier, programme) as registrations:
        for name, items in CHOSEN.get(part.identifier, {}).items():
            given = {"name": name, "email": f"{name.lower()}@example.org", "language": PEOPLE[name]}
            registrations.add(given | ({"segments": items} if items else {}))
        counts = registrations.counts()
        limit = "without limit" if counts.capacity is None else f"of {counts.capacity}"
        public = project.publication(part.identifier)
        title = public.title.lookup("fr").text
        print(f"\n{public.when.start:%A %H:%M} {title}: {counts.taken} places {limit}")
        for each in registrations.list():
            print(f"  {each.answers['name']}: {', '.join((each.status, *filter(None, each.places)))}")

with project.registrations("housing", programme) as registrations:
    registrations.cancel("ada@example.org")
    told = ", ".join(f"{each.answers['name']} {each.status}" for each in registrations.list())
    print(f"\nAda gives her place back: {told}")
