"""Every finding that a reader or `check` can give, by its code. docs/reference/findings.md says the same.

A code keeps its meaning for ever: files name codes under `allow`, and jobs act on them.
"""

from collections.abc import Mapping

from attrs import frozen

__all__ = ["CODES", "Code"]


@frozen
class Code:
    """What a code means, why it matters, and how to mend it."""

    code: str
    title: str
    why: str
    fix: str


_ALL = (
    # Reading a file
    Code(
        "E001",
        "The file cannot be read",
        "It is not there, is a folder, or may not be opened.",
        "Look at the name and the permissions.",
    ),
    Code(
        "E002",
        "The file is not UTF-8",
        "Letters of most languages would come out wrong.",
        "Save the file as UTF-8.",
    ),
    Code(
        "E003",
        "A control character",
        "NUL bytes and other controls come from a broken copy and are never meant.",
        "Delete the character at the place that is named.",
    ),
    Code(
        "E004",
        "The file is not YAML",
        "A quote, a bracket, a colon or the indentation is wrong, and nothing after it can be read.",
        "Mend the line that is named, or the one above it.",
    ),
    Code(
        "E005",
        "Too large",
        "A file over the limits of size, depth or number of values, or one whose aliases multiply, is no briefing.",
        "Split the file, or write repeated values out.",
    ),
    Code(
        "E006",
        "A field stands twice",
        "YAML would keep one of the two in silence.",
        "Keep the one that is right.",
    ),
    Code(
        "E007",
        "YAML that is not used here",
        "Tags, merge keys, second documents and keys that are no plain names surprise whoever edits the file next.",
        "Write the value out in full.",
    ),
    Code(
        "E008",
        "No fields",
        "The file is empty, or is a list or a text.",
        "Start with `format: 1` and the identifier.",
    ),
    # What a briefing cannot hold
    Code(
        "E101",
        "An unknown field",
        "A misspelt field would be lost in silence.",
        "Take the suggestion, or delete the field.",
    ),
    Code(
        "E102",
        "A missing field",
        "Only a draft may lack a title, a start, an end and a zone; other fields need theirs always.",
        "Fill it in, or set `status: draft`.",
    ),
    Code(
        "E103",
        "A value that cannot stand here",
        "The field holds another kind of value: a time, a key, a choice of words.",
        "Write it as the message shows.",
    ),
    Code(
        "E104",
        "A language, zone or text that cannot be used",
        "Tags are BCP 47, zones are IANA, and a text holds no control characters.",
        "Take the suggestion.",
    ),
    Code(
        "E105",
        "Fields that contradict each other",
        "An end before the start, a key that stands twice or names nothing.",
        "Mend one of the two.",
    ),
    Code(
        "E106",
        "Translated twice, differently",
        "A text stands in the briefing and in a PO file, and nobody could tell which is meant.",
        "Keep one of the two.",
    ),
    Code(
        "E107",
        "A PO file that cannot be read",
        "Its translations would be missing.",
        "Mend the line, or name the file after its language.",
    ),
    Code(
        "E108",
        "A code that cannot be allowed",
        "`allow` takes codes of warnings; an error is never allowed.",
        "Take it off the list.",
    ),
    Code(
        "E109",
        "A secret in a file",
        "A password or token in a file ends up in a repository, a backup and a screenshot.",
        "Name an environment variable: `${NAME}`.",
    ),
    # Dates and times
    Code(
        "W101",
        "A weekday that does not match its date",
        "People go by the weekday, and some will come on the wrong day.",
        "Look at a calendar and mend the one that is wrong.",
    ),
    Code(
        "W102",
        "A zone's name out of season",
        "CET in summer is an hour off from what is meant, and people miss meetings.",
        "Write the abbreviation that is in force, or the city's time.",
    ),
    Code(
        "W103",
        "A local time that occurs twice",
        "Clocks go back then; the first of the two is taken.",
        "Move it out of that hour if you can.",
    ),
    Code(
        "W104",
        "A local time that does not exist",
        "Clocks go forward over it; the time after the gap is taken.",
        "Give a time that exists.",
    ),
    Code(
        "W105",
        "Registration closes after the start",
        "People could register for what has begun.",
        "Close it at the start or before.",
    ),
    Code(
        "W106",
        "Registration opens after it closes",
        "Nobody could ever register.",
        "Mend one of the two.",
    ),
    Code(
        "W107",
        "A mailing at an odd time",
        "An invitation or a reminder after the start, or a follow-up before the end, helps nobody.",
        "Mend its time.",
    ),
    # The agenda
    Code(
        "W201",
        "The agenda is longer than the event",
        "The last items would be cut off.",
        "Shorten items, or move the end.",
    ),
    Code(
        "W202",
        "Agenda items overlap",
        "Items of one briefing follow each other; parallel segments are briefings of their own.",
        "Mend the times, or make a briefing of one of them.",
    ),
    Code(
        "W203",
        "A gap in the agenda",
        "Nothing is said of this time.",
        "Add a break, or mend the times.",
    ),
    Code(
        "W204",
        "An item outside the event",
        "It is before the start, or on a day that is not the event's.",
        "Mend its day or its start.",
    ),
    Code(
        "W205",
        "A speaker without an organisation",
        "The programme shows whom a speaker speaks for.",
        "Give `organization`.",
    ),
    Code(
        "W206",
        "A person without a part",
        "Nobody in the agenda refers to them.",
        "Give them a part, or take them out.",
    ),
    Code(
        "W207",
        "An item without a time among timed ones",
        "Readers cannot tell when it is, nor how long the others last.",
        "Give it a start or a duration.",
    ),
    # Languages
    Code(
        "E301",
        "A target refuses a language that is not complete",
        "The target's fallback is `refuse`.",
        "Translate what is missing, or set `fallback: mark`.",
    ),
    Code(
        "W301",
        "A language is announced and not complete",
        "Readers get the missing texts in another language.",
        "Translate what is missing.",
    ),
    Code(
        "W302",
        "A translation is stale",
        "The source text has changed since it was translated.",
        "Look at the translation again.",
    ),
    Code(
        "W303",
        "A text in a language that is not announced",
        "Nobody will see it.",
        "Announce the language under `languages`, or take it out.",
    ),
    Code(
        "W304",
        "A translation of nothing",
        "A PO entry names a path at which the briefing has no text.",
        "Look at its msgctxt.",
    ),
    Code(
        "W305",
        "Interpretation in a language without texts",
        "People who follow in that language cannot read the briefing in it.",
        "Consider announcing it.",
    ),
    Code(
        "W306",
        "A target publishes a language that is not announced",
        "All of its texts would be in another language.",
        "Announce the language, or take it off the target.",
    ),
    # The programme
    Code(
        "E401",
        "Two briefings have one identifier",
        "Calendars and forms of one would overwrite the other's.",
        "Rename one of them.",
    ),
    Code(
        "E402",
        "Briefings that are part of each other",
        "A briefing cannot be part of its own part.",
        "Take one `part_of` away.",
    ),
    Code(
        "W401",
        "A part outside the whole",
        "It starts before, or ends after, what it is part of.",
        "Mend one of the two spans.",
    ),
    Code(
        "W402",
        "Parts at the same time",
        "Two parts of a programme overlap and are not in different tracks.",
        "Give each its `track`, or mend the times.",
    ),
    Code(
        "W403",
        "Part of a briefing that is not there",
        "The programme does not hold it.",
        "Mend the identifier, or give a title.",
    ),
    Code(
        "W404",
        "Two briefings alike",
        "They have the same title and the same start.",
        "Delete one, or tell them apart.",
    ),
    # Other mistakes
    Code(
        "W501",
        "A link without an address",
        "Readers see a title that leads nowhere.",
        "Give the address, or take the link out.",
    ),
    Code(
        "W502",
        "An address without encryption",
        "Browsers warn of http://, and anyone on the way can change the page.",
        "Write https:// where the site has it.",
    ),
    Code(
        "W503",
        "Unconfirmed, and not there",
        "`unconfirmed` names a path at which nothing stands.",
        "Mend the path, or take it off the list.",
    ),
    Code(
        "W504",
        "An invisible character",
        "It turns text around, breaks searches, or hides words.",
        "Delete it.",
    ),
    Code(
        "W505",
        "Allowed, and not found",
        "`allow` names a warning that the file does not give.",
        "Take it off the list.",
    ),
    Code(
        "W506",
        "Text that found no place",
        "Nobody will see what stands under `unplaced`.",
        "Move it into a field, or delete it.",
    ),
    Code(
        "W507",
        "A target that is not there",
        "An address from it would be waited for, and never made; a mailing to those whom it knows cannot be planned.",
        "Name a target of briefingkit.yaml.",
    ),
    # Registration
    Code(
        "W601",
        "A form without an e-mail address",
        "Nobody could be told that a time has changed, and one person who registers twice is two.",
        "Ask for it: add email to `fields`.",
    ),
    Code(
        "W602",
        "A question for a form that is not there",
        "A guiding question with `in_form` is asked where people register, and here they do not.",
        "Add a registration, or take `in_form` out.",
    ),
    Code(
        "W603",
        "A choice of parts that is none",
        "A capacity counts those who choose an item in the form; openings, breaks and closings nobody chooses.",
        "Say `choose: agenda` in the registration, or take the capacity out.",
    ),
    Code(
        "W604",
        "A consent without an end",
        "Data that nobody needs any more is a duty and a danger.",
        "Give `retention`, such as 90d after the end.",
    ),
    # Mailing
    Code(
        "W605",
        "An audience by an answer that nobody can give",
        "The form does not ask it, or has no such answer, so that the mailing goes to nobody.",
        "Name a field or a question of the form, and answers to it.",
    ),
    Code(
        "W606",
        "An audience by a part that nobody can choose",
        "People do not choose parts of the programme here, or not this one.",
        "Say `choose` in the registration, and name a part that can be chosen.",
    ),
    Code(
        "W607",
        "Contacts that are not there",
        "Who is written to cannot be read here, and the mailing cannot be planned.",
        "Mend the path, which starts at the briefing's folder; allow it where the list is kept apart.",
    ),
    Code(
        "W608",
        "Mail templates that are not there",
        "The mailing cannot be written.",
        "Mend the path, which starts at the briefing's folder and leads to a folder.",
    ),
    # The project file
    Code(
        "W701",
        "A name that no installed package offers",
        "What is published or sent by it cannot be opened here.",
        "Take the suggestion, or install the package that brings it.",
    ),
)

CODES: Mapping[str, Code] = {code.code: code for code in _ALL}
