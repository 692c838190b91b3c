"""A number as a client or a user wrote it in, its value out: plain decimal digits, within bounds.

`int` and `float` take more than anybody means (`1_0`, ` 5 `, `٣`, `1e3`, `inf`, `nan`), and `int` gives up
with an error of its own beyond 4,300 digits. What is read here is `xsd:nonNegativeInteger` and unsigned
`xsd:decimal` (XML Schema part 2, sections 3.3.20 and 3.2.3), and nothing else.
"""

from __future__ import annotations

import math
import re
from typing import Final

MOST_DIGITS: Final = 30
_INTEGER: Final = re.compile(r"[0-9]+", re.ASCII)
_DECIMAL: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+", re.ASCII)


class NumeralRefused(ValueError):
    """A text that is no number of the kind and size asked for; its message says which are."""


def integer(text: str, least: int = 0, most: float = math.inf) -> int:
    """A whole number without a sign. Both bounds are included. Raises: NumeralRefused."""
    if len(text) <= MOST_DIGITS and _INTEGER.fullmatch(text) and least <= (value := int(text)) <= most:
        return value
    raise NumeralRefused(f"a whole number {_range(least, most)}, in digits")


def decimal(text: str, least: float = 0.0, most: float = math.inf) -> float:
    """A number without a sign or an exponent, which may have a fraction. Both bounds are included. Raises:
    NumeralRefused."""
    if len(text) <= MOST_DIGITS and _DECIMAL.fullmatch(text) and least <= (value := float(text)) <= most:
        return value
    raise NumeralRefused(f"a number {_range(least, most)}, in digits with or without a point")


def _range(least: float, most: float) -> str:
    return f"of {_shown(least)} or more" if math.isinf(most) else f"from {_shown(least)} to {_shown(most)}"


def _shown(value: float) -> str:
    return f"{int(value)}" if value == int(value) else f"{value}"
