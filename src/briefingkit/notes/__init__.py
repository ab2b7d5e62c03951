"""Concept notes in, drafts out: a note as people write it becomes a briefing.yaml with its doubts.

A note is read by rules, each of which says what it read, where, and how surely. Nothing is invented, and nothing is
lost: what no field holds is kept word for word, and what is in doubt is listed for a person to confirm before
anything is published.
"""

from briefingkit.notes.document import LARGEST
from briefingkit.notes.drafting import draft
from briefingkit.notes.reporting import report
from briefingkit.notes.value import Confidence, Draft, DraftField

__all__ = ["LARGEST", "Confidence", "Draft", "DraftField", "draft", "report"]
