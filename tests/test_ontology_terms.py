"""What terms of the ontology say of themselves: of what a property is said, what a thing is and what it is
taken for, whose definition a term follows, and why a property with which little is said stays.

Read from the triples of the edition; classes above classes are followed here, not by the server's reasoner.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

import pyoxigraph as ox

from datasets import dataset_of

CG = "https://w3id.org/calcigraph/ontology/"
ID = "https://w3id.org/calcigraph/id/"
OWN = "https://w3id.org/calcigraph/"
OWL = "http://www.w3.org/2002/07/owl#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SOURCE = "http://purl.org/dc/terms/source"
HOME = f"{RDFS}isDefinedBy"


@cache
def said() -> list[ox.Triple]:
    """What is typed in files or built by rules, and nothing that follows from axioms."""
    edition = dataset_of("shipped")
    return [q.triple for q in edition.quads() if q.graph_name != edition.inferred_graph]


@cache
def inferred() -> list[ox.Triple]:
    edition = dataset_of("shipped")
    return [q.triple for q in edition.quads(graph=edition.inferred_graph)]


@cache
def values() -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
    """Of each node, by predicate: what is said of it by a name or a text."""
    found: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for triple in said():
        if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode | ox.Literal):
            found[triple.subject.value][triple.predicate.value].append(triple.object)
    return found


@cache
def classes(node: str) -> frozenset[str]:
    """The classes of a node as typed or built, and all above them."""
    found: set[str] = set()
    todo = [value.value for value in values()[node][TYPE]]
    while todo:
        kind = todo.pop()
        if kind not in found:
            found.add(kind)
            todo += [value.value for value in values()[kind][f"{RDFS}subClassOf"]]
    return frozenset(found)


@cache
def properties() -> list[str]:
    """Object and data properties of the ontology that are in use."""
    kinds = {f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty"}
    found = [
        node
        for node, said_of in values().items()
        if node.startswith(CG)
        and kinds & {value.value for value in said_of[TYPE]}
        and not said_of[f"{OWL}deprecated"]
    ]
    assert len(found) > 250
    return sorted(found)


def test_every_property_says_of_what_it_is_said_and_what_its_values_are() -> None:
    for node in properties():
        of = values()[node]
        assert bool(of[f"{RDFS}domain"]) != bool(of[f"{CG}domainLeftOpen"]), node
        assert bool(of[f"{RDFS}range"]) != bool(of[f"{CG}rangeLeftOpen"]), node


def test_no_thing_has_its_kind_from_a_domain_or_a_range_alone() -> None:
    """Else a domain would make a member of a class of whatever the property is said of, in silence.

    Classes of other vocabularies are left out, as their axioms are not taken over.
    """
    looked_at = 0
    for triple in [*said(), *inferred()]:
        of = values().get(triple.predicate.value)
        if of is None or not triple.predicate.value.startswith(CG):
            continue
        for side, end in ((triple.subject, "domain"), (triple.object, "range")):
            for kind in of[RDFS + end]:
                if isinstance(side, ox.NamedNode) and kind.value.startswith(OWN):
                    looked_at += 1
                    assert kind.value in classes(side.value), (
                        f"{triple}: {side} is no {kind} but for the {end}"
                    )
    assert looked_at > 20_000


def test_roles_follow_from_kinds_and_no_kind_from_a_role() -> None:
    roles: dict[str, set[str]] = defaultdict(set)
    for triple in [*said(), *inferred()]:
        if triple.predicate.value == f"{CG}hasRole" and isinstance(triple.subject, ox.NamedNode):
            roles[triple.subject.value.removeprefix(ID)].add(triple.object.value.removeprefix(CG))
    assert roles["warfarin"] == {"drugRole"}
    assert roles["mk-7"] == {"nutrientRole"}
    assert roles["vitamin-k-hydroquinone"] == {"metaboliteRole", "cofactorRole"}
    # A protein may be a cofactor; that makes it no metabolite.
    assert roles["alpha-klotho"] == {"cofactorRole"}
    for kind, role in (("Drug", "drugRole"), ("Nutrient", "nutrientRole"), ("Metabolite", "metaboliteRole")):
        members = {node.removeprefix(ID) for node in list(values()) if CG + kind in classes(node)}
        assert len(members) > 5
        assert all(role in roles[node] for node in members)


def test_definitions_name_whose_they_are_or_why_they_are_ours() -> None:
    elsewhere, ours = set(), set()
    for node, of in values().items():
        if OWN + "ontology" not in [home.value for home in of[HOME]] or not of[f"{SKOS}definition"]:
            continue
        sources = [source.value for source in of[SOURCE]]
        assert [source for source in sources if source.startswith(OWN)] == [], node
        assert sources or of[f"{SKOS}editorialNote"], node
        (elsewhere if sources else ours).add(node)
    assert len(elsewhere) > 120
    hosts = {re.split("/", source.value)[2] for node in elsewhere for source in values()[node][SOURCE]}
    assert len(hosts) > 8


def test_a_property_with_which_little_is_said_tells_why_it_stays() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for triple in said():
        if triple.predicate.value.startswith(CG):
            users[triple.predicate.value].add(str(triple.subject))
    for of in list(values().values()):
        for relation in of[f"{CG}propositionRelation"]:
            users[relation.value].update(subject.value for subject in of[f"{CG}propositionSubject"])
    for triple in inferred():
        users[triple.predicate.value].add(str(triple.subject))
    rare = [node for node in properties() if len(users[node]) < 2]
    assert rare
    notes = {node: " ".join(note.value for note in values()[node][f"{SKOS}scopeNote"]) for node in rare}
    assert [node for node, note in notes.items() if "Stays although" not in note] == []
