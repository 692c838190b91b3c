"""What crawlers and language models look for: robots.txt, the sitemap, llms.txt."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

import pyoxigraph as ox
from flask import Blueprint, Response

from calcigraph.rdf.vocabulary import AS, RDF
from calcigraph.web.protocol.caching import validated
from calcigraph.web.site import Site, current_site

_MOST_ADDRESSES = 50_000  # https://www.sitemaps.org/protocol.html#index
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PAGES = ("/", "/questions", "/ontology.html", "/server.html", "/conformance.html", "/sparql", "/openapi")
blueprint = Blueprint("crawlers", __name__)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Everything may be read but the query service, which is for people and programs that ask."""
    site = current_site()
    lines = [
        "User-agent: *",
        f"Disallow: {site.link('/sparql')}?",
        f"Sitemap: {site.absolute('/sitemap.xml')}",
    ]
    return _text("\n".join(lines) + "\n", "robots")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The pages of all resources of the root."""
    site = current_site()
    day = f"{site.modified:%Y-%m-%d}"
    entries = "".join(
        f"<url><loc>{escape(address)}</loc><lastmod>{day}</lastmod></url>\n" for address in _addresses(site)
    )
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_SITEMAP}">\n{entries}</urlset>\n'
    return validated(Response(body, content_type="application/xml"), site, "sitemap")


@blueprint.get("/llms.txt")
def llms() -> Response:
    """What is here and how to ask for it, for language models (https://llmstxt.org)."""
    site = current_site()
    about = site.about
    lines = [f"# {about.title.value}", ""]
    lines += [f"> {' '.join(about.description.value.split())}", ""] if about.description else []
    lines += [about.disclaimer.value, ""] if about.disclaimer else []
    lines += [
        "## Ask",
        "",
        f"- [SPARQL 1.1 endpoint]({site.absolute('/sparql')}): `?query=`; `Accept: text/csv` gives rows",
        f"- [Explanations]({site.absolute('/explain')}): `?subject=&predicate=&object=` gives the proof",
        f"- [Search]({site.absolute('/search')}): `?q=` finds resources by name or identifier",
        f"- [Ontology]({site.absolute('/ontology.ttl')}): all classes and properties",
        f"- [Interface]({site.absolute('/openapi.json')}): every address, as OpenAPI; "
        f"[the same as a page]({site.absolute('/openapi')})",
        "",
        "## Take",
        "",
        f"- [Everything as Turtle]({site.absolute('/dump.ttl.gz')}), [as N-Quads]({site.absolute('/dump.nq.gz')})",
        f"- [What is in it, in numbers]({site.absolute('/.well-known/void')}): VoID; [DCAT]({site.absolute('/catalog')})",
        "",
        "## Questions",
        "",
    ]
    for question in site.dataset.root.questions:
        lines.append(f"- [{question.question}]({site.absolute('/questions/' + question.slug)})")
    return _text("\n".join(lines) + "\n", "llms")


def _addresses(site: Site) -> Iterator[str]:
    yield site.absolute("/")
    yield site.absolute("/ontology.html")
    yield site.absolute("/conformance.html")
    for question in site.dataset.root.questions:
        yield site.absolute(f"/questions/{question.slug}")
    removed = set(site.dataset.subjects(RDF["type"], AS["Tombstone"]))
    nodes = {quad.subject for quad in site.dataset.quads if isinstance(quad.subject, ox.NamedNode)} - removed
    left = _MOST_ADDRESSES - 3 - len(site.dataset.root.questions)
    paths = (path for node in nodes if (path := site.path(node)) and path.startswith(("/id/", "/ontology/")))
    for path in sorted(paths)[:left]:
        yield site.absolute(f"{path}.html")


def _text(body: str, variant: str) -> Response:
    return validated(Response(body, content_type="text/plain; charset=utf-8"), current_site(), variant)
