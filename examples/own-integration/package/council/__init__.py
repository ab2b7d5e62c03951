"""What the city council brings to briefingkit: its notice board, and its own way to send mail."""

from council.board import NoticeBoard
from council.sendmail import Sendmail

__all__ = ["NoticeBoard", "Sendmail"]
