"""The server's own vocabulary, as the root declares it: one document for all of its terms.

Its IRIs are hash IRIs (https://www.w3.org/TR/cooluris/ section 4.1), so a term is a place in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as WerkzeugResponse

from calcigraph.describe import Description
from calcigraph.rdf.vocabulary import SRV
from calcigraph.store import DocumentAddress
from calcigraph.web.protocol import suffixes
from calcigraph.web.protocol.negotiation import HTML
from calcigraph.web.representations import DOCUMENT_OFFERS, graph_format, write_graph
from calcigraph.web.resource_documents import finished, see_other
from calcigraph.web.site import Site, current_site

_PATH = "/server"
_ADDRESS = DocumentAddress(_PATH)
blueprint = Blueprint("vocabulary", __name__)


@blueprint.get(_PATH)
def vocabulary() -> WerkzeugResponse:
    """The vocabulary as a whole; fragments are for the client to find."""
    return see_other(current_site(), _ADDRESS)


@blueprint.get(f"{_PATH}.<suffix>")
def document(suffix: str) -> Response:
    """One document of the vocabulary."""
    site = current_site()
    chosen = suffixes.fixed(suffix, DOCUMENT_OFFERS)

    def body() -> str | bytes:
        described = list(_terms(site))
        if chosen is HTML:
            return render_template("vocabulary.html", terms=described, namespace=SRV.iri)
        quads = list(dict.fromkeys(quad for description in described for quad in _outgoing(description)))
        return write_graph(quads, graph_format(chosen), site.edition.root.prefixes)

    return finished(site, body, _ADDRESS, chosen, ox.NamedNode(SRV.iri.rstrip("#")), "server")


def _terms(site: Site) -> Iterator[Description]:
    """The terms that the root declares, by their names."""
    triples = [quad.triple for quad in site.edition.file_quads(site.edition.root.ontology)]
    nodes = {t.subject for t in triples if isinstance(t.subject, ox.NamedNode)}
    for node in sorted((n for n in nodes if n.value.startswith(SRV.iri)), key=str):
        # What links to a term would be half of the dataset.
        description = site.engine.describe(site.edition, node, None)
        if description is not None:
            yield description


def _outgoing(description: Description) -> Iterator[ox.Quad]:
    return (quad for quad in description.quads() if quad.subject == description.subject)
