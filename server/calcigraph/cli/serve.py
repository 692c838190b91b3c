"""`calcigraph serve`: a root in, a SPARQL endpoint with its pages out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import click

from calcigraph.cli.options import reasoner_option, root_option, setting_option
from calcigraph.closures import ClosureCache
from calcigraph.dataset import Dataset, build, consistent
from calcigraph.federation import AllowList
from calcigraph.pool import Pool, QueryLimits
from calcigraph.root import Root
from calcigraph.settings import DefaultGraph, Settings
from calcigraph.web.app import create_app
from calcigraph.web.serving.server import listen
from calcigraph.web.serving.server import serve as answer


@click.command()
@root_option
@setting_option("host")
@setting_option("port", type=click.IntRange(0, 65535))
@setting_option("base", metavar="IRI")
@reasoner_option()
@setting_option("default_graph", type=click.Choice(get_args(DefaultGraph)))
@setting_option("workers", type=click.IntRange(1, 64))
@setting_option("timeout", type=click.FloatRange(min=0.1), metavar="SECONDS")
@setting_option("worker_memory_mib", type=click.IntRange(min=64), metavar="MIB")
@setting_option("query_bytes", type=click.IntRange(min=1000), metavar="BYTES")
@setting_option("allow_service", multiple=True, metavar="PREFIX")
def serve(folder: Path, **values: Any) -> None:
    """Answer SPARQL, explanations and linked data over HTTP, read-only."""
    settings = Settings(**values)
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
    limits = QueryLimits(
        workers=settings.workers,
        timeout_s=settings.timeout,
        memory_mib=settings.worker_memory_mib,
        query_bytes=settings.query_bytes,
    )
    return Pool.start(
        nquads,
        limits=limits,
        default_graph=settings.default_graph,
        unasserted=root.inferences,
        prefixes=root.prefixes.mapping,
        allow_service=settings.allow_service,
    )
