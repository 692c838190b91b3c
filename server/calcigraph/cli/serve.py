"""The work of `calcigraph serve`: a root in, a SPARQL endpoint with its pages out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import click

from calcigraph.closures import ClosureCache
from calcigraph.dataset import Dataset, build, consistent
from calcigraph.federation import AllowList
from calcigraph.pool import Pool, QueryLimits
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.web.app import create_app
from calcigraph.web.serving.server import listen
from calcigraph.web.serving.server import serve as answer


def serve_root(folder: Path, settings: Settings) -> None:
    """Serve the root in `folder` until a signal ends it.

    Raises: RootInvalid, EnvironmentProblem where the address cannot be had, Problem for a setting that is
    not understood.
    """
    # Before anything is loaded: what is not understood is said at once.
    AllowList(settings.allow_service)
    # The address first: whether it can be had is known at once, and a free port is then known too.
    listener = listen(settings.host, settings.port)
    settings = replace(settings, port=listener.getsockname()[1])
    dataset, pool = _load(Root.read(folder), settings)
    with pool:
        app = create_app(dataset, pool, settings)
        line = f"{dataset.size} quads at http://{settings.host}:{settings.port}"
        answer(app, listener, ready=lambda: click.echo(line, err=True))


def _load(root: Root, settings: Settings) -> tuple[Dataset, Pool]:
    """The dataset in this process and the pool in its own. A dataset that was built before is read
    by both at the same time."""
    cache = ClosureCache.of_user()
    kept = cache.recall(root.digest, settings.reasoner)
    with ThreadPoolExecutor(1) as aside:
        loading = aside.submit(_pool, root, kept.nquads, settings) if kept else None
        dataset = consistent(build(root, settings.reasoner, cache))
        return dataset, loading.result() if loading else _pool(root, dataset.nquads, settings)


def _pool(root: Root, nquads: bytes, settings: Settings) -> Pool:
    return Pool.start(
        nquads,
        limits=QueryLimits.of(settings),
        default_graph=settings.default_graph,
        unasserted=root.inferences,
        prefixes=root.prefixes.mapping,
        allow_service=settings.allow_service,
    )
