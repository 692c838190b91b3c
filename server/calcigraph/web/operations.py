"""Routes for those who run the server: health, readiness, version, metrics."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from calcigraph import __version__
from calcigraph.web.site import current_site

blueprint = Blueprint("operations", __name__)


@blueprint.get("/healthz")
def health() -> Response:
    """200: this process lives. Whether queries are answered, `/readyz` tells."""
    return _plain("ok")


@blueprint.get("/readyz")
def readiness() -> Response:
    """200 where a fresh query was answered just now. Raises: NotReady, which is 503."""
    problem = current_site().readiness.problem()
    if problem is not None:
        raise problem
    return _plain("ready")


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


def _plain(status: str) -> Response:
    response = jsonify({"status": status})
    response.headers["Cache-Control"] = "no-store"
    return response
