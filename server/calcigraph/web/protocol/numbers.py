"""A number in a request in, its value out: digits alone, no signs, separators or letters."""

from __future__ import annotations

import re
from typing import Final

from calcigraph.web.protocol.request_problems import RequestMalformed

# Longer ones would take time that grows with their square, and say no more.
_WHOLE: Final = re.compile(r"0*+([0-9]{1,15})\Z|0++\Z")
_DECIMAL: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?\Z")


def whole(name: str, text: str, most: int) -> int:
    """The whole number that the parameter `name` gives, from 0 to `most`. Raises: RequestMalformed."""
    found = _WHOLE.match(text)
    number = int(found[1] or "0") if found else most + 1
    if number > most:
        raise RequestMalformed(
            f"`{name}` is no number from 0 to {most}.", f"Write {name}=0, or leave it out."
        )
    return number


def decimal(name: str, text: str, unit: str) -> float:
    """The number of `unit` that the parameter `name` gives, such as 2.5. Raises: RequestMalformed."""
    if not _DECIMAL.match(text):
        raise RequestMalformed(
            f"`{name}` is no number of {unit}.", f"Write it in digits, as in {name}=2.5, or leave it out."
        )
    return float(text)
