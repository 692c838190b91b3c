"""The current request and the offers in, the one that it asks for out."""

from __future__ import annotations

from flask import request

from calcigraph.rdf.formats import find
from calcigraph.web.protocol.negotiation import Offer, choose
from calcigraph.web.protocol.request_problems import NothingAcceptable, RequestMalformed


def requested(offers: tuple[Offer, ...]) -> Offer:
    """What `?format=` names, else what `Accept` likes best.

    Raises: RequestMalformed for a format that there is not, NothingAcceptable.
    """
    chosen = named(offers)
    if chosen is None:
        chosen = choose(request.headers.get("Accept"), offers)
    if chosen is None:
        raise NothingAcceptable(offers)
    return chosen


def named(offers: tuple[Offer, ...]) -> Offer | None:
    """What `?format=` names; None where it is not there.

    Raises: RequestMalformed for a format that is not among the offers.
    """
    wanted = request.args.get("format")
    if wanted is None:
        return None
    found = find(wanted, offers)
    if found is None:
        listed = ", ".join(offer.name for offer in offers)
        raise RequestMalformed(f'There is no format "{wanted[:40]}" here.', f"Use one of: {listed}.")
    return found
