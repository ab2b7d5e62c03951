"""The list of registrations, kept in Google spreadsheets: one for each briefing that takes registrations."""

from briefingkit_google.sheets.settings import GoogleSheets

__all__ = ["GoogleSheets"]
