"""An `Accept` header and what the server has in, the one variant to send out (RFC 9110 section 12.5.1).

werkzeug's `best_match` is not used: it answers None without a header and for
`text/turtle;version=1.2`, and it reads `text/*` as `text/html`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_RANGE = re.compile(rf"\s*({_TOKEN})/({_TOKEN})\s*")
_PARAMETER = re.compile(rf"\s*;\s*(?:({_TOKEN})\s*=\s*({_QUOTED}|{_TOKEN}))?\s*")
# An unclosed quotation takes the rest of the header with it, so that the scan stays linear.
_MEMBER = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+\\?(?:"|\Z))+')
_QVALUE = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\Z")


@dataclass(frozen=True)
class Offer:
    """One variant the server can send.

    `media_type` is what goes into `Content-Type` (without charset), `name` what `?format=` calls it and
    `names` what it may be called there as well, `aliases` further media types that ask for the same
    bytes, `profiles` the profile IRIs (RFC 6906) that it meets.
    """

    media_type: str
    name: str
    aliases: tuple[str, ...] = ()
    profiles: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()

    @property
    def called(self) -> tuple[Sequence[str], ...]:
        """What `?format=` may call it, the most telling first; see `calcigraph.rdf.formats.find`."""
        return (self.name,), self.names, (self.media_type,), self.aliases

    @property
    def content_type(self) -> str:
        """The value of `Content-Type`; every textual type of ours is UTF-8."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


HTML = Offer("text/html", "html", ("application/xhtml+xml",))
JSON = Offer("application/json", "json", ("text/json",))


@dataclass(frozen=True)
class MediaRange:
    """A member of `Accept`: `q` in thousandths; profiles as asked for, other parameters dropped."""

    kind: str
    subtype: str
    q: int
    profiles: frozenset[str] = frozenset()

    def specificity(self, offer: Offer) -> int:
        """How closely the range names the offer: 0 not at all, 1 `*/*` up to 5 type and profile."""
        if (self.kind, self.subtype) == ("*", "*"):
            return 1
        if self.subtype == "*":
            return 2 if offer.media_type.startswith(f"{self.kind}/") else 0
        named = f"{self.kind}/{self.subtype}"
        if named == offer.media_type:
            # A profile that nothing meets is a wish, not a condition (RFC 6906 section 3).
            return 5 if self.profiles & offer.profiles else 4
        return 3 if named in offer.aliases else 0


def parse_accept(header: str) -> list[MediaRange]:
    """The members of an `Accept` header; a malformed member is left out, as it names nothing."""
    parsed = (_parse_member(member.strip()) for member in _MEMBER.findall(header))
    return [member for member in parsed if member is not None]


def _parse_member(text: str) -> MediaRange | None:
    match = _RANGE.match(text)
    if match is None or (match[1] == "*" and match[2] != "*"):
        return None
    q, profiles, position = 1000, frozenset[str](), match.end()
    while position < len(text):
        parameter = _PARAMETER.match(text, position)
        if parameter is None:
            return None
        position = parameter.end()
        name = (parameter[1] or "").lower()
        value = _unquoted(parameter[2] or "")
        if name == "q":
            if not _QVALUE.match(value):
                return None
            q = round(float(value) * 1000)
        elif name == "profile":
            profiles = frozenset(value.split())
    return MediaRange(match[1].lower(), match[2].lower(), q, profiles)


def _unquoted(value: str) -> str:
    if value.startswith('"'):
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def choose(accept: str | None, offers: Sequence[Offer]) -> Offer | None:
    """The offer that the header likes best; None where it likes none.

    Each offer takes the `q` of the most specific range that names it, and `q=0` excludes it.
    Among equal ones the one named more closely wins, then the server's order. No header, or an
    empty one, accepts anything.
    """
    if not offers:
        return None
    if accept is None or not accept.strip():
        return offers[0]
    ranges = parse_accept(accept)
    best, best_rank = None, (0, 0)
    for offer in offers:
        specificity, q = max(((r.specificity(offer), r.q) for r in ranges), default=(0, 0))
        if specificity and q and (q, specificity) > best_rank:
            best, best_rank = offer, (q, specificity)
    return best
