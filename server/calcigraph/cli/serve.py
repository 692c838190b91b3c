"""The work of `calcigraph serve`: a root in, a SPARQL endpoint with its pages out.

What takes longest is begun first: the process that answers queries loads the data while this one imports
the application and reads the data itself.
"""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from calcigraph.closures import ClosureCache
from calcigraph.federation import AllowList
from calcigraph.pool import Pool, QueryLimits
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.web.serving.listening import listen

if TYPE_CHECKING:
    from calcigraph.dataset import Dataset


def serve_root(folder: Path, settings: Settings) -> None:
    """Serve the root in `folder` until a signal ends it.

    Raises: RootInvalid, EnvironmentProblem where the address cannot be had, AllowListMalformed.
    """
    # Before anything is loaded: what is not understood is said at once.
    AllowList(settings.allow_service)
    # The address first: whether it can be had is known at once, and a free port is then known too.
    listener = listen(settings.host, settings.port)
    settings = replace(settings, port=listener.getsockname()[1])
    dataset, pool = _load(Root.read(folder), settings)
    with pool:
        _answer(dataset, pool, listener, settings)


def _load(root: Root, settings: Settings) -> tuple[Dataset, Pool]:
    """The dataset in this process and the pool in its own. A dataset that was built before is read
    by both at the same time."""
    cache = ClosureCache.of_user()
    kept = cache.recall(root.digest, settings.reasoner)
    with ThreadPoolExecutor(1) as aside:
        loading = aside.submit(_pool, root, kept.nquads, settings) if kept else None
        dataset = _dataset(root, settings, cache)
        return dataset, loading.result() if loading else _pool(root, dataset.nquads, settings)


def _dataset(root: Root, settings: Settings, cache: ClosureCache) -> Dataset:
    from calcigraph.dataset import build, consistent

    return consistent(build(root, settings.reasoner, cache))


def _pool(root: Root, nquads: bytes, settings: Settings) -> Pool:
    return Pool.start(
        nquads,
        limits=QueryLimits.of(settings),
        default_graph=settings.default_graph,
        unasserted=root.inferences,
        prefixes=root.prefixes.mapping,
        allow_service=settings.allow_service,
    )


def _answer(dataset: Dataset, pool: Pool, listener: socket.socket, settings: Settings) -> None:
    from calcigraph.web.app import create_app
    from calcigraph.web.serving.server import serve

    app = create_app(dataset, pool, settings)
    line = f"{dataset.size} quads at http://{settings.host}:{settings.port}"
    serve(app, listener, ready=lambda: click.echo(line, err=True))
