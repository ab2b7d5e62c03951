"""Registrations by Google Forms: a form in each language, or one that branches, and what people answer in them."""

from briefingkit_google.forms.settings import GoogleForms

__all__ = ["GoogleForms"]
