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
