"""A root and settings in, a server that answers until it is told to stop out.

The process that answers queries is started first: it loads the data while this one imports
the application.
"""

from __future__ import annotations

import resource
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from calcigraph.cli.served import what_is_served
from calcigraph.cli.streams import say
from calcigraph.edition import EditionCache
from calcigraph.errors import SettingRefused
from calcigraph.federation import AllowList
from calcigraph.logs import configure
from calcigraph.pool import QueryLimits
from calcigraph.root import Root
from calcigraph.settings import ReasonerLimits, Settings
from calcigraph.store import Engine, LocalEngine, descriptors_of
from calcigraph.web.serving.listening import listen

_MOST_DESCRIPTORS: Final = 1 << 16
_FEWEST_CONNECTIONS: Final = 64


def serve_root(folder: Path, settings: Settings, limits: ReasonerLimits | None = None) -> None:
    """Serve the root in `folder` until a signal ends it.

    Raises: RootInvalid, EnvironmentProblem where the address cannot be had, AllowListMalformed,
    SettingRefused where there are too few descriptors.
    """
    # Before anything is loaded: what is not understood is said at once.
    AllowList(settings.allow_service)
    configure(settings.log_format, settings.log_queries)
    reserve(descriptors_of(QueryLimits.of(settings)))
    # The address first: whether it can be had is known at once, and a free port is then known too.
    with closing(listen(settings.host, settings.port)) as listener:
        settings = replace(settings, port=listener.getsockname()[1])
        with ThreadPoolExecutor(1) as aside:
            cache = EditionCache.of_user()
            starting = aside.submit(LocalEngine.start, Root.read(folder), settings, cache, limits)
            # While the processes for queries load the data.
            from calcigraph.web.app import create_app
            from calcigraph.web.serving.server import serve

            engine: Engine = starting.result()
        with closing(engine):
            lines = what_is_served(engine.edition)
            lines.append(f"{engine.edition.size} quads at {settings.public_base}")
            for finding in engine.edition.files.recall_findings():
                say(f"note: {finding.place}: {finding.message}")
            serve(create_app(engine, settings), listener, ready=lambda: say("\n".join(lines)))


def reserve(needed: int) -> int:
    """Let this process have as many descriptors as the system allows it, or as are of use; how many there are
    besides the `needed` ones, for connections.

    Those of one process cost nothing until they are opened. Raises: SettingRefused where there are too few.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(hard, _MOST_DESCRIPTORS) if hard != resource.RLIM_INFINITY else _MOST_DESCRIPTORS
    if most > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    left = max(soft, most) - needed
    if left < _FEWEST_CONNECTIONS:
        raise SettingRefused(
            "workers",
            f"This process may have {max(soft, most)} descriptors. It needs {needed} for processes and "
            f"files, and at least {_FEWEST_CONNECTIONS} for connections.",
            f"Raise the hard limit to {needed + _FEWEST_CONNECTIONS} or more (`ulimit -Hn`; LimitNOFILE in a "
            "unit of systemd; --ulimit nofile in a container).",
        )
    return left
