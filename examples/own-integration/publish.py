"""Publish to the council's own board and to a folder in one plan; people sign on the board, and are written to."""

import json
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import briefingkit as bk
from briefingkit.publish.present import present

BOARD, NAME = Path("board.json"), "heat-plan"
now = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
project = bk.open("briefingkit.yaml", clock=lambda: now)

plan = project.plan()
print(*present(plan), sep="\n")
report = project.apply(plan)
report.raise_for_failed()
print(f"{report.counts['done']} done; a second plan is empty: {project.plan().is_empty}")

# Two people pass by, and sign the notice in their language.
board = json.loads(BOARD.read_text(encoding="utf-8"))
for notice, name in zip(
    sorted(board.values(), key=lambda each: each["notice"]), ("Ana Lima", "Rui Sá"), strict=True
):
    address = f"{name.split()[0].lower()}@example.org"
    notice["signed"] = [{"name": name, "email": address, "at": "2026-05-30T11:00+01:00"}]
BOARD.write_text(json.dumps(board, ensure_ascii=False), encoding="utf-8")

with project.registrations(NAME) as registrations:
    for pulled in registrations.pull():
        print(f"from {pulled.intake}: {dict(pulled.outcomes)}{pulled.error or ''}")
    for each in registrations.list():
        print(f"  {each.answers['name']}: {each.status}, in {each.language}")
with project.mailing(NAME, "confirmation") as confirmation:
    confirmation.send()
mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in Path("mails/new").iterdir()]
print(*sorted(f"  {mail['To']}: {mail['Subject']}" for mail in mails), sep="\n")
print(f"signing changes nothing that was published: {project.plan().is_empty}")
