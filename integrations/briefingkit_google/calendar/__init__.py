"""Publish into Google calendars: events in each language, their rooms and guests, and the calendars themselves."""

from briefingkit_google.calendar.settings import GoogleCalendar

__all__ = ["GoogleCalendar"]
