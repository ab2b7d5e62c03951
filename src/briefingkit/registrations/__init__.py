"""Registrations: what people hand in, on whatever form, kept as one true list for each briefing."""

__all__: list[str] = []
