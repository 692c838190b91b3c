"""A number of triples in, the folder of a root with them out."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.reasoning.generate import write

NAMESPACE = "http://example.org/"
_CATALOGUE = f"""\
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix void: <http://rdfs.org/ns/void#> .

<{NAMESPACE}id/generated> a dcat:Dataset ; void:uriSpace "{NAMESPACE}" .
"""


def made(folder: Path, triples: int) -> Path:
    """A root with the workload "plain" (see `bench.reasoning.generate`) and a catalogue."""
    root = folder / f"root-{triples}"
    for name in ("ontology", "data", "shapes"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "data" / "catalog.ttl").write_text(_CATALOGUE, encoding="utf-8")
    if triples:
        schema, data = write("plain", triples, folder)
        shutil.move(schema, root / "ontology" / "schema.ttl")
        # N-Triples are Turtle.
        shutil.move(data, root / "data" / "facts.ttl")
    return root
