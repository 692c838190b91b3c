"""An `Accept` header and what the server has in, the one variant to send out (RFC 9110 section 12.5.1).

werkzeug's `best_match` is not used: it answers None without a header and for
`text/turtle;version=1.2`, and it reads `text/*` as `text/html`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from calcigraph.rdf.formats import find
from calcigraph.web.protocol import field_values

# Names under which clients send the format they would like; no part of the protocol.
FORMAT_PARAMETERS: Final = ("format", "output", "results")
_MOST_WISHES: Final = 10
_QVALUE = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\Z")


@dataclass(frozen=True)
class Offer:
    """One variant the server can send.

    `media_type` is what goes into `Content-Type` (without charset), `name` what `?format=` calls it and
    `names` what it may be called there as well, `aliases` further media types that ask for the same
    bytes, `profiles` the profile IRIs (RFC 6906) that it meets, `suffix` what the path of its document ends
    in (see `calcigraph.web.protocol.suffixes`), `profile` the one that `Content-Type` has to name.
    """

    media_type: str
    name: str
    aliases: tuple[str, ...] = ()
    profiles: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    suffix: str = ""
    profile: str = ""

    @property
    def called(self) -> tuple[Sequence[str], ...]:
        """What `?format=` may call it, the most telling first; see `calcigraph.rdf.formats.find`."""
        return (self.name,), self.names, (self.media_type,), self.aliases

    @property
    def content_type(self) -> str:
        """The value of `Content-Type`; every textual type of ours is UTF-8."""
        if self.profile:
            return f'{self.media_type}; profile="{self.profile}"'
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


HTML = Offer("text/html", "html", ("application/xhtml+xml",), suffix=".html")
JSON = Offer("application/json", "json", ("text/json",), suffix=".json")


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
    parsed = (_parse_member(member) for member in field_values.members(header))
    return [member for member in parsed if member is not None]


def _parse_member(text: str) -> MediaRange | None:
    member = field_values.parameterised(text)
    if member is None:
        return None
    kind, slash, subtype = member.name.partition("/")
    if not slash or (kind == "*" and subtype != "*"):
        return None
    q, profiles = 1000, frozenset[str]()
    for name, value in member.parameters:
        if name == "q":
            if not _QVALUE.match(value):
                return None
            q = round(float(value) * 1000)
        elif name == "profile":
            profiles = frozenset(value.split())
    return MediaRange(kind, subtype, q, profiles)


def wishes(parameters: Iterable[tuple[str, str]]) -> list[str]:
    """The values of `format`, `output` and `results`, in the order of the request; empty ones are none.

    They are no part of the SPARQL protocol, and clients send what they like under these names (SPARQLWrapper
    each of them several times). So the first value that names an offer wins over `Accept`, and others say
    nothing. Beyond ten, the rest is not looked at.
    """
    given = [value for name, value in parameters if name in FORMAT_PARAMETERS and value.strip()]
    return given[:_MOST_WISHES]


def wished(parameters: Iterable[tuple[str, str]], offers: Sequence[Offer]) -> Offer | None:
    """The offer that the parameters name first; None where they name none of them. See `wishes`."""
    return next((found for wanted in wishes(parameters) if (found := find(wanted, offers))), None)


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
