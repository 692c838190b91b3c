"""Each piece of evidence as a nanopublication: well-formed, true to the graph, and found by its links.

The rules are those of https://nanopub.net/guidelines/working_draft/, section "Well-formedness".
"""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import DCTERMS, PROV, RDF, XSD

from canonical_form import canonical_lines
from conftest import BROWSER, Server

NP = rdflib.Namespace("http://www.nanopub.org/nschema#")
SRV = rdflib.Namespace("https://w3id.org/calcigraph/server#")
# rdflib 7.6 itself uses what it deprecates when it parses into a Dataset.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated, use Dataset:DeprecationWarning")
EVIDENCE = """PREFIX srv: <https://w3id.org/calcigraph/server#>
SELECT DISTINCT ?node { ?node srv:source ?source . ?line srv:evidence ?node ; srv:stance ?stance ;
  srv:proposition [ srv:subject ?s ; srv:relation ?p ; srv:object ?o ] } ORDER BY STR(?node)"""
FORMATS = {".trig": "trig", ".nq": "nquads", ".jsonld": "json-ld"}


def evidence(server: Server, most: int) -> list[str]:
    rows = server.rows(EVIDENCE)
    assert rows, "the root has evidence"
    return [row["node"] for row in rows[:: max(1, len(rows) // most)]][:most]


def quads(body: bytes, form: str) -> set[tuple[rdflib.term.Node, ...]]:
    dataset = rdflib.Dataset()
    dataset.parse(data=body, format=form)
    return {(s, p, o, rdflib.URIRef(str(g))) for s, p, o, g in dataset.quads()}


def parts(found: set[tuple[rdflib.term.Node, ...]], whole: rdflib.URIRef) -> dict[str, rdflib.URIRef]:
    """The graphs of a nanopublication, which is well-formed or fails here."""
    heads = {(s, g) for s, p, o, g in found if (p, o) == (RDF.type, NP.Nanopublication)}
    assert heads == {(whole, next(iter(heads))[1])}
    ((_, head),) = heads
    named = {"head": head}
    for name in ("Assertion", "Provenance", "PublicationInfo"):
        (graph,) = {o for s, p, o, g in found if (s, p, g) == (whole, NP[f"has{name}"], head)}
        named[name] = graph
    assert len({*named.values(), whole}) == 5
    assert {g for *_, g in found} == set(named.values())
    assert {s for s, _, _, g in found if g == head} == {whole}
    assert any(s == named["Assertion"] for s, _, _, g in found if g == named["Provenance"])
    assert any(s == whole for s, _, _, g in found if g == named["PublicationInfo"])
    return named


def test_every_nanopublication_is_well_formed(server: Server) -> None:
    for iri in evidence(server, 40):
        whole = rdflib.URIRef(f"{iri}.nanopub")
        reply = server.get(server.path_of(iri) + ".nanopub")
        assert (reply.status, reply.type) == (200, "application/trig")
        named = parts(quads(reply.body, "trig"), whole)
        assert all(graph.startswith(f"{whole}#") for graph in named.values())


def test_it_says_who_when_and_on_what_terms(server: Server) -> None:
    (iri,) = evidence(server, 1)
    whole = rdflib.URIRef(f"{iri}.nanopub")
    found = quads(server.get(server.path_of(iri) + ".nanopub").body, "trig")
    info = {(p, o) for s, p, o, g in found if s == whole and g == parts(found, whole)["PublicationInfo"]}
    (created,) = {o for p, o in info if p == DCTERMS.created}
    assert created.datatype == XSD.dateTime
    assert created.toPython().tzinfo is not None
    assert any(p == DCTERMS.license for p, _ in info)
    assert any(str(o) == server.root.digest for _, o in info)


def test_the_assertion_holds_the_stance_and_the_provenance_the_source(server: Server) -> None:
    for iri in evidence(server, 10):
        node, whole = rdflib.URIRef(iri), rdflib.URIRef(f"{iri}.nanopub")
        found = quads(server.get(server.path_of(iri) + ".nanopub").body, "trig")
        named = parts(found, whole)
        in_assertion = {(s, p, o) for s, p, o, g in found if g == named["Assertion"]}
        in_provenance = {(s, p, o) for s, p, o, g in found if g == named["Provenance"]}
        lines = {s for s, p, o in in_assertion if (p, o) == (SRV.evidence, node)}
        assert lines
        assert {s for s, p, _ in in_assertion if p == SRV.stance} == lines
        assert not [t for t in in_assertion if t[1] in (SRV.source, SRV.grade)]
        sources = {o for s, p, o in in_provenance if (s, p) == (node, SRV.source)}
        assert sources
        assert sources == {
            o for s, p, o in in_provenance if (s, p) == (named["Assertion"], PROV.wasDerivedFrom)
        }
        assert all((s, None, None) for s in sources)


def test_nothing_is_in_it_that_the_graph_does_not_hold_but_the_plain_claims(server: Server) -> None:
    whole_graph = set(
        ox.parse(server.get("/graphs?default", "application/n-triples").body, ox.RdfFormat.N_TRIPLES)
    )
    held = {quad.triple for quad in whole_graph}
    for iri in evidence(server, 10):
        body = server.get(server.path_of(iri) + ".nanopub", "application/n-quads").body
        claims = {
            quad.triple
            for quad in ox.parse(body, ox.RdfFormat.N_QUADS)
            if str(quad.graph_name).endswith(("#assertion>", "#provenance>"))
            and ".nanopub#" not in str(quad.subject)
        }
        plain = {t for t in claims - held if "_:" not in f"{t.subject}{t.object}"}
        for triple in plain:
            query = (
                f"ASK {{ ?line <{SRV.stance}> <{SRV.supports}> ; <{SRV.proposition}> ?p . "
                f"?p <{SRV.subject}> {triple.subject} ; <{SRV.relation}> {triple.predicate} ; "
                f"<{SRV.object}> {triple.object} FILTER NOT EXISTS {{ ?p <{SRV.condition}> ?c }} }}"
            )
            assert server.ask(query, "application/json").json["boolean"], str(triple)


def test_what_is_conditional_or_denied_is_not_claimed_plainly(toy: Server) -> None:
    found = quads(toy.get("/id/inspection-autumn.nanopub").body, "trig")
    feeds = rdflib.URIRef(f"{toy.namespace}ontology/feeds")
    own = toy.namespace + "id/"
    claimed = {(str(s).removeprefix(own), str(o).removeprefix(own)) for s, p, o, _ in found if p == feeds}
    assert claimed == {("low-tank", "high-tank")}


def test_every_format_holds_the_same_quads(server: Server) -> None:
    (iri,) = evidence(server, 1)
    path = server.path_of(iri) + ".nanopub"
    first = canonical_lines(ox.parse(server.get(path + ".trig").body, ox.RdfFormat.TRIG))
    for suffix in FORMATS:
        reply = server.get(path + suffix)
        assert (reply.status, reply.headers["content-location"]) == (200, path + suffix)
        form = ox.RdfFormat.from_extension(suffix.removeprefix("."))
        assert form is not None
        assert canonical_lines(ox.parse(reply.body, form)) == first
        negotiated = server.get(path, reply.type)
        assert negotiated.body == reply.body
        assert "Accept" in negotiated.headers["vary"]
    assert server.get(path, BROWSER).type == "application/trig"
    assert server.get(path, "text/turtle").status == 406
    assert server.get(path + ".ttl").status == server.get(path + ".html").status == 404


def test_it_is_found_from_the_page_and_from_the_data(server: Server) -> None:
    (iri,) = evidence(server, 1)
    path = server.path_of(iri)
    for suffix in (".html", ".ttl"):
        assert (str(NP.Nanopublication), f"{path}.nanopub") in server.get(path + suffix).links
    assert f'href="{path}.nanopub"' in server.get(path + ".html").text
    other = server.rows("SELECT ?c { ?c a <http://www.w3.org/2002/07/owl#Class> } ORDER BY ?c")
    own = next(row["c"] for row in other if row["c"].startswith(f"{server.namespace}ontology/"))
    assert server.get(server.path_of(own) + ".nanopub").status == 404
    assert "nanopub" not in server.get(server.path_of(own) + ".html").headers["link"]
