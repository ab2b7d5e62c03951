"""Certificates of attendance: numbered, in each person's language, as PDF."""

__all__: list[str] = []
