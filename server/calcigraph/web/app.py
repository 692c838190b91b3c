"""A dataset, a pool that answers from it and settings in, the Flask application out."""

from __future__ import annotations

import flask
from flask import Flask, Response, request

from calcigraph.dataset import Dataset
from calcigraph.describe import Describer
from calcigraph.pool import Pool
from calcigraph.settings import Settings
from calcigraph.web import (
    competency_questions,
    conformance_page,
    crawlers,
    discovery,
    dumps,
    explanations,
    graphs,
    home,
    mappings,
    name_search,
    openapi,
    operations,
    problem_responses,
    program_digest,
    resources,
    server_vocabulary,
    site,
    sparql,
    sparql_request,
    w3id,
)
from calcigraph.web.about import about
from calcigraph.web.metrics import Metrics
from calcigraph.web.protocol import response_headers, versions
from calcigraph.web.views import pages

_READING = ("GET", "HEAD", "OPTIONS")
_BLUEPRINTS = (
    home.blueprint,
    sparql.blueprint,
    competency_questions.blueprint,
    explanations.blueprint,
    name_search.blueprint,
    discovery.blueprint,
    dumps.blueprint,
    mappings.blueprint,
    operations.blueprint,
    crawlers.blueprint,
    openapi.blueprint,
    conformance_page.blueprint,
    graphs.blueprint,
    server_vocabulary.blueprint,
    w3id.blueprint,
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
                program_digest.digest(),
                base.rstrip("/"),
                Metrics(pool),
            )
        )
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    pages.register(app)
    problem_responses.register(app)
    app.before_request(_check_version)
    app.after_request(_finish)
    return app


def _check_version() -> None:
    """Raises: VersionUnknown. Queries are looked at where they are read."""
    if request.routing_exception is None and request.path != sparql_request.PATH:
        versions.check(request.args.get(versions.PARAMETER), site.current_site())


def _finish(response: Response) -> Response:
    """What every response carries: the version it was made from, CORS for reading, security."""
    here = site.current_site()
    response.headers.update(response_headers.of_version(here.version))
    # werkzeug dates what is conditional, and the server dates everything.
    response.headers.pop("Date", None)
    route = request.url_rule.rule if request.url_rule else None
    here.metrics.count_request(route, request.method, response.status_code)
    for name, value in response_headers.SECURITY.items():
        response.headers.setdefault(name, value)
    if request.method in _READING or request.path == "/sparql":
        response.headers.update(response_headers.READABLE)
    if request.method == "OPTIONS" and response.headers.get("Allow"):
        response.headers["Access-Control-Allow-Methods"] = response.headers["Allow"]
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response
