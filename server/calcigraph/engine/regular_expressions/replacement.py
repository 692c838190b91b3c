"""The replacement string of REPLACE in, what it consists of out (XPath Functions and Operators 3.1, section
5.6.4): texts, and the numbers of groups."""

from __future__ import annotations

from collections.abc import Sequence


class ReplacementInvalid(ValueError):
    """What is no replacement string (err:FORX0004); says why."""


ReplacementParts = tuple[str | int, ...]


def parts_of(replacement: str, groups: int) -> ReplacementParts:
    """The parts of `replacement` for an expression with so many groups: a text, or the number of a group,
    0 for the whole match. A number that no group has stands for nothing.

    Cost: linear. Raises: ReplacementInvalid.
    """
    parts: list[str | int] = []
    at = 0
    while at < len(replacement):
        character = replacement[at]
        following = replacement[at + 1 : at + 2]
        if character == "\\":
            if following not in ("\\", "$"):
                raise ReplacementInvalid("`\\` stands only in `\\\\` and `\\$` there")
            parts.append(following)
            at += 2
        elif character == "$":
            number, at = _number(replacement, at + 1, groups)
            if number <= groups:
                parts.append(number)
        else:
            parts.append(character)
            at += 1
    return tuple(parts)


def _number(replacement: str, start: int, groups: int) -> tuple[int, int]:
    """The longest number that a group has, or one digit; and the offset behind it."""
    end = start
    while end < len(replacement) and replacement[end] in "0123456789":
        if end > start and int(replacement[start : end + 1]) > groups:
            break
        end += 1
    if end == start:
        raise ReplacementInvalid("`$` is followed by the number of a group: write `\\$` for the character")
    return int(replacement[start:end]), end


def for_engine(parts: ReplacementParts) -> str:
    """The parts as the engine's library reads them."""
    return "".join(f"${{{part}}}" if isinstance(part, int) else part.replace("$", "$$") for part in parts)


def filled(parts: ReplacementParts, groups: Sequence[str | None]) -> str:
    """The text for a match, whose groups are given, the whole match first."""
    return "".join((groups[part] or "") if isinstance(part, int) else part for part in parts)
