"""Files for crawlers and language models: robots.txt, the sitemap, llms.txt."""

from __future__ import annotations

from flask import Blueprint, Response

from calcigraph.store import NoSuchSitemap, SitemapContent
from calcigraph.web.document_responses import document_response
from calcigraph.web.protocol.caching import validated
from calcigraph.web.site import current_site

MOST_ADDRESSES = 50_000  # https://www.sitemaps.org/protocol.html#index
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
    return _sitemap(None)


@blueprint.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    """One of the files of the index, counted from one."""
    return _sitemap(number)


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


def _sitemap(part: int | None) -> Response:
    site = current_site()
    questions = [f"/questions/{question.slug}" for question in site.edition.root.questions]
    if part is not None and part > 1 + (len(questions) + site.edition.size) // MOST_ADDRESSES:
        # No process is needed to tell that.
        raise NoSuchSitemap
    content = SitemapContent(
        (*_PAGES, *questions), site.addresses, site.base, f"{site.modified:%Y-%m-%d}", MOST_ADDRESSES, part
    )
    response = Response(content_type="application/xml")
    return document_response(response, site, f"sitemap-{part or 'all'}", content, site.edition.size)


def _text(body: str, variant: str) -> Response:
    return validated(Response(body, content_type="text/plain; charset=utf-8"), current_site(), variant)
