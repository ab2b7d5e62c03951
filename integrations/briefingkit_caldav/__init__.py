"""Publish to any CalDAV server (RFC 4791): Nextcloud, Radicale, Xandikos, SOGo, Zimbra, Fastmail and others."""
