"""Google Workspace: calendars, forms, spreadsheets, mail groups and contacts. Each has a package; `auth` is for all."""
