"""A root and settings in, a server that answers until it is told to stop out.

The process that answers queries is started first: it loads the data while this one imports
the application.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from calcigraph.edition import EditionCache
from calcigraph.federation import AllowList
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.store import Engine, LocalEngine
from calcigraph.web.serving.listening import listen


def serve_root(folder: Path, settings: Settings) -> None:
    """Serve the root in `folder` until a signal ends it.

    Raises: RootInvalid, EnvironmentProblem where the address cannot be had, AllowListMalformed.
    """
    # Before anything is loaded: what is not understood is said at once.
    AllowList(settings.allow_service)
    # The address first: whether it can be had is known at once, and a free port is then known too.
    listener = listen(settings.host, settings.port)
    settings = replace(settings, port=listener.getsockname()[1])
    with ThreadPoolExecutor(1) as aside:
        starting = aside.submit(LocalEngine.start, Root.read(folder), settings, EditionCache.of_user())
        # While the processes for queries load the data.
        from calcigraph.web.app import create_app
        from calcigraph.web.serving.server import serve

        engine: Engine = starting.result()
    with closing(engine):
        line = f"{engine.edition.size} quads at http://{settings.host}:{settings.port}"
        serve(create_app(engine, settings), listener, ready=lambda: click.echo(line, err=True))
