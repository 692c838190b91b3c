"""Any IRI of the data in, its documents out; for one of the root's own, those at its own path."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from calcigraph.edition import near_iris
from calcigraph.rdf.terms import parse_iri
from calcigraph.store import DESCRIBE
from calcigraph.web import own_iris
from calcigraph.web.protocol import suffixes
from calcigraph.web.protocol.request_problems import RequestMalformed, ResourceUnknown
from calcigraph.web.representations import DOCUMENT_OFFERS
from calcigraph.web.resource_documents import document, refuse_removed, see_other
from calcigraph.web.resources import canonical
from calcigraph.web.site import Site, current_site

_IRI: Final = "iri"
blueprint = Blueprint("describe", __name__)


@blueprint.get(DESCRIBE)
def described() -> WerkzeugResponse:
    """What `iri` names, an IRI or a prefixed name: 303 to its page or its data.

    Raises: RequestMalformed, IriMalformed, PrefixUnknown, ResourceUnknown, ResourceRemoved.
    """
    site = current_site()
    wanted = _wanted(site)
    node = _find(site, wanted)
    if node is not None:
        refuse_removed(site, node)
        return see_other(site, canonical(site, node))
    path = site.graph_path(wanted) or site.path(wanted)
    if path is not None:
        # A question, or what is unknown: whoever answers there says which.
        return redirect(site.link(path.partition("#")[0].replace("?", "%3F")), 303)
    raise _unknown(site, wanted)


@blueprint.get(f"{DESCRIBE}.<suffix>")
def described_document(suffix: str) -> Response:
    """One document about what `iri` names.

    Raises: as `described`.
    """
    site = current_site()
    chosen, wanted = suffixes.fixed(suffix, DOCUMENT_OFFERS), _wanted(site)
    node = _find(site, wanted)
    if node is None:
        raise _unknown(site, wanted)
    refuse_removed(site, node)
    return document(site, node, chosen)


def _wanted(site: Site) -> ox.NamedNode:
    """The IRI that the request names. Cost: linear in its length, which is bounded."""
    given = request.args.getlist(_IRI)
    if len(given) != 1 or not given[0].strip():
        raise RequestMalformed(
            "Exactly one resource has to be named.",
            "Give `iri=` with its IRI, percent-encoded (a # is %23), or its prefixed name.",
        )
    return parse_iri(given[0].strip(), site.edition.root.prefixes)


def _find(site: Site, wanted: ox.NamedNode) -> ox.NamedNode | None:
    """What the data have under an IRI, a graph among that; None where it is not in them."""
    found = own_iris.find_spelled(site, wanted)
    return wanted if found is None and site.edition.has_graph(wanted) else found


def _unknown(site: Site, wanted: ox.NamedNode) -> ResourceUnknown:
    labels = site.edition.labels
    found = near_iris(site.edition, wanted.value) or [(n, "") for n, _ in labels.nearest(_name(wanted))]
    nearest = tuple((labels.of(node).value, site.here(node)) for node, _ in found)
    hint = f"Did you mean “{nearest[0][0]}”?" if nearest else "Look the name up in the search."
    return ResourceUnknown(f"The data say nothing of <{wanted.value[:200]}>.", hint, nearest)


def _name(node: ox.NamedNode) -> str:
    return unquote(node.value.rstrip("/#").replace("#", "/").rpartition("/")[2])
