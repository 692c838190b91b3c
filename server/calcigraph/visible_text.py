"""Text that may have any character in, text that a terminal or a log shows as it is out."""

from __future__ import annotations

import re
from typing import Final

# Controls, what turns the writing direction, and what some readers take for the end of a line.
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_USUAL: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str, kept: str = "") -> str:
    """`text` with an escape in place of every character that does something, but for those in `kept`."""
    return _UNSAFE.sub(lambda found: found[0] if found[0] in kept else _escape(found[0]), text)


def _escape(character: str) -> str:
    number = ord(character)
    return _USUAL.get(character) or (f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}")
