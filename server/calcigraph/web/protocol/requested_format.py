"""The current request and the offers in, the one that it asks for out."""

from __future__ import annotations

from flask import request

from calcigraph.web.protocol.negotiation import Offer, choose, wished
from calcigraph.web.protocol.request_problems import NothingAcceptable


def requested(offers: tuple[Offer, ...]) -> Offer:
    """What `format=` names, else what `Accept` likes best; see `negotiation.wishes`.

    Raises: NothingAcceptable.
    """
    chosen = wished(request.args.items(multi=True), offers)
    if chosen is None:
        chosen = choose(request.headers.get("Accept"), offers)
    if chosen is None:
        raise NothingAcceptable(offer.media_type for offer in offers)
    return chosen


def profiled(chosen: Offer, variants: tuple[Offer, ...]) -> Offer:
    """The one of `variants` that has the media type of `chosen` and a profile that the request asks for, by
    `format=` or in `Accept` (RFC 6906); else `chosen`. So the document of one format has its profiles."""
    same = tuple(variant for variant in variants if variant.media_type == chosen.media_type)
    if not same:
        return chosen
    wanted = wished(request.args.items(multi=True), same)
    return wanted or choose(request.headers.get("Accept"), (chosen, *same)) or chosen
