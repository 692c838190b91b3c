"""The closure of ontologies as they are published, triple by triple against owlrl's."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.rdf.reading import read_files
from calcigraph.reasoning import infer
from calcigraph.reasoning.engines import owlrl
from suites import SUITES, needs
from test_reasoning_closure import compared

# Those that owlrl closes within minutes, the quickest first; bench/ontologies/report.md has the others.
CLOSED = (
    *("nanopub.trig", "dcat-ap-301.ttl", "food.rdf", "prov.ttl", "pizza.owl", "wine.rdf", "yso.ttl"),
    *("sepio.owl", "iao.owl", "bfo.owl", "ro.owl", "schemaorg.ttl", "Brick14.ttl"),
)


# What docs/profile.md says of it: that a class is below it is kept where it is asserted alone.
RESOURCE = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#Resource")


def is_closed_as_by_owlrl(path: Path) -> None:
    asserted = read_files([path]).triples
    inference = infer(asserted)
    assert not any(finding.check == "copies" for finding in inference.findings)
    ours, theirs = compared(asserted | inference.inferred), compared(owlrl.close(asserted))
    assert ours >= compared(asserted)
    assert ours == theirs - {t for t in theirs - asserted if t.object == RESOURCE}


@needs("ontologies")
@pytest.mark.campaign
@pytest.mark.parametrize("name", CLOSED)
def test_the_closure_of_an_ontology_is_owlrls(name: str) -> None:
    is_closed_as_by_owlrl(SUITES / "ontologies" / name)
