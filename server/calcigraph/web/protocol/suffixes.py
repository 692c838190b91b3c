"""The path of a document in, its stem and its format out: the one place that knows suffixes.

What has several formats has a document for each, whose path ends in the format's suffix and which is not
negotiated. A name that itself ends so is looked for first, by whoever knows the names.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response

from calcigraph.web.protocol.caching import links
from calcigraph.web.protocol.negotiation import Offer
from calcigraph.web.protocol.request_problems import ResourceUnknown


def split(path: str, offers: Iterable[Offer]) -> tuple[str, Offer | None]:
    """A path without its suffix, and the offer that this names; the path and None where it ends in none of
    theirs."""
    stem, ending = cut(path)
    found = next((offer for offer in offers if offer.suffix == ending), None) if ending else None
    return (stem, found) if found else (path, None)


def cut(path: str) -> tuple[str, str]:
    """A path without what may be a suffix, and that; "" where its last segment has no dot."""
    stem, dot, ending = path.rpartition(".")
    return (stem, dot + ending) if dot and "/" not in ending else (path, "")


def fixed(suffix: str, offers: Iterable[Offer]) -> Offer:
    """The offer that a suffix, without its dot, names.

    Raises: ResourceUnknown, naming those that there are.
    """
    known = tuple(offers)
    found = next((offer for offer in known if offer.suffix == f".{suffix}"), None)
    if found is None:
        raise unknown(f".{suffix}", known)
    return found


def unknown(suffix: str, offers: Iterable[Offer]) -> ResourceUnknown:
    """What to raise for a suffix that a document has not."""
    listed = ", ".join(offer.suffix for offer in offers)
    return ResourceUnknown(
        f"This document is not there in the format “{suffix[:40]}”.", f"Its path may end in: {listed}."
    )


def name_siblings(response: Response, stem: str, chosen: Offer, offers: Iterable[Offer]) -> None:
    """Say where the document is, and where those in the other formats are; `stem` is a path on the host."""
    response.headers["Content-Location"] = stem + chosen.suffix
    others = (offer for offer in offers if offer is not chosen)
    links(response, *((stem + offer.suffix, "alternate", offer.media_type) for offer in others))
