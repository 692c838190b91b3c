"""A folder in, a root with more statements than a page shows out: the toy one, and many of one kind."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import ROOTS

HUB = "hub"
SOURCE = "source"
PREFIXES = """\
@prefix plant: <https://example.org/plant/ontology/> .
@prefix id: <https://example.org/plant/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def write_large_root(folder: Path, spokes: int) -> Path:
    """A root in which each of so many `spokes` has a label and leads to one hub, and one source leads to each
    of them: three statements a spoke."""
    shutil.copytree(ROOTS["toy"], folder)
    with (folder / "data" / "large.ttl").open("w", encoding="utf-8") as file:
        file.write(PREFIXES)
        for number in range(spokes):
            file.write(f'id:spoke-{number} plant:feeds id:{HUB} ; rdfs:label "spoke {number}"@en .\n')
        targets = " , ".join(f"id:spoke-{number}" for number in range(spokes))
        file.write(f"id:{SOURCE} plant:feeds {targets} .\n")
    return folder
