"""Doubles of mail services: real HTTP servers on the loopback address that check each request and send nothing.

Each is built from what its service documents, and stricter where that leaves a choice: what a double refuses may pass
at the service, and what it takes will. A rule names the page that it is from. Import the one that is needed, such as
`briefingkit.testing.mail.postmark`.
"""

__all__: list[str] = []
