from briefingkit.mailing.messages.message import Mailbox
from briefingkit_mail.http_fields import one_line, shown


def test_what_would_end_a_line_becomes_a_space_and_the_spaces_of_typography_stay() -> None:
    assert one_line("Rappel\u00a0:\r\nles\u202f«\x00villes\u2028") == "Rappel\u00a0: les\u202f« villes"
    assert shown(Mailbox("Ville\n de\u00a0Z", "x"), "a@z.example") == '"Ville de\u00a0Z" <a@z.example>'
