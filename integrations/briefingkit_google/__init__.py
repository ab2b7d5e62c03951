"""Publish to Google Workspace: calendars now; each API is a room of its own, `auth` is shared by all."""
