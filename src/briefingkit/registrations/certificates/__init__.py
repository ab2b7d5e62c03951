"""Certificates of attendance: numbered, in each person's language, as PDF."""
