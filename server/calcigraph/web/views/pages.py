"""Values of the services in, HTML out: the templates' view of terms, and nothing about any domain."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Flask, current_app, render_template, request
from markupsafe import Markup

from calcigraph.describe import Description, Standing, Use
from calcigraph.edition import Languages
from calcigraph.rdf.formats import FormatUnfit, by_name
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Term
from calcigraph.rdf.vocabulary import RDF, SKOS
from calcigraph.store import DocumentAddress
from calcigraph.web.protocol.negotiation import HTML
from calcigraph.web.representations import GRAPH_OFFERS, write_graph
from calcigraph.web.site import Site, current_site
from calcigraph.web.strings import STRINGS
from calcigraph.web.views import assets
from calcigraph.web.views.citation import Citation, cited_work
from calcigraph.web.views.example_queries import example_queries
from calcigraph.web.views.propositions import contradiction
from calcigraph.web.views.results import ResultTable
from calcigraph.web.views.term_html import TermRenderer

_KEY = "calcigraph-terms"
_EXAMPLES = 6
_MEMBERS = 3


def register(app: Flask) -> None:
    """Give every template the strings, the functions that show terms, and the built scripts if any."""
    built = assets.assets()
    app.register_blueprint(assets.blueprint)

    @app.context_processor
    def _shown() -> dict[str, Any]:
        site = current_site()
        return {
            "t": STRINGS,
            "site": site,
            "assets": built,
            "link": site.link,
            "href": site.href,
            "show": terms_of(site),
            "languages": " ".join(Languages(site.edition.root).order),
            "label": site.edition.labels.of,
            "class_name": site.edition.labels.of_property,
            "kind": kind,
            "suffixes": {offer.suffix: offer for offer in (HTML, *GRAPH_OFFERS)},
            "site_title": site.about.title,
            "disclaimer": site.about.disclaimer,
            "prologue": _prologue(site),
            "example_queries": lambda: example_queries(site),
            "columns": columns,
            "heading": heading,
            "graph_name": lambda graph: graph.value.removeprefix(f"{site.addresses.base}graph/"),
            "rule_title": rule_title,
        }


def columns(table: ResultTable) -> list[str]:
    """The variables that a page shows: not those that only repeat the label which another one's
    IRIs are shown with anyway. Data formats have them all."""
    label = current_site().edition.labels.of
    shown = list(table.variables)
    for name in table.variables:
        values = [row.get(name) for row in table.rows]
        if not any(values) or not all(isinstance(v, ox.Literal) for v in values if v is not None):
            continue
        for other in shown:
            if other != name and all(_repeats(row.get(name), row.get(other), label) for row in table.rows):
                shown.remove(name)
                break
    return shown


def _repeats(text: Term | None, node: Term | None, label: Callable[[Term], ox.Literal]) -> bool:
    return isinstance(text, ox.Literal) and isinstance(node, ox.NamedNode) and label(node).value == text.value


def heading(variable: str) -> str:
    """A variable's name as a column's heading: `trialStatus` as "trial status"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", variable).replace("_", " ")
    return words.lower() if words != variable else variable


def rule_title(rule: str) -> str:
    """What a rule of a proof does, in words: the root's own rules say it in their files."""
    slug = rule.removeprefix("construct:")
    if slug != rule:
        rules = current_site().edition.root.rules
        return next((found.title for found in rules if found.slug == slug), "")
    return STRINGS.rules.get(rule, "")


def _prologue(site: Site) -> str:
    """What a new query begins with: the root's own prefixes, and a pattern that has an answer."""
    prefixes = site.edition.root.prefixes
    own = {name: iri for name, iri in prefixes.mapping.items() if iri.startswith(site.namespace)}
    return (
        f"{Prefixes(own).sparql()}\n".lstrip() + "SELECT *\nWHERE { ?subject ?predicate ?object }\nLIMIT 20"
    )


def kind(term: Term) -> str:
    """The kind of a term: "iri", "blank", "literal" or "triple"."""
    if isinstance(term, ox.NamedNode):
        return "iri"
    if isinstance(term, ox.BlankNode):
        return "blank"
    return "literal" if isinstance(term, ox.Literal) else "triple"


def explain_link(site: Site, triple: ox.Triple, **more: str) -> str:
    """The path of the explanation of a triple."""
    return terms_of(site).explanation(triple, **more)


def terms_of(site: Site) -> TermRenderer:
    """The renderer of terms, made once for an edition."""
    kept: tuple[Site, TermRenderer] | None = current_app.extensions.get(_KEY)
    if kept is None or kept[0] is not site:
        kept = current_app.extensions[_KEY] = site, TermRenderer(site)
    return kept[1]


def resource_page(
    site: Site, description: Description, fragments: list[Description], address: DocumentAddress
) -> str:
    """The page of one resource, and of the resources that fragments of its IRI name. It carries the same
    triples as JSON-LD, where that can say all of them."""
    quads = [quad for described in (description, *fragments) for quad in described.quads()]
    return render_template(
        "resource.html",
        description=description,
        types=_types(site, description),
        contradiction=contradiction(
            site.edition, site.describer, description.subject, request.args.get("by")
        ),
        uses=_uses(site, description),
        title=_title(description),
        graph=_graph(site, description.subject),
        citation=Citation(site.about, _title(description).value, description.subject.value, site.version),
        work=cited_work(site.edition, description.subject),
        fragments=[(found.subject.value.partition("#")[2], found) for found in fragments],
        address=address,
        outside=site.outside(description.subject),
        json_ld=_embedded(site, quads),
    )


def _embedded(site: Site, quads: list[ox.Quad]) -> Markup | None:
    """The triples of a page as JSON-LD; None where it cannot say them, as it has no triple terms."""
    try:
        written = write_graph(quads, by_name("graph", "json-ld"), site.edition.root.prefixes)
    except FormatUnfit:
        return None
    return script_data(written.decode())


def _types(site: Site, description: Description) -> list[ox.NamedNode]:
    """The classes to name below the title: those that somebody gave; where nobody gave one, those that
    follow."""
    own = [f for f in description.facts if f.triple.subject == description.subject]
    said = [f for f in own if f.triple.predicate == RDF["type"] and isinstance(f.triple.object, ox.NamedNode)]
    given = {f.triple.object for f in said if f.standing is not Standing.INFERRED}
    shown = [kind for kind in description.types if not given or kind in given]
    # A root's class and the server's class that it refines are often called the same.
    types = {site.edition.labels.of(kind).value: kind for kind in reversed(shown)}
    return sorted(types.values(), key=str)


def _graph(site: Site, node: ox.NamedNode) -> tuple[str, int] | None:
    """Where the triples of a named graph are, and how many; None for what is none."""
    if not site.edition.has_graph(node):
        return None
    path = site.graph_path(node)
    indirect = urlencode({"graph": node.value, "format": "turtle"})
    return site.link(f"{path}.ttl" if path else f"/graphs?{indirect}"), site.edition.graphs.get(node, 0)


def _title(description: Description) -> ox.Literal:
    """What the page is headed by: the label, or the IRI as it is."""
    label = description.label
    return ox.Literal(label.value.strip("<>")) if label.value == str(description.subject) else label


def _uses(site: Site, description: Description) -> Use:
    """How the data uses a term: the triples of a property; some members of a class that has no example of
    its own, as all of them are among what links to it."""
    term, uses = description.subject, site.describer.uses
    used = uses.of_property(term, _EXAMPLES)
    has_example = any(fact.triple.predicate == SKOS["example"] for fact in description.facts)
    return used if used.count or has_example else uses.of_class(term, _MEMBERS)


def script_data(text: str) -> Markup:
    """JSON as the content of a `script` element: no `<` in it can end the element or begin a comment.

    In JSON `<` occurs inside strings alone, where an escape means the same.
    """
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def json_for_page(value: Any) -> Markup:
    """A JSON value as the content of a `script` element."""
    return script_data(json.dumps(value, ensure_ascii=False))
