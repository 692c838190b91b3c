"""`calcigraph serve`: a root in, a SPARQL endpoint with its pages out."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import click

from calcigraph.cli.options import reasoner_option, root_option, setting_option
from calcigraph.edition import EditionCache
from calcigraph.federation import AllowList
from calcigraph.root import Root
from calcigraph.settings import DefaultGraph, Settings
from calcigraph.store import LocalEngine
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
    with closing(LocalEngine.start(Root.read(folder), settings, EditionCache.of_user())) as engine:
        app = create_app(engine, settings)
        line = f"{engine.edition.size} quads at http://{settings.host}:{settings.port}"
        answer(app, listener, ready=lambda: click.echo(line, err=True))
