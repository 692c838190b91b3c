"""What a page says of a class: expressions, what is written beside what follows, annotations, axioms."""

from __future__ import annotations

import html
import re
from contextlib import closing

import pyoxigraph as ox
import pytest

from calcigraph.describe import Describer, Description, ShownProperty, ShownValue
from calcigraph.edition import Edition, assemble
from calcigraph.explanations import show
from calcigraph.manchester import as_text
from calcigraph.pool import Pool
from calcigraph.rdf.terms import Term
from calcigraph.root import Root
from calcigraph.settings import Settings
from calcigraph.store import LocalEngine
from calcigraph.web.app import create_app

NS = "https://example.org/zoo/"
CATALOGUE = f'<{NS}set> a <http://www.w3.org/ns/dcat#Dataset> ; <http://rdfs.org/ns/void#uriSpace> "{NS}" .'
ONTOLOGY = """
@prefix : <https://example.org/zoo/ontology/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:eats a owl:ObjectProperty ; rdfs:label "eats"@en ; owl:propertyChainAxiom ( :eats :eats ) .
:likes a owl:ObjectProperty ; rdfs:label "is fond of"@en .
:Thing a owl:Class . :Animal a owl:Class ; rdfs:subClassOf :Thing ,
  [ a owl:Restriction ; owl:onProperty :eats ; owl:someValuesFrom :Thing ] .
:Cat a owl:Class ; rdfs:label "cat"@en ; rdfs:subClassOf :Animal , :Pet , [ a owl:Restriction ;
  owl:onProperty :likes ; owl:allValuesFrom [ owl:unionOf ( :Cat [ owl:complementOf :Dog ] ) ] ;
  rdfs:comment "so they say" ] , [ a owl:Restriction ; owl:onProperty :eats ] .
:Pet a owl:Class ; rdfs:subClassOf :Animal . :Dog a owl:Class .
:Tiger a owl:Class ; rdfs:subClassOf :Cat .
[] a owl:AllDisjointClasses ; owl:members ( :Cat :Dog [ owl:oneOf ( :a :b ) ] ) .
[ a owl:Restriction ; owl:onProperty :eats ; owl:hasValue :a ] rdfs:subClassOf :Cat .
[] a owl:Axiom ; owl:annotatedSource :Cat ; owl:annotatedProperty rdfs:subClassOf ; owl:annotatedTarget :Pet ;
  rdfs:comment "not all of them" .
[] a owl:Axiom ; owl:annotatedSource :Animal ; owl:annotatedProperty rdfs:subClassOf ;
  owl:annotatedTarget [ a owl:Restriction ; owl:onProperty :eats ; owl:someValuesFrom :Thing ] ;
  rdfs:comment "or they starve" .
[] a rdf:Statement ; rdf:subject :Cat ; rdf:predicate :likes ; rdf:object :Dog ; rdfs:comment "never" .
:Cat :likes :Thing {| rdfs:comment "now and then" |} .
[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :a ; owl:assertionProperty :likes ;
  owl:targetIndividual :b .
:tom a :Tiger ; skos:example "One: a sentence." , ":tom rdfs:seeAlso :a" .
:purrs a owl:ObjectProperty ; rdfs:domain :Cat . :leo :purrs :a .
:a :likes [ a :Dog ; rdfs:label "some dog" ] .
:Dog skos:definition "A pet that barks."@en ; :legs 4 .
"""
# Gives a text and a number once more, under other properties.
COPIES = f"""\
#+ rule: What others look for
#+ stage: before
PREFIX : <{NS}ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
CONSTRUCT {{ ?one <http://purl.obolibrary.org/obo/IAO_0000115> ?definition ; :feet ?legs }}
WHERE {{ ?one skos:definition ?definition ; :legs ?legs }}
"""


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("zoo") / "root"
    files = {
        "data/catalog.ttl": CATALOGUE,
        "ontology/zoo.ttl": ONTOLOGY,
        "ontology/rules/copies.rq": COPIES,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return assemble(Root.open(folder), "builtin").edition


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{NS}ontology/{name}")


def described(edition: Edition, name: str) -> Description:
    found = Describer(edition).describe(node(name))
    assert found is not None
    return found


def short(term: Term) -> str:
    return re.split("[/#]", term.value)[-1] if isinstance(term, ox.NamedNode | ox.Literal) else "?"


def text(value: ShownValue) -> str:
    said = as_text(value.expression, short) if value.expression else ""
    return said if isinstance(value.term, ox.BlankNode) else " ".join([short(value.term), said]).strip()


def slot(slots: tuple[ShownProperty, ...], name: str) -> ShownProperty:
    return next(found for found in slots if short(found.predicate) == name)


def of(description: Description, name: str) -> ShownProperty:
    return slot(tuple(one for group in description.groups for one in group.slots), name)


def test_what_is_written_comes_first_and_what_follows_from_it_is_put_aside(edition: Edition) -> None:
    found = of(described(edition, "Cat"), "subClassOf")
    assert [text(value) for value in found.values] == [
        "Animal",
        "Pet",
        "likes only (Cat or not Dog)",
        "[a Restriction; onProperty eats]",
    ]
    assert {text(value) for value in found.aside} >= {"Thing", "eats some Thing"}


def test_of_what_is_inferred_the_nearest_is_shown_and_what_that_entails_is_put_aside(
    edition: Edition,
) -> None:
    found = of(described(edition, "Tiger"), "subClassOf")
    assert [text(value) for value in found.values] == ["Cat"]
    assert {text(value) for value in found.aside} >= {"Animal", "Pet", "Thing", "likes only (Cat or not Dog)"}
    assert len({text(value) for value in found.aside}) == len(found.aside)


def test_a_text_that_a_rule_only_copies_is_put_aside_and_a_number_is_not(edition: Edition) -> None:
    dog = described(edition, "Dog")
    copied, definition, feet = (of(dog, name) for name in ("IAO_0000115", "definition", "feet"))
    assert copied.is_aside
    assert [text(value) for value in copied.aside] == ["A pet that barks."]
    assert [text(value) for value in definition.values] == ["A pet that barks."]
    assert [text(value) for value in feet.values] == ["4"]
    assert not feet.is_aside


def test_what_is_said_about_an_expression_stands_below_it(edition: Edition) -> None:
    only = of(described(edition, "Cat"), "subClassOf").values[2]
    assert [(short(s.predicate), text(v)) for s in only.nested for v in s.values] == [
        ("comment", "so they say")
    ]


def test_a_malformed_expression_says_what_is_wrong(edition: Edition) -> None:
    wrong = of(described(edition, "Cat"), "subClassOf").values[3].expression
    assert wrong is not None
    assert wrong.faults == ("it does not say to what",)


def test_annotations_stand_beside_the_triple_that_they_are_about(edition: Edition) -> None:
    remarks = {
        text(value): [text(remark) for about in value.annotations for remark in about.values]
        for value in of(described(edition, "Cat"), "subClassOf").values
    }
    assert remarks["Pet"] == ["not all of them"]
    assert remarks["Animal"] == []
    (value,) = of(described(edition, "Cat"), "likes").values
    assert [text(remark) for about in value.annotations for remark in about.values] == ["now and then"]


def test_an_annotated_expression_is_known_by_what_it_says(edition: Edition) -> None:
    found = of(described(edition, "Animal"), "subClassOf").values
    remarks = {text(v): [text(r) for s in v.annotations for r in s.values] for v in found}
    assert remarks == {"Thing": [], "eats some Thing": ["or they starve"]}


def test_axioms_that_are_no_triple_of_a_resource_are_on_its_page(edition: Edition) -> None:
    axioms = {text(axiom): axiom for axiom in described(edition, "Cat").axioms}
    assert set(axioms) == {"DisjointClasses: Cat, Dog, {a, b}", "Cat likes Dog"}
    remarks = axioms["Cat likes Dog"].annotations
    assert [text(value) for remark in remarks for value in remark.values] == ["never"]
    assert {text(axiom) for axiom in described(edition, "b").axioms} == {
        "DisjointClasses: Cat, Dog, {a, b}",
        "a not likes b",
    }


def test_a_link_through_an_expression_shows_it_and_one_from_an_expression_is_no_node_without_a_name(
    edition: Edition,
) -> None:
    links = described(edition, "Dog").incoming.slots
    assert [text(value) for value in slot(links, "subClassOf").values] == ["Cat likes only (Cat or not Dog)"]
    links = described(edition, "Cat").incoming.slots
    assert "eats value a" in [text(value) for value in slot(links, "subClassOf").values]
    assert "annotatedSource" not in {short(found.predicate) for found in links}


def test_a_property_s_chain_reads_as_a_chain(edition: Edition) -> None:
    (value,) = of(described(edition, "eats"), "propertyChainAxiom").values
    assert text(value) == "eats o eats"


def test_what_is_no_expression_stays_a_thing_with_properties(edition: Edition) -> None:
    (value,) = of(described(edition, "a"), "likes").values
    assert value.expression is None
    assert {short(found.predicate) for found in value.nested} >= {"type", "label"}


def test_a_page_links_each_name_of_an_expression_and_tells_the_words_apart(edition: Edition) -> None:
    with Pool.start(b"") as pool:
        client = create_app(LocalEngine(edition, pool), Settings()).test_client()
    page = client.get("/ontology/Cat.html").get_data(as_text=True)
    start = page.index('<span class="expression">')
    only = page[start : page.index("</dd>", start)].partition("<div")[0]
    assert html.unescape(re.sub("<[^>]+>", "", only)).strip() == "is fond of only (cat or not :Dog)"
    assert [link.rpartition("/")[2] for link in re.findall('href="([^"]+)"', only)] == ["likes", "Cat", "Dog"]
    assert 'title="it does not say to what">malformed</span>' in page
    assert "a node without a name" not in page


@pytest.mark.parametrize(("name", "kinds"), [("tom", ["Tiger"]), ("leo", ["Animal", "Cat", "Pet", "Thing"])])
def test_a_page_is_headed_by_the_classes_that_somebody_gave_or_if_none_did_by_those_that_follow(
    edition: Edition, name: str, kinds: list[str]
) -> None:
    with Pool.start(b"") as pool:
        client = create_app(LocalEngine(edition, pool), Settings()).test_client()
    page = client.get(f"/ontology/{name}.html").get_data(as_text=True)
    heading = page.partition('<p class="types">')[2].partition("</p>")[0]
    assert re.findall('href="/ontology/([^"]+)"', heading) == kinds


def test_an_example_is_shown_as_code_where_it_is_some(edition: Edition) -> None:
    with Pool.start(b"") as pool:
        client = create_app(LocalEngine(edition, pool), Settings()).test_client()
    page = client.get("/ontology/tom.html").get_data(as_text=True)
    assert '<dd><span dir="auto">One: a sentence.</span></dd>' in page
    assert "<dd><code>:tom rdfs:seeAlso :a</code></dd>" in page


def test_the_axioms_of_a_step_that_rests_on_nothing_else_are_open(edition: Edition) -> None:
    asked = {"subject": f"{NS}ontology/Tiger", "predicate": "rdfs:subClassOf", "object": f"{NS}ontology/Pet"}
    with Pool.start(b"") as pool, closing(LocalEngine(edition, pool)) as engine:
        client = create_app(engine, Settings()).test_client()
        reply = client.get("/explain", query_string=asked, headers={"Accept": "text/html"})
        page = reply.get_data(as_text=True)
    assert page.count("<details open><summary>Axioms it uses</summary>") == 1


def test_a_proof_reads_an_expression_where_a_node_has_no_name(edition: Edition) -> None:
    reader = edition.expressions
    (node_,) = (
        quad.subject for quad in edition.stated(None, ox.NamedNode("http://www.w3.org/2002/07/owl#hasValue"))
    )
    assert isinstance(node_, ox.BlankNode)
    below = ox.Triple(node_, ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf"), node("Cat"))
    shown = show(edition, below)
    assert shown == "(:eats value :a) rdfs:subClassOf :Cat"
    assert "_:" not in shown
    assert reader.is_construct(node_)


def test_the_data_of_a_resource_have_what_is_said_of_its_triples(edition: Edition) -> None:
    facts = {fact.triple for fact in described(edition, "Cat").facts}
    about = [t for t in facts if isinstance(t.object, ox.Literal) and t.object.value == "not all of them"]
    assert len(about) == 1
    assert any(t.subject == about[0].subject and t.object == node("Pet") for t in facts)
