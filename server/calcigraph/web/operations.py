"""Routes for those who run the server: health, version, metrics."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from calcigraph import __version__
from calcigraph.web.site import current_site
from calcigraph.web.views.results import ask_table

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
def health() -> Response:
    """200 where a query is answered. Raises: what the pool raises, which is 503 where it is down."""
    ask_table("ASK {}", inference=True)
    response = jsonify({"status": "ok"})
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/version")
def version() -> Response:
    """The digest of the root, and the version of the program."""
    site = current_site()
    response = jsonify({"calcigraph": __version__, "root": site.version})
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/metrics")
def metrics() -> Response:
    """Figures about requests, queries and processes, for Prometheus."""
    body, content_type = current_site().metrics.exposition(request.headers.get("Accept"))
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    return response
