"""Asking the web APIs of services, for the integrations that do: requests, answers, and what their settings share.

It loads requests when it is used, and knows nothing of what is asked.
"""

__all__: list[str] = []
