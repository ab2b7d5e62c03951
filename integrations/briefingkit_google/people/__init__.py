"""People whom Google knows, as audiences of mailings: the members of a group, and a spreadsheet of contacts."""

from briefingkit_google.people.contact_list import GoogleContactList
from briefingkit_google.people.group import GoogleGroup

__all__ = ["GoogleContactList", "GoogleGroup"]
