"""A triple named in a request in, the reason why it holds out: JSON, PROV-O, text, a page or a proof file.

The program that checks proof files stands beside it, to be copied.
"""

from __future__ import annotations

from importlib.resources import files as package_files

import pyoxigraph as ox
from flask import Blueprint, Response, jsonify, render_template, request

from calcigraph.explanations import MOST_PROOFS, Explanation, Step, explained
from calcigraph.explanations.json import as_json
from calcigraph.explanations.proof_file import MEDIA_TYPE, as_proof_file
from calcigraph.explanations.provenance import as_triples
from calcigraph.explanations.text import as_text
from calcigraph.rdf.terms import Subject, TermMalformed, parse_iri, parse_named_term
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import HTML, JSON, Offer
from calcigraph.web.protocol.request_problems import RequestMalformed
from calcigraph.web.protocol.requested_format import requested
from calcigraph.web.representations import GRAPH_OFFERS, graph_format, write_graph
from calcigraph.web.site import Site, current_site
from calcigraph.web.views.pages import explain_link

TEXT = Offer("text/plain", "text")
PROOF = Offer(MEDIA_TYPE, "proof")
# Plain `application/json` is the nested proof, and plain `text/plain` the text.
OFFERS = (JSON, *GRAPH_OFFERS, TEXT, PROOF, HTML)
CHECKER = "/proof_checker.py"
_LINKED = ("json", "turtle", "json-ld", "text", PROOF.name)
blueprint = Blueprint("explanations", __name__)


@blueprint.get("/explain")
def explanation() -> Response:
    """Why `subject predicate object` holds; with `all=1` every derivation up to a limit.

    Where another spelling of the value is in the data, that one is proven, and `Link` leads to it as the
    canonical one. Raises: NothingToExplain where the triple does not hold; problems of terms and parameters.
    """
    site = current_site()
    asked = _triple(site)
    every = _flag("all")
    chosen = requested(OFFERS)
    if every and chosen is PROOF:
        raise RequestMalformed("A proof file holds one proof.", "Leave out `all`, or ask for another format.")
    meant = site.edition.written(asked) or asked
    found = site.engine.explain(site.edition, meant, MOST_PROOFS if every else 1)
    shown = explained(site.edition, asked, found)
    proofs, complete = shown.proofs, shown.complete or not every
    response = _response(site, chosen, proofs, every, complete)
    _name_canonical(response, site, proofs[0])
    response.vary.add("Accept")
    return validated(response, site, f"explain.{chosen.name}")


@blueprint.get(CHECKER)
def checker() -> Response:
    """The program that checks proof files, one file of Python to be copied and run by itself."""
    source = package_files("calcigraph").joinpath(CHECKER[1:]).read_bytes()
    response = Response(source, content_type="text/x-python; charset=utf-8")
    return validated(response, current_site(), "proof_checker")


def _response(
    site: Site, chosen: Offer, proofs: tuple[Explanation, ...], every: bool, complete: bool
) -> Response:
    if chosen is JSON:
        if not every:
            return jsonify(as_json(proofs[0]))
        return jsonify({"proofs": [as_json(proof) for proof in proofs], "complete": complete})
    if chosen is TEXT:
        body = "\n\n".join(as_text(proof) for proof in proofs) + "\n"
        return Response(body, content_type="text/plain; charset=utf-8")
    if chosen is PROOF:
        return Response(as_proof_file(proofs[0]), content_type=PROOF.content_type)
    if chosen is HTML:
        asked = proofs[0].asked
        page = render_template(
            "explanation.html",
            triple=asked,
            spellings=_spellings(site, proofs[0]),
            proofs=[(proof, _edges(proof), as_text(proof)) for proof in proofs],
            every=every,
            complete=complete,
            other=_here(site, asked, not every, None),
            formats=[(name, _here(site, asked, every and name != PROOF.name, name)) for name in _LINKED],
            checker=site.link(CHECKER),
        )
        return Response(page, content_type=HTML.content_type)
    triples = {t: None for proof in proofs for t in as_triples(proof)}
    quads = [ox.Quad(t.subject, t.predicate, t.object) for t in triples]
    content = write_graph(quads, graph_format(chosen), site.edition.root.prefixes)
    return Response(content, content_type=chosen.content_type)


def _edges(proof: Explanation) -> list[Step]:
    """The steps that sources speak about, each once, in order of the proof: what it is in short."""
    found = {step.triple: step for step in proof.conclusion.walk() if step.propositions}
    return list(found.values())


def _name_canonical(response: Response, site: Site, proof: Explanation) -> None:
    """Say in every format where the explanation of what is proven is, if that was asked for otherwise."""
    proven = proof.conclusion.triple
    if isinstance(proven, ox.Triple) and proven != proof.asked:
        _, _, query = explain_link(site, proven).partition("?")
        response.headers.add("Link", f'<{site.absolute("/explain")}?{query}>; rel="canonical"')


def _spellings(site: Site, proof: Explanation) -> list[tuple[ox.Triple, str]]:
    """The spellings in the data that were not asked for, each with the path of its explanation."""
    others = (spelled for spelled in proof.spellings if spelled != proof.asked)
    return [(spelled, explain_link(site, spelled)) for spelled in others]


def _triple(site: Site) -> ox.Triple:
    prefixes = site.edition.root.prefixes
    subject = parse_named_term(_single("subject"), prefixes)
    if not isinstance(subject, Subject):
        raise TermMalformed("A literal is no subject.", "Name a node, by its IRI or as `_:name`.")
    predicate = parse_iri(_single("predicate"), prefixes)
    return ox.Triple(subject, predicate, parse_named_term(_single("object"), prefixes))


def _single(name: str) -> str:
    values = request.args.getlist(name)
    if len(values) != 1 or not values[0].strip():
        raise RequestMalformed(
            f"`{name}` is needed once, and was given {len([v for v in values if v.strip()])} times.",
            "Give subject, predicate and object, each as a prefixed name, an IRI or a literal.",
        )
    return values[0].strip()


def _flag(name: str) -> bool:
    value = request.args.get(name, "0").lower()
    if value not in ("0", "1", "true", "false"):
        raise RequestMalformed(f"`{name}` is neither 0 nor 1.", f"Write {name}=1, or leave it out.")
    return value in ("1", "true")


def _here(site: Site, triple: ox.Triple, every: bool, form: str | None) -> str:
    more = {"all": "1"} if every else {}
    return explain_link(site, triple, **more, **({"format": form} if form else {}))
