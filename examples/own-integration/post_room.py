"""What stands in for `sendmail` here: keep a mail, which is read from standard input, in a file below mails/new."""

import sys
from hashlib import sha256
from pathlib import Path

folder = Path("mails", "new")
folder.mkdir(parents=True, exist_ok=True)
mail = sys.stdin.buffer.read()
(folder / sha256(mail).hexdigest()).write_bytes(mail)
