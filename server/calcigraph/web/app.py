"""A dataset, a pool that answers from it and settings in, the Flask application out."""

from __future__ import annotations

import flask
from flask import Flask, Response, request

from calcigraph.dataset import Dataset
from calcigraph.describe import Describer
from calcigraph.pool import Pool
from calcigraph.settings import Settings
from calcigraph.web import (
    crawlers,
    discovery,
    explanations,
    front,
    graphs,
    mappings,
    openapi,
    operations,
    program,
    questions,
    resources,
    search,
    site,
    sparql,
    vocabulary,
)
from calcigraph.web.protocol import problems
from calcigraph.web.views import pages
from calcigraph.web.views.about import about

# Scripts are our own, from our own address; JSON-LD is a data block and not subject to script-src.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SECURITY = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_EXPOSED = "Allow, Calcigraph-Version, Content-Location, ETag, Link, Location, Retry-After"
_READING = ("GET", "HEAD", "OPTIONS")
_BLUEPRINTS = (
    front.blueprint,
    sparql.blueprint,
    questions.blueprint,
    explanations.blueprint,
    search.blueprint,
    discovery.blueprint,
    mappings.blueprint,
    operations.blueprint,
    crawlers.blueprint,
    openapi.blueprint,
    graphs.blueprint,
    vocabulary.blueprint,
    resources.blueprint,
)


def create_app(dataset: Dataset, pool: Pool, settings: Settings) -> Flask:
    """The application for one dataset, which it never changes. The caller closes the pool.

    Cost: reads the shapes and looks a few facts up.
    """
    app = flask.Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    # Either would redirect by itself, to an address made from the request's Host.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    base = settings.base or f"http://{settings.host}:{settings.port}"
    with app.app_context():
        site.install(
            site.Site(
                dataset,
                pool,
                settings,
                Describer(dataset),
                about(dataset),
                program.digest(),
                base.rstrip("/"),
            )
        )
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    pages.register(app)
    problems.register(app)
    app.after_request(_finish)
    return app


def _finish(response: Response) -> Response:
    """What every response carries: the version it was made from, CORS for reading, security."""
    response.headers["Calcigraph-Version"] = site.current_site().version
    for name, value in _SECURITY.items():
        response.headers.setdefault(name, value)
    if request.method in _READING or request.path == "/sparql":
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS" and response.headers.get("Allow"):
        response.headers["Access-Control-Allow-Methods"] = response.headers["Allow"]
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response
