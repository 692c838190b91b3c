"""The routes of the application in, their description as OpenAPI 3.1 and as a page out.

Made from the routes themselves, so that none can be missing: a summary is the first sentence of
the view's docstring. What the routes do not say stands in `route_table`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template
from werkzeug.routing import Rule

from calcigraph import __version__
from calcigraph.web.protocol.caching import validated
from calcigraph.web.protocol.negotiation import HTML, JSON
from calcigraph.web.representations import GRAPH_OFFERS, RESULT_OFFERS
from calcigraph.web.route_table import GRAPH, INTERFACE, TEXT, Parameter, RouteFacts
from calcigraph.web.site import Site, current_site

Json = dict[str, Any]
_OFFERS = (HTML, JSON, *GRAPH_OFFERS, *RESULT_OFFERS)
_VARIABLE = re.compile(r"<(?:([a-z]+)(?:\(([^()]*)\))?:)?([a-z_]+)>")
_PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": dict(TEXT),
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": dict(TEXT),
        "hint": dict(TEXT),
        "line": {"type": "integer"},
        "column": {"type": "integer"},
    },
}
_REFUSED: Json = {
    "description": "A problem document, or a page for browsers.",
    "content": {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        "text/html": {},
    },
}
blueprint = Blueprint("openapi", __name__)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This description, as OpenAPI 3.1."""
    site = current_site()
    return validated(jsonify(describe(site, current_app.url_map.iter_rules())), site, "openapi")


@blueprint.get("/openapi")
def page() -> Response:
    """This description, as a page."""
    site = current_site()
    description = describe(site, current_app.url_map.iter_rules())
    body = render_template("openapi.html", description=description)
    return validated(Response(body, content_type=HTML.content_type), site, "openapi.html")


def describe(site: Site, routes: Iterable[Rule]) -> Json:
    """The OpenAPI description of the routes that are in the interface, in the order of their paths."""
    paths: dict[str, Json] = {}
    for route in sorted(routes, key=lambda route: route.rule):
        facts = INTERFACE.get(route.endpoint)
        if facts is not None:
            paths.setdefault(_VARIABLE.sub(r"{\3}", route.rule), {}).update(_operations(site, route, facts))
    info: Json = {"title": site.about.title.value, "version": __version__}
    if site.about.description:
        info["description"] = site.about.description.value
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": site.base}],
        "paths": paths,
        "components": {"schemas": {"Problem": _PROBLEM}, "responses": {"Problem": _REFUSED}},
    }


def _operations(site: Site, route: Rule, facts: RouteFacts) -> Json:
    view = current_app.view_functions[route.endpoint]
    summary = (inspect.getdoc(view) or "").split("\n\n")[0].replace("\n", " ")
    responses: Json = {}
    if facts.sends:
        content: Json = {media_type: {} for media_type in facts.sends}
        responses["200"] = {"description": "The answer.", "content": content}
    if facts.redirects:
        place = {"Location": {"schema": dict(TEXT)}}
        responses["303"] = {
            "description": "See another address.",
            "headers": place,
            "content": {"text/html": {}},
        }
    responses |= {"304": {"description": "It is as the client has it."}}
    responses["default"] = {"$ref": "#/components/responses/Problem"}
    operation = {
        "operationId": route.endpoint.replace(".", "_"),
        "tags": [route.endpoint.partition(".")[0]],
        "summary": summary,
        "parameters": [*_in_path(site, route), *map(_in_query, _chosen(site, facts))],
        "responses": responses,
    }
    methods = sorted((route.methods or set()) - {"HEAD", "OPTIONS"})
    return {
        method.lower(): _posted(site, operation, facts) if method == "POST" else operation
        for method in methods
    }


def _chosen(site: Site, facts: RouteFacts) -> tuple[Parameter, ...]:
    """What the address takes, and what every address does: the format, and the version of the data."""
    digests = {"type": "string", "enum": [site.version, site.version[:12]]}
    version = Parameter("at", "The version of the data; what is asked for so never changes.", digests)
    if not facts.negotiates:
        return (*facts.takes, version)
    formats = {"type": "string", "enum": list(facts.sends or (*GRAPH, HTML.media_type))}
    return (
        *facts.takes,
        Parameter("format", "The format of the answer; one that is known wins over Accept.", formats),
        version,
    )


def _in_path(site: Site, route: Rule) -> Iterable[Json]:
    for kind, choice, name in _VARIABLE.findall(route.rule):
        schema: Mapping[str, Any] = TEXT
        if kind == "any":
            schema = {"type": "string", "enum": [word.strip() for word in choice.split(",")]}
        elif kind == "int":
            schema = {"type": "integer", "minimum": 1}
        elif name == "suffix":
            sent = INTERFACE[route.endpoint].sends
            schema = {"type": "string", "enum": [o.suffix[1:] for o in _OFFERS if o.media_type in sent]}
        found = {"name": name, "in": "path", "required": True, "schema": dict(schema)}
        example = _example(site, route.endpoint)
        yield found | ({"example": example} if example and name in ("name", "slug") else {})


def _example(site: Site, endpoint: str) -> str:
    """A name that is answered there: a question's, a graph's, or that of the dataset itself."""
    if endpoint.startswith("questions."):
        return next((question.slug for question in site.edition.root.questions), "")
    if endpoint == "graphs.direct":
        return site.edition.inferred_graph.value.rpartition("/")[2]
    if endpoint == "resources.named":
        return "ontology"
    path = site.path(site.citable) or ""
    return path.removeprefix("/id/") if path.startswith("/id/") else ""


def _in_query(parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }


def _posted(site: Site, operation: Json, facts: RouteFacts) -> Json:
    """The same by POST: the query as the body, or all parameters as a form (SPARQL 1.1 Protocol, 2.1)."""
    fields = {parameter.name: dict(parameter.schema) for parameter in _chosen(site, facts)}
    form = {"type": "object", "properties": fields, "required": ["query"]}
    content = {
        "application/sparql-query": {"schema": dict(TEXT)},
        "application/x-www-form-urlencoded": {"schema": form},
    }
    named = {
        "operationId": f"{operation['operationId']}_post",
        "requestBody": {"required": True, "content": content},
    }
    return operation | named | {"parameters": [p for p in operation["parameters"] if p["name"] != "query"]}
