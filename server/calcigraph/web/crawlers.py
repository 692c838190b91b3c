"""Files for crawlers and language models: robots.txt, the sitemap, llms.txt."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pyoxigraph as ox
from flask import Blueprint, Response

from calcigraph.rdf.vocabulary import AS, RDF
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import HTML
from calcigraph.web.protocol.request_problems import ResourceUnknown
from calcigraph.web.site import Site, current_site

MOST_ADDRESSES = 50_000  # https://www.sitemaps.org/protocol.html#index
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
    """The addresses of all pages; where they are too many for one file, an index of files."""
    site = current_site()
    addresses = _addresses(site)
    if len(addresses) <= MOST_ADDRESSES:
        return _xml(site, "urlset", "url", addresses)
    count = -(-len(addresses) // MOST_ADDRESSES)
    files = [site.absolute(f"/sitemap-{number}.xml") for number in range(1, count + 1)]
    return _xml(site, "sitemapindex", "sitemap", files)


@blueprint.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    """One of the files of the index, counted from one."""
    site = current_site()
    part = _addresses(site)[(number - 1) * MOST_ADDRESSES :][:MOST_ADDRESSES] if number else []
    if not part:
        raise ResourceUnknown("There are not so many pages.", "Begin with /sitemap.xml.")
    return _xml(site, "urlset", "url", part)


@blueprint.get("/llms.txt")
def llms() -> Response:
    """A description of the site and its services for language models (https://llmstxt.org)."""
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
        f"- [Everything as Turtle]({site.absolute('/dump.ttl.gz')})",
        f"- [Everything as N-Quads]({site.absolute('/dump.nq.gz')}), each triple in its graph",
        f"- [VoID]({site.absolute('/.well-known/void')}): classes and properties, in numbers",
        f"- [DCAT]({site.absolute('/catalog')}): files with sizes and checksums",
        "",
        "## Questions",
        "",
    ]
    for question in site.edition.root.questions:
        lines.append(f"- [{question.question}]({site.absolute('/questions/' + question.slug)})")
    return _text("\n".join(lines) + "\n", "llms")


def _addresses(site: Site) -> list[str]:
    """The addresses of all pages. Cost: one pass over the dataset."""
    questions = [f"/questions/{question.slug}" for question in site.edition.root.questions]
    removed = set(site.edition.subjects(RDF["type"], AS["Tombstone"]))
    nodes = {node for node in site.edition.all_subjects() if isinstance(node, ox.NamedNode)} - removed
    stems = {site.document(node) for node in nodes}
    paths = sorted(stem for stem in stems if stem and stem.startswith(("/id/", "/ontology/")))
    return [
        site.absolute(path) for path in (*_PAGES, *questions, *(f"{path}{HTML.suffix}" for path in paths))
    ]


def _xml(site: Site, kind: str, entry: str, addresses: list[str]) -> Response:
    day = f"{site.modified:%Y-%m-%d}"
    entries = "".join(
        f"<{entry}><loc>{escape(address)}</loc><lastmod>{day}</lastmod></{entry}>\n" for address in addresses
    )
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="{_SITEMAP}">\n{entries}</{kind}>\n'
    return validated(Response(body, content_type="application/xml"), site, f"{kind}-{len(entries)}")


def _text(body: str, variant: str) -> Response:
    return validated(Response(body, content_type="text/plain; charset=utf-8"), current_site(), variant)
