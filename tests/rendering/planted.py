"""Words planted where only some may see them, or nobody."""

from typing import Any

NOBODYS = ("zqmail", "zqphone", "ushuaia", "zqdeclined", "zqmailing", "zqunplaced", "zqunconfirmed", "w104")
REGISTRANTS = ("zqroom", "zqchannel", "zqtape")
PARTICIPANTS = ("zqdeck", "zqhall", "zqstreet")

PLANTED: dict[str, Any] = {
    "place": {
        "online": {"url": "https://zqroom.example/j/1", "access": "registered"},
        "venue": {"name": "Zqhall", "address": "Zqstreet 1", "access": "participants"},
    },
    "interpretation": {"floor": ["en"], "into": {"fr": "https://zqchannel.example/fr"}},
    "materials": [
        {"key": "zqdeck", "title": "Zqdeck", "url": "https://zqdeck.example", "access": "participants"},
        {"key": "zqtape", "title": "Zqtape", "url": "https://zqtape.example", "access": "registered"},
    ],
    "people": {
        "maulik": {
            "name": "Monami Maulik",
            "email": "zqmail@example.org",
            "phone": "+32 zqphone",
            "language": "is",
            "timezone": "America/Argentina/Ushuaia",
        },
        "gone": {"name": "Zqdeclined"},
    },
    "agenda": [
        {
            "key": "road",
            "title": {"en": "Road"},
            "participants": [{"person": "maulik"}, {"person": "gone", "status": "declined"}],
        }
    ],
    "mailing": [{"key": "zqmailing", "kind": "reminder", "audience": ["registered"], "at": "-1d"}],
    "unplaced": "zqunplaced",
    "unconfirmed": ["zqunconfirmed"],
    "allow": ["W104"],
}
