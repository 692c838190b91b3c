"""The routes and the addresses of the site in, the rules that redirect its lasting IRIs to it out.

A namespace at https://w3id.org (or on any other Apache) is a directory with a `.htaccess` in it; this writes
that file. See https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app
from werkzeug.routing import Rule

from calcigraph.web import sparql_request
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.request_problems import ResourceUnknown
from calcigraph.web.site import Site, current_site

_CHOICE = re.compile(r"<any\(([^()]*)\):[^<>]*>")
_VARIABLE = re.compile(r"<[^<>]*>")
# Routes for those who run a server have no lasting IRI.
_LEFT_OUT = ("static", "assets", "operations", "w3id")
_NAMES = ("id", "ontology", "graph", "server", "describe")
# Answers for whatever else the namespace has.
_NAMED = "resources.named"
blueprint = Blueprint("w3id", __name__)


@blueprint.get("/w3id.htaccess")
def rules() -> Response:
    """The redirects from the lasting IRIs of the namespace to this server, for Apache's mod_rewrite."""
    site = current_site()
    if urlsplit(site.namespace).scheme not in ("http", "https"):
        raise ResourceUnknown(
            "The namespace of this root has no address.", "State a void:uriSpace that begins with https."
        )
    text = write(site, current_app.url_map.iter_rules())
    return validated(Response(text, content_type="text/plain; charset=utf-8"), site, "w3id")


def write(site: Site, routes: Iterable[Rule]) -> str:
    """The file, for the directory that the namespace names, or in which its document is."""
    known = [route for route in routes if route.endpoint != _NAMED]
    kept = [route for route in known if route.endpoint.partition(".")[0] not in _LEFT_OUT]
    found = {segment for route in kept for segment in _first(route.rule)}
    others = {segment for route in known for segment in _first(route.rule)} - found
    names = sorted(found & set(_NAMES))
    rest = sorted(found - {*names, "", sparql_request.PATH[1:]})
    lines = [
        f"# {site.about.title.value}".replace("\n", " "),
        f"# Redirects below {site.addresses.base}; made by {site.absolute('/w3id.htaccess')}.",
        "Options +FollowSymLinks",
        "RewriteEngine On",
        "# Scripts of other pages may follow, too.",
        "<IfModule mod_headers.c>",
        '  Header always set Access-Control-Allow-Origin "*"',
        "</IfModule>",
        "",
        "# Things are not documents: see another address, which is what was asked for as it was sent.",
        *_rule(site, f"^(?:{'|'.join(names)})(?:/|$)", 303),
        "# A query may be sent in the body, so the method stays.",
        *_rule(site, f"^{sparql_request.PATH[1:]}$", 307),
        "# Documents.",
        *_rule(site, f"^(?:{'|'.join(rest)})(?:/|$)", 302),
        *_whole(site),
    ]
    if site.has_names_elsewhere:
        lines += [
            "# Whatever else is named.",
            *_rule(site, f"^(?!(?:{'|'.join(sorted(others))})(?:/|$)).", 303),
        ]
    return "\n".join(lines) + "\n"


def _whole(site: Site) -> tuple[str, ...]:
    """The redirect from the namespace itself: names with a `#` are parts of the ontology."""
    if "#" not in site.namespace:
        return _rule(site, "^$", 302)
    return (f"RewriteRule ^$ {site.absolute('/ontology')} [R=303,NE,L]",)


def _rule(site: Site, pattern: str, status: int) -> tuple[str, str]:
    """One redirect. The path is taken from the request line, because what the rule itself is matched with has
    lost its percent-encoding; NE, because it must not be encoded once more."""
    path = re.escape(urlsplit(site.addresses.base).path)
    return (
        rf'RewriteCond %{{THE_REQUEST}} "^[A-Z]+ (?:https?://[^/ ]*)?{path}([^ ?]*)"',
        f"RewriteRule {pattern} {site.absolute('/')}%1 [R={status},NE,L]",
    )


def _first(rule: str) -> list[str]:
    """The first segment of a route's path as patterns: each of a choice, and a variable as anything."""
    segment = rule.lstrip("/").split("/")[0]
    choice = _CHOICE.fullmatch(segment)
    if choice:
        return [re.escape(part.strip()) for part in choice[1].split(",")]
    return ["[^/]+".join(re.escape(text) for text in _VARIABLE.split(segment))]
