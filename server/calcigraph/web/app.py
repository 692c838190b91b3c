"""An engine that answers and settings in, the Flask application out."""

from __future__ import annotations

from flask import Flask, Response, request, send_from_directory
from flask.typing import ResponseReturnValue

from calcigraph.edition import EditionPassed
from calcigraph.settings import Settings
from calcigraph.store import Engine
from calcigraph.web import (
    competency_questions,
    conformance_page,
    crawlers,
    described_iris,
    discovery,
    downloads,
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
    trees,
    w3id,
)
from calcigraph.web.metrics import Metrics
from calcigraph.web.page_deadlines import page_deadline
from calcigraph.web.protocol import versions
from calcigraph.web.query_answers import EditionChanged
from calcigraph.web.readiness import Readiness
from calcigraph.web.taken_paths import taken_paths
from calcigraph.web.views import pages

# How often a page is begun that the data change under, before changes have to wait for it.
_MOST_TIMES = 3
_BLUEPRINTS = (
    home.blueprint,
    sparql.blueprint,
    competency_questions.blueprint,
    explanations.blueprint,
    name_search.blueprint,
    trees.blueprint,
    discovery.blueprint,
    downloads.blueprint,
    mappings.blueprint,
    operations.blueprint,
    crawlers.blueprint,
    openapi.blueprint,
    conformance_page.blueprint,
    graphs.blueprint,
    server_vocabulary.blueprint,
    w3id.blueprint,
    described_iris.blueprint,
    resources.blueprint,
)


class _Application(Flask):
    """Makes a response anew whose parts would have been of two editions, or of one that is gone."""

    def send_static_file(self, filename: str) -> Response:
        """A file of the pages; whether the client has it is looked at where all responses are finished."""
        assert self.static_folder is not None
        return send_from_directory(self.static_folder, filename, conditional=False)

    def dispatch_request(self) -> ResponseReturnValue:
        # Not around what is done when that has failed, or made of it.
        with page_deadline():
            return self._dispatched()

    def _dispatched(self) -> ResponseReturnValue:
        publication = site.publication_of(self)
        for _ in range(_MOST_TIMES):
            try:
                return super().dispatch_request()
            except EditionChanged as changed:
                following = changed.site
            except EditionPassed:
                following = publication.current
            site.keep_to(following)
            _check_version()
        with publication.unchanging() as here:
            site.keep_to(here)
            _check_version()
            return super().dispatch_request()


def create_app(engine: Engine, settings: Settings) -> Flask:
    """The application for the editions of one engine. The caller closes that.

    Cost: reads the shapes and looks a few facts up.
    """
    app = _Application(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    # Either would redirect by itself, to an address made from the request's Host.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    pages.register(app)
    with app.app_context():
        first = site.Site(
            engine.edition,
            engine,
            settings,
            program_digest.digest(),
            settings.public_base,
            Metrics(engine),
            Readiness(engine),
            taken_paths(app.url_map.iter_rules()),
            program_digest.last_modified(engine.edition.root.folder),
        )
        site.install(site.Publication(first))
    problem_responses.register(app)
    app.before_request(_check_version)
    return app


def _check_version() -> None:
    """Raises: VersionUnknown. Queries are looked at where they are read."""
    if request.url_rule is not None and request.url_rule.rule != sparql_request.PATH:
        versions.check(request.args.get(versions.PARAMETER), site.current_site())
