"""A root in, what each of its resource pages costs in the server out: the real application, called in process.

Nothing is asked twice, so no cache of whole pages can help; each page is asked for by a browser's header.
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

from calcigraph.dataset import Dataset, build
from calcigraph.pool import Limits, Pool
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.web.app import create_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SRV = "https://w3id.org/calcigraph/server#"
# A page is of the first of these kinds that its resource is an instance of.
KINDS = ("Proposition", "EvidenceLine", "Evidence", "Source", "Acceptance")


@dataclass(frozen=True)
class Times:
    """Milliseconds of the pages of one kind, in order; `slowest` is the path of the last."""

    kind: str
    milliseconds: tuple[float, ...]
    slowest: str
    bytes_median: int

    def at(self, share: float) -> float:
        """The time that this share of the pages does not exceed."""
        return self.milliseconds[min(len(self.milliseconds) - 1, int(share * len(self.milliseconds)))]


def measure(folder: Path) -> list[Times]:
    """Every page of the root `folder`, by kind. Cost: all of its pages once."""
    dataset = build(Root.read(folder))
    pool = Pool.start(dataset.nquads, limits=Limits(workers=1), unasserted=dataset.root.inferences)
    with pool:
        client = create_app(dataset, pool, Settings()).test_client()
        # The first page pays for what is made once for all of them.
        client.get(next(_paths(dataset))[1], headers=BROWSER)
        gc.collect()
        gc.freeze()
        found: dict[str, list[tuple[float, str, int]]] = defaultdict(list)
        for kind, path in _paths(dataset):
            found[kind].append(_one(client, path))
        for path in ("/", "/questions", "/ontology.html", "/server.html", "/sparql"):
            client.get(path, headers=BROWSER)
            found[path].append(min(_one(client, path) for _ in range(3)))
    return [_times(kind, entries) for kind, entries in sorted(found.items())]


def _one(client: FlaskClient, path: str) -> tuple[float, str, int]:
    begin = time.perf_counter()
    response = client.get(path, headers=BROWSER)
    size = len(response.data)
    spent = (time.perf_counter() - begin) * 1000
    assert response.status_code == 200, (path, response.status_code)
    return spent, path, size


def _times(kind: str, entries: list[tuple[float, str, int]]) -> Times:
    ordered = sorted(entries)
    return Times(
        kind,
        tuple(spent for spent, _, _ in ordered),
        ordered[-1][1],
        int(statistics.median(size for *_, size in entries)),
    )


def _paths(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """The kind and the page of everything that the root says something about."""
    namespace = dataset.root.namespace
    kinds: dict[str, set[str]] = defaultdict(set)
    for quad in dataset.quads:
        subject = getattr(quad.subject, "value", "")
        if subject.startswith((f"{namespace}id/", f"{namespace}ontology/")):
            kinds[subject].update({quad.object.value} if quad.predicate.value == TYPE else ())
    for subject, types in sorted(kinds.items()):
        local = subject.removeprefix(namespace)
        if local.startswith("id/question-"):
            continue
        of = [name for name in KINDS if SRV + name in types]
        kind = of[0] if of else "term" if local.startswith("ontology/") else "thing"
        yield kind, f"/{quote(local, safe='/%:@!$&()*+,;=~')}.html"
