"""Why our signed relations are only related to those of the Relation Ontology, and nothing of it is imported.

Closed under its axioms, as published, the accepted steps say of things that they raise and lower the same:
one of its relations is transitive although two inhibitions cancel. `owlrl` draws the conclusions here, which
is not the server's reasoner.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import owlrl
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import OWL, RDF, SKOS

from datasets import dataset_of

CG, ID = rdflib.Namespace("https://w3id.org/calcigraph/ontology/"), "https://w3id.org/calcigraph/id/"
OBO = rdflib.Namespace("http://purl.obolibrary.org/obo/")
AXIOMS = Path(__file__).parent / "relation_ontology.ttl"
OURS = (CG.netPromotes, CG.netInhibits)
THEIRS = (OBO.RO_0002213, OBO.RO_0002212)


def steps(*relations: rdflib.URIRef) -> rdflib.Graph:
    """What the edition says by some relations."""
    found = rdflib.Graph()
    for relation in relations:
        for triple in dataset_of("shipped").triples(predicate=ox.NamedNode(relation)):
            found.add((rdflib.URIRef(triple.subject.value), relation, rdflib.URIRef(triple.object.value)))
    return found


@cache
def accepted() -> rdflib.Graph:
    """The signed relations of warfarin and of all that it bears on, direct and net."""
    every = steps(CG.directlyPromotes, CG.directlyInhibits, *OURS)
    warfarin = rdflib.URIRef(f"{ID}warfarin")
    near = {warfarin, *(thing for subject, _, thing in every if subject == warfarin)}
    assert len(near) > 5
    found = rdflib.Graph()
    for triple in every:
        if triple[0] in near:
            found.add(triple)
    return found


def closed(axioms: rdflib.Graph) -> rdflib.Graph:
    """The accepted relations under some axioms, without our own chains."""
    graph = accepted() + axioms
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(
        graph
    )
    return graph


def both(graph: rdflib.Graph, signs: tuple[rdflib.URIRef, rdflib.URIRef]) -> set[tuple[str, str]]:
    """Pairs of which the graph says both signs."""
    raised, lowered = ({(str(s), str(o)) for s, o in graph.subject_objects(sign)} for sign in signs)
    return raised & lowered


def of_warfarin(axioms: rdflib.Graph) -> set[str]:
    """Of what warfarin has both signs under the axioms, and has one of ours."""
    found = both(closed(axioms), THEIRS) - both(accepted(), OURS)
    return {thing.removeprefix(ID) for subject, thing in found if subject == f"{ID}warfarin"}


def test_the_relation_ontology_gives_warfarin_both_signs_where_we_give_one() -> None:
    assert "arterial-calcification" in of_warfarin(rdflib.Graph().parse(AXIOMS))


def test_the_reason_is_that_two_inhibitions_are_one_for_a_relation_of_it() -> None:
    axioms = rdflib.Graph().parse(AXIOMS)
    axioms.remove((OBO.RO_0002409, RDF.type, OWL.TransitiveProperty))
    for chain in list(axioms.objects(OBO.RO_0002409, OWL.propertyChainAxiom)):
        axioms.remove((OBO.RO_0002409, OWL.propertyChainAxiom, chain))
    assert of_warfarin(axioms) == set()


@pytest.mark.parametrize("ours", [*OURS, CG.directlyPromotes, CG.directlyInhibits])
def test_our_relations_are_related_to_theirs_and_no_more(ours: rdflib.URIRef) -> None:
    edition, node = dataset_of("shipped"), ox.NamedNode(ours)
    relations = {
        triple.predicate.value
        for triple in edition.triples(node)
        if isinstance(triple.object, ox.NamedNode) and triple.object.value.startswith(f"{OBO}RO_")
    }
    assert relations == {str(SKOS.relatedMatch)}
