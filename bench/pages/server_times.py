"""A root in, what each of its pages costs in the server out: the real application, called in process.

Nothing is asked for twice, so no cache of whole pages could help; each page is asked for with a browser's
header. What is made once (labels, shapes, templates) is paid by one page of each kind that is not counted.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from flask.testing import FlaskClient

from calcigraph.edition import Edition, assemble
from calcigraph.pool import Pool, QueryLimits
from calcigraph.root import Root
from calcigraph.settings import ReasonerName, Settings
from calcigraph.store import LocalEngine
from calcigraph.web.app import create_app

BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip",
}
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SRV = "https://w3id.org/calcigraph/server#"
# A page is of the first of these kinds that its resource is an instance of.
KINDS = ("Proposition", "EvidenceLine", "Evidence", "Source", "Acceptance")
OTHERS = ("/", "/questions", "/ontology.html", "/server.html", "/sparql", "/search?q=a")


@dataclass(frozen=True)
class Times:
    """Milliseconds of the pages of one kind, in order, by the clock; `cpu` the same by this thread's.

    `slowest` is the path of the last; `bytes_median` is of bodies as they are sent.
    """

    kind: str
    clock: tuple[float, ...]
    cpu: tuple[float, ...]
    slowest: str
    bytes_median: int


def at(milliseconds: tuple[float, ...], share: float) -> float:
    """The time that this share of the pages does not exceed."""
    return milliseconds[min(len(milliseconds) - 1, int(share * len(milliseconds)))]


def measure(folder: Path, reasoner: ReasonerName = "builtin") -> list[Times]:
    """Every page of the root `folder`, by kind. Cost: all of its pages once."""
    root = Root.read(folder)
    edition = assemble(root, reasoner).edition
    with Pool.start(edition.nquads(), limits=QueryLimits(workers=1), unasserted=root.inferences) as pool:
        client = create_app(LocalEngine(edition, pool, reasoner), Settings()).test_client()
        paths = [*_paths(edition), *((path, path) for path in OTHERS)]
        for path in dict(reversed(paths)).values():
            client.get(path, headers=BROWSER)
        gc.collect()
        gc.freeze()
        found: dict[str, list[_Page]] = defaultdict(list)
        for kind, path in paths:
            found[kind].append(_one(client, path))
        gc.unfreeze()
    return [_times(kind, pages) for kind, pages in sorted(found.items())]


@dataclass(frozen=True, order=True)
class _Page:
    clock: float
    cpu: float
    path: str
    size: int


def _one(client: FlaskClient, path: str) -> _Page:
    clock, cpu = time.perf_counter(), time.thread_time()
    response = client.get(path, headers=BROWSER)
    size = len(response.data)
    page = _Page((time.perf_counter() - clock) * 1000, (time.thread_time() - cpu) * 1000, path, size)
    if response.status_code != 200:
        raise SystemExit(f"{path} answered {response.status_code}.")
    return page


def _times(kind: str, pages: list[_Page]) -> Times:
    return Times(
        kind,
        tuple(sorted(page.clock for page in pages)),
        tuple(sorted(page.cpu for page in pages)),
        max(pages).path,
        int(statistics.median(page.size for page in pages)),
    )


def _paths(edition: Edition) -> Iterator[tuple[str, str]]:
    """The kind and the page of everything that the root says something about."""
    namespace = edition.root.namespace
    kinds: dict[str, set[str]] = defaultdict(set)
    for quad in edition.quads():
        subject = getattr(quad.subject, "value", "")
        if subject.startswith((f"{namespace}id/", f"{namespace}ontology/")):
            kinds[subject].update({quad.object.value} if quad.predicate.value == TYPE else ())
    for subject, types in sorted(kinds.items()):
        local = subject.removeprefix(namespace)
        if any(kind.endswith("#Tombstone") for kind in types) or local.startswith("id/question-"):
            continue
        of = [name for name in KINDS if SRV + name in types]
        kind = of[0] if of else "term" if local.startswith("ontology/") else "thing"
        yield kind, f"/{quote(local, safe='/%:@!$&()*+,;=~')}.html"
