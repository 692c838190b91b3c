"""What shapes say about showing properties (SHACL section 2.3.2): order, names, groups and direction."""

from __future__ import annotations

import pyoxigraph as ox

from calcigraph.describe.presentation import Presentation

SHAPES = """
@prefix : <urn:x#> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:shape sh:targetClass :A ; sh:property
  [ sh:path :plain ] ,
  [ sh:path :wrong ; sh:order "soon" ] ,
  [ sh:path :late ; sh:order 1000000 ] ,
  [ sh:path :half ; sh:order 1.5 ; sh:name "moitie"@fr , "half"@en ; sh:group :group ] ,
  [ sh:path [ sh:inversePath :half ] ; sh:order 3 ] ,
  [ sh:path ( :half :late ) ; sh:order 2 ] .
:A a owl:Class ; sh:property [ sh:path :late ; sh:order -1 ; sh:group "no node" ] .
:B a rdfs:Class ; sh:property [ sh:path :late ; sh:order -1 ; sh:name "as a B" ] .
:group rdfs:label "group"@en ; sh:order 4 .
"""


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"urn:x#{name}")


def presentation() -> Presentation:
    return Presentation(q.triple for q in ox.parse(SHAPES.encode(), format=ox.RdfFormat.TURTLE))


def test_the_lowest_order_is_taken_and_what_has_none_comes_after_all_that_have_one() -> None:
    orders = {key: field.order for key, field in presentation().fields((node("A"),)).items()}
    unordered = orders.pop((node("plain"), False)), orders.pop((node("wrong"), False))
    assert orders == {(node("late"), False): -1, (node("half"), False): 1.5, (node("half"), True): 3}
    assert unordered[0] == unordered[1]
    # After what shapes put late, and before properties that no shape shows, which stand at infinity.
    assert 1_000_000 < unordered[0] < float("inf")


def test_a_field_has_its_english_name_and_a_group_that_is_a_node() -> None:
    fields = presentation().fields((node("A"),))
    half, late = fields[node("half"), False], fields[node("late"), False]
    assert (half.name, half.group) == (ox.Literal("half", language="en"), node("group"))
    assert (late.name, late.group) == (None, None)


def test_a_shape_is_for_the_class_that_it_is_and_for_its_targets_alone() -> None:
    assert presentation().fields((node("B"),)).keys() == {(node("late"), False)}
    assert presentation().fields((node("shape"),)) == {}
    assert presentation().fields((node("C"),)) == {}


def test_a_group_is_headed_by_its_label_and_has_no_heading_without_one() -> None:
    heading = presentation().group(node("group"))
    assert heading is not None
    assert (heading.name, heading.order) == (ox.Literal("group", language="en"), 4)
    assert presentation().group(node("half")) is None


def test_of_two_fields_of_one_order_that_of_the_first_type_is_taken() -> None:
    late = (node("late"), False)
    names = [presentation().fields((node(a), node(b)))[late].name for a, b in ("AB", "BA")]
    assert names == [None, ox.Literal("as a B")]
