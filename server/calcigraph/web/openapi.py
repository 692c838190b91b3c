"""The routes of the application in, their description as OpenAPI 3.1 out.

Made from the routes themselves, so that none can be missing: a summary is the first sentence of
the view's docstring.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from werkzeug.routing import Rule

from calcigraph import __version__
from calcigraph.web.protocol.caching import validated
from calcigraph.web.site import current_site

_VARIABLE = re.compile(r"<(?:[^:<>]+(?:\([^()]*\))?:)?([a-z_]+)>")
_LEFT_OUT = ("HEAD", "OPTIONS")
# What the address takes after its "?": name, whether it is required, what it is.
_QUERY = {
    "/sparql": (
        ("query", False, "The SPARQL 1.1 query; without it the service is described."),
        ("default-graph-uri", False, "A graph of the default graph; may be repeated."),
        ("named-graph-uri", False, "A named graph; may be repeated."),
        ("inference", False, "`on` (as a rule) or `off`: only what is asserted."),
        ("timeout", False, "Seconds, at most the server's."),
        ("format", False, "The format of the answer; wins over Accept."),
    ),
    "/explain": (
        ("subject", True, "A prefixed name or an IRI."),
        ("predicate", True, "A prefixed name or an IRI."),
        ("object", True, "A prefixed name, an IRI or a literal as in Turtle."),
        ("all", False, "`1` for every derivation."),
        ("format", False, "The format of the answer; wins over Accept."),
    ),
    "/graphs": (("graph", False, "The graph's IRI."), ("default", False, "The default graph.")),
    "/search": (("q", True, "A label, synonym, identifier, prefixed name or IRI."),),
}
blueprint = Blueprint("openapi", __name__)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This description."""
    site = current_site()
    paths: dict[str, Any] = {}
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint == "static":
            continue
        paths.setdefault(_VARIABLE.sub(r"{\1}", rule.rule), {}).update(_operations(rule))
    description = {
        "openapi": "3.1.0",
        "info": {"title": site.about.title.value, "version": __version__},
        "servers": [{"url": site.base}],
        "paths": paths,
    }
    return validated(jsonify(description), site, "openapi")


def _operations(rule: Rule) -> dict[str, Any]:
    view = current_app.view_functions[rule.endpoint]
    summary = (inspect.getdoc(view) or "").split("\n\n")[0].replace("\n", " ")
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _VARIABLE.findall(rule.rule)
    ] + [
        {"name": name, "in": "query", "required": needed, "description": text, "schema": {"type": "string"}}
        for name, needed, text in _QUERY.get(rule.rule, ())
    ]
    problem = {"description": "A problem document (RFC 9457).", "content": {"application/problem+json": {}}}
    operation = {
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": {"description": "The answer."}, "default": problem},
    }
    methods = sorted((rule.methods or set()) - set(_LEFT_OUT))
    return {method.lower(): _with_body(operation) if method == "POST" else operation for method in methods}


def _with_body(operation: dict[str, Any]) -> dict[str, Any]:
    types = ("application/sparql-query", "application/x-www-form-urlencoded")
    return operation | {"requestBody": {"required": True, "content": {name: {} for name in types}}}
