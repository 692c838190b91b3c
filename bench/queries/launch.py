"""`python -m bench.queries.launch FILE PORT`: N-Quads in, our server on them out.

There is no bulk load yet, so the front serves a root with nothing in it and the pool is given the
file. Everything between a request and its answer is what `calcigraph serve` puts there.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from calcigraph.edition import assemble
from calcigraph.pool import Pool, QueryLimits
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.store import LocalEngine
from calcigraph.web.app import create_app
from calcigraph.web.serving.listening import listen
from calcigraph.web.serving.server import serve

# None of the peers ends a query by itself.
_TIMEOUT_S = 120.0
_PIECE = 1 << 20


def main() -> None:
    """Serve until SIGTERM."""
    file, port = Path(sys.argv[1]), int(sys.argv[2])
    settings = Settings(port=port, timeout=_TIMEOUT_S, reasoner="none")
    listener = listen(settings.host, settings.port)
    limits = QueryLimits(
        workers=settings.workers, timeout_s=settings.timeout, memory_mib=settings.worker_memory_mib
    )
    with tempfile.TemporaryDirectory() as folder:
        edition = assemble(_empty_root(Path(folder)), settings.reasoner).edition
    with Pool.start(_pieces(file), limits=limits, default_graph=settings.default_graph) as pool:
        serve(create_app(LocalEngine(edition, pool, settings.reasoner), settings), listener)


def _empty_root(folder: Path) -> Root:
    for name in ("ontology", "data", "shapes"):
        (folder / name).mkdir()
    return Root.read(folder)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece


if __name__ == "__main__":
    main()
