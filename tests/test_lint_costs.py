"""What lints compare grows with the root and not with its square."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.lints import alien_classes, emptiness_of_classes
from calcigraph.lints.own_names import OwnNames
from calcigraph.lints.statements import Statements
from calcigraph.rdf.terms import Term
from calcigraph.root import Root

HEAD = """@prefix : <https://example.org/works/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."""
OWN = OwnNames(("https://example.org/works/",))
MANY = 300


def statements(folder: Path, text: str) -> Statements:
    quads = ox.parse(f"{HEAD} {text}", ox.RdfFormat.TURTLE)
    return Statements(Root.read(folder), [quad.triple for quad in quads])


def test_a_chain_of_required_values_is_gone_along_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Term] = []
    inherited = emptiness_of_classes._Unsatisfiable._inherited

    def counted(
        classes: emptiness_of_classes._Unsatisfiable, node: Term
    ) -> emptiness_of_classes.Reason | None:
        asked.append(node)
        return inherited(classes, node)

    monkeypatch.setattr(emptiness_of_classes._Unsatisfiable, "_inherited", counted)
    links = "".join(
        f":C{n} a owl:Class ; rdfs:subClassOf [ owl:onProperty :p ; owl:someValuesFrom :C{n + 1} ] ."
        for n in range(MANY)
    )

    found = statements(tmp_path, f"{links} :C{MANY} a owl:Class ; rdfs:subClassOf owl:Nothing .")

    assert len(list(emptiness_of_classes.unsatisfiable(found, OWN))) == MANY + 1
    # Each class, and each restriction on the way to it.
    assert len(asked) <= 3 * MANY


def test_classes_that_many_individuals_share_are_not_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    share_one = alien_classes._share_one

    def counted(some: set[Term], others: set[Term]) -> bool:
        compared.append(len(some) + len(others))
        return share_one(some, others)

    monkeypatch.setattr(alien_classes, "_share_one", counted)
    shared = "".join(f":i{n} a :A , :B ." for n in range(MANY))
    alone = " ".join(f":c{n} a :C ." for n in range(5))

    found = list(alien_classes.aliens(statements(tmp_path, f"{shared} {alone} :i0 a :C ."), OWN))

    works = "https://example.org/works/"
    assert {(str(hit.node), str(hit.value)) for hit in found} == {(f"<{works}i0>", f"<{works}C>")}
    assert len(compared) == 2
