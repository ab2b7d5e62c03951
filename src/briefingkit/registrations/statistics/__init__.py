"""What a list says in numbers, words, charts and a report, and the brief for the moderator."""

__all__: list[str] = []
