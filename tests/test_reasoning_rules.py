"""One fixture per rule of tables 4 to 9: what it entails, the proof that names it, its step re-checked."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox
import pytest

from calcigraph.reasoning import Limits, Proof, StepWrong, check_proof, check_step, infer
from calcigraph.reasoning.proofs.lookup import ClosureLookup
from calcigraph.reasoning.rules.tables import TABLE, RuleUnusable, read_table
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.statements import GeneralizedTriple

PREFIXES = """@prefix : <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def parse(text: str) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)]


ENTAILS = {
    "eq-sym": (":a owl:sameAs :b .", ":b owl:sameAs :a ."),
    "eq-trans": (":a owl:sameAs :b . :b owl:sameAs :c .", ":a owl:sameAs :c ."),
    "eq-rep-s": (":a owl:sameAs :b . :a :p :c .", ":b :p :c ."),
    "eq-rep-p": (":p owl:sameAs :q . :a :p :c .", ":a :q :c ."),
    "eq-rep-o": (":a owl:sameAs :b . :c :p :a .", ":c :p :b ."),
    "prp-dom": (":p rdfs:domain :C . :a :p :b .", ":a a :C ."),
    "prp-rng": (":p rdfs:range :C . :a :p :b .", ":b a :C ."),
    "prp-fp": (":p a owl:FunctionalProperty . :a :p :b, :c .", ":b owl:sameAs :c ."),
    "prp-ifp": (":p a owl:InverseFunctionalProperty . :a :p :c . :b :p :c .", ":a owl:sameAs :b ."),
    "prp-symp": (":p a owl:SymmetricProperty . :a :p :b .", ":b :p :a ."),
    "prp-trp": (":p a owl:TransitiveProperty . :a :p :b . :b :p :c .", ":a :p :c ."),
    "prp-spo1": (":p rdfs:subPropertyOf :q . :a :p :b .", ":a :q :b ."),
    "prp-spo2": (":r owl:propertyChainAxiom (:p :q) . :a :p :b . :b :q :c .", ":a :r :c ."),
    "prp-eqp1": (":p owl:equivalentProperty :q . :a :p :b .", ":a :q :b ."),
    "prp-eqp2": (":p owl:equivalentProperty :q . :a :q :b .", ":a :p :b ."),
    "prp-inv1": (":p owl:inverseOf :q . :a :p :b .", ":b :q :a ."),
    "prp-inv2": (":p owl:inverseOf :q . :a :q :b .", ":b :p :a ."),
    "prp-key": (
        ":C owl:hasKey (:p :q) . :a a :C ; :p 1 ; :q 2 . :b a :C ; :p 1 ; :q 2 .",
        ":a owl:sameAs :b .",
    ),
    "cls-int1": (":C owl:intersectionOf (:A :B) . :a a :A, :B .", ":a a :C ."),
    "cls-int2": (":C owl:intersectionOf (:A :B) . :a a :C .", ":a a :B ."),
    "cls-uni": (":C owl:unionOf (:A :B) . :a a :B .", ":a a :C ."),
    "cls-svf1": (":R owl:someValuesFrom :C ; owl:onProperty :p . :a :p :b . :b a :C .", ":a a :R ."),
    "cls-svf2": (":R owl:someValuesFrom owl:Thing ; owl:onProperty :p . :a :p :b .", ":a a :R ."),
    "cls-avf": (":R owl:allValuesFrom :C ; owl:onProperty :p . :a a :R ; :p :b .", ":b a :C ."),
    "cls-hv1": (":R owl:hasValue :v ; owl:onProperty :p . :a a :R .", ":a :p :v ."),
    "cls-hv2": (":R owl:hasValue :v ; owl:onProperty :p . :a :p :v .", ":a a :R ."),
    "cls-maxc2": (
        ":R owl:maxCardinality 1 ; owl:onProperty :p . :a a :R ; :p :b, :c .",
        ":b owl:sameAs :c .",
    ),
    "cls-maxqc3": (
        ":R owl:maxQualifiedCardinality 1 ; owl:onProperty :p ; owl:onClass :C . :a a :R ; :p :b, :c ."
        " :b a :C . :c a :C .",
        ":b owl:sameAs :c .",
    ),
    "cls-maxqc4": (
        ":R owl:maxQualifiedCardinality 1 ; owl:onProperty :p ; owl:onClass owl:Thing ."
        " :a a :R ; :p :b, :c .",
        ":b owl:sameAs :c .",
    ),
    "cls-oo": (":C owl:oneOf (:a :b) .", ":b a :C ."),
    "cax-sco": (":C rdfs:subClassOf :D . :a a :C .", ":a a :D ."),
    "cax-eqc1": (":C owl:equivalentClass :D . :a a :C .", ":a a :D ."),
    "cax-eqc2": (":C owl:equivalentClass :D . :a a :D .", ":a a :C ."),
    "scm-cls": (":C a owl:Class . :C owl:sameAs :D .", ":C rdfs:subClassOf :D ."),
    "scm-op": (":p a owl:ObjectProperty . :p owl:sameAs :q .", ":p rdfs:subPropertyOf :q ."),
    "scm-dp": (":p a owl:DatatypeProperty . :p owl:sameAs :q .", ":p owl:equivalentProperty :q ."),
    "scm-sco": (":C rdfs:subClassOf :D . :D rdfs:subClassOf :E .", ":C rdfs:subClassOf :E ."),
    "scm-eqc1": (":C owl:equivalentClass :D .", ":D rdfs:subClassOf :C ."),
    "scm-eqc2": (":C rdfs:subClassOf :D . :D rdfs:subClassOf :C .", ":C owl:equivalentClass :D ."),
    "scm-spo": (":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .", ":p rdfs:subPropertyOf :r ."),
    "scm-eqp1": (":p owl:equivalentProperty :q .", ":q rdfs:subPropertyOf :p ."),
    "scm-eqp2": (":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .", ":p owl:equivalentProperty :q ."),
    "scm-dom1": (":p rdfs:domain :C . :C rdfs:subClassOf :D .", ":p rdfs:domain :D ."),
    "scm-dom2": (":q rdfs:domain :C . :p rdfs:subPropertyOf :q .", ":p rdfs:domain :C ."),
    "scm-rng1": (":p rdfs:range :C . :C rdfs:subClassOf :D .", ":p rdfs:range :D ."),
    "scm-rng2": (":q rdfs:range :C . :p rdfs:subPropertyOf :q .", ":p rdfs:range :C ."),
    "scm-hv": (
        ":R owl:hasValue :v ; owl:onProperty :p . :S owl:hasValue :v ; owl:onProperty :q ."
        " :p rdfs:subPropertyOf :q .",
        ":R rdfs:subClassOf :S .",
    ),
    "scm-svf1": (
        ":R owl:someValuesFrom :C ; owl:onProperty :p . :S owl:someValuesFrom :D ; owl:onProperty :p ."
        " :C rdfs:subClassOf :D .",
        ":R rdfs:subClassOf :S .",
    ),
    "scm-svf2": (
        ":R owl:someValuesFrom :C ; owl:onProperty :p . :S owl:someValuesFrom :C ; owl:onProperty :q ."
        " :p rdfs:subPropertyOf :q .",
        ":R rdfs:subClassOf :S .",
    ),
    "scm-avf1": (
        ":R owl:allValuesFrom :C ; owl:onProperty :p . :S owl:allValuesFrom :D ; owl:onProperty :p ."
        " :C rdfs:subClassOf :D .",
        ":R rdfs:subClassOf :S .",
    ),
    "scm-avf2": (
        ":R owl:allValuesFrom :C ; owl:onProperty :p . :S owl:allValuesFrom :C ; owl:onProperty :q ."
        " :p rdfs:subPropertyOf :q .",
        ":S rdfs:subClassOf :R .",
    ),
    "scm-int": (":C owl:intersectionOf (:A :B) .", ":C rdfs:subClassOf :B ."),
    "scm-uni": (":C owl:unionOf (:A :B) .", ":A rdfs:subClassOf :C ."),
    "dt-eq": (":a owl:sameAs 42 . :b owl:sameAs 42.0 .", ":a owl:sameAs :b ."),
    "dt-diff": (":a owl:sameAs 42 . :b owl:sameAs 43 .", ":a owl:differentFrom :b ."),
    "dt-type2": (":R owl:someValuesFrom xsd:decimal ; owl:onProperty :p . :a :p 1 .", ":a a :R ."),
}
CONTRADICTS = {
    "eq-diff1": ":a owl:sameAs :b ; owl:differentFrom :b .",
    "eq-diff2": "[] a owl:AllDifferent ; owl:members (:a :b) . :a owl:sameAs :b .",
    "eq-diff3": "[] a owl:AllDifferent ; owl:distinctMembers (:a :b) . :a owl:sameAs :b .",
    "prp-irp": ":p a owl:IrreflexiveProperty . :a :p :a .",
    "prp-asyp": ":p a owl:AsymmetricProperty . :a :p :b . :b :p :a .",
    "prp-pdw": ":p owl:propertyDisjointWith :q . :a :p :b ; :q :b .",
    "prp-adp": "[] a owl:AllDisjointProperties ; owl:members (:p :q) . :a :p :b ; :q :b .",
    "prp-npa1": "[] owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetIndividual :b ."
    " :a :p :b .",
    "prp-npa2": "[] owl:sourceIndividual :a ; owl:assertionProperty :p ; owl:targetValue 1 . :a :p 1 .",
    "cls-nothing2": ":a a owl:Nothing .",
    "cls-com": ":C owl:complementOf :D . :a a :C, :D .",
    "cls-maxc1": ":R owl:maxCardinality 0 ; owl:onProperty :p . :a a :R ; :p :b .",
    "cls-maxqc1": (
        ":R owl:maxQualifiedCardinality 0 ; owl:onProperty :p ; owl:onClass :C . :a a :R ; :p :b . :b a :C ."
    ),
    "cls-maxqc2": (
        ":R owl:maxQualifiedCardinality 0 ; owl:onProperty :p ; owl:onClass owl:Thing . :a a :R ; :p :b ."
    ),
    "cax-dw": ":C owl:disjointWith :D . :a a :C, :D .",
    "cax-adc": "[] a owl:AllDisjointClasses ; owl:members (:C :D) . :a a :C, :D .",
    "dt-not-type": ':p rdfs:range xsd:byte . :a :p "300"^^xsd:byte .',
}


def test_every_rule_of_the_tables_has_a_fixture():
    assert {rule.name for rule in TABLE} <= set(ENTAILS) | set(CONTRADICTS)


@pytest.mark.parametrize("rule", sorted(ENTAILS))
def test_rule_entails_its_conclusion_with_a_proof_that_names_it(rule: str):
    premises, conclusion = ENTAILS[rule]
    inference = infer(parse(premises))
    wanted = parse(conclusion)[0]
    assert wanted in inference.inferred
    every = [inference.explain(wanted), *inference.proofs(wanted, limit=50).items]
    assert rule in {step.rule for proof in every for step in proof.steps()}
    for proof in every:
        check_proof(proof)


@pytest.mark.parametrize("rule", sorted(CONTRADICTS))
def test_rule_finds_its_contradiction_with_facts_that_are_proved(rule: str):
    inference = infer(parse(CONTRADICTS[rule]))
    found = [clash for clash in inference.clashes if clash.rule == rule]
    assert found
    assert found[0].facts
    for clash in found:
        assert len(clash.proofs) == len(clash.facts)
        for proof in clash.proofs:
            check_proof(proof)
    assert rule in str(found[0])


def test_functional_property_with_two_values_is_a_contradiction():
    inference = infer(parse(":p a owl:FunctionalProperty . :a :p 1, 2 ."))
    assert "eq-diff1" in {clash.rule for clash in inference.clashes}
    assert infer(parse(":p a owl:FunctionalProperty . :a :p 1, 1.0 .")).clashes == ()


def test_values_of_equal_number_stay_two_values():
    inference = infer(parse(":R owl:maxCardinality 1 ; owl:onProperty :q . :a a :R ; :p 1 . :b :p 1.0 ."))
    assert inference.inferred == frozenset()


@pytest.mark.parametrize("rule", sorted(ENTAILS))
def test_step_whose_conclusion_is_altered_is_refused(rule: str):
    premises, conclusion = ENTAILS[rule]
    proof = infer(parse(premises)).explain(parse(conclusion)[0])
    wrong = replace(proof, triple=parse(":wrong :wrong :wrong .")[0])
    with pytest.raises(StepWrong, match="does not follow"):
        check_step(wrong)


@pytest.mark.parametrize("rule", sorted(set(ENTAILS) - {"dt-type2"}))
def test_step_without_its_grounds_is_refused(rule: str):
    premises, conclusion = ENTAILS[rule]
    proof = infer(parse(premises)).explain(parse(conclusion)[0])
    with pytest.raises(StepWrong):
        check_step(Proof(proof.triple, proof.rule))


@pytest.mark.parametrize("links", [":a :p :b . :d :q :c .", ":a :p :b . :b :s :c .", ":a :p :b . :b :q :d ."])
def test_step_along_a_chain_whose_links_do_not_hang_together_is_refused(links: str):
    axiom = ":r owl:propertyChainAxiom (:p :q) ."
    proof = infer(parse(f"{axiom} :a :p :b . :b :q :c .")).explain(parse(":a :r :c .")[0])
    check_step(proof)
    wrong = tuple(Proof(triple, "asserted") for triple in parse(links))
    with pytest.raises(StepWrong):
        check_step(replace(proof, premises=wrong))


def test_proof_has_least_depth():
    chain = " ".join(f":n{i} :p :n{i + 1} ." for i in range(8))
    inference = infer(parse(f":p a owl:TransitiveProperty . {chain}"))
    assert inference.explain(parse(":n0 :p :n8 .")[0]).depth == 3


def test_other_derivations_are_bounded_and_say_so():
    links = " ".join(f":a :p :m{i} . :m{i} :p :b ." for i in range(30))
    inference = infer(parse(f":p a owl:TransitiveProperty . {links}"))
    goal = parse(":a :p :b .")[0]
    some, every = inference.proofs(goal, limit=10), inference.proofs(goal, limit=100)
    assert (len(some.items), some.complete) == (10, False)
    assert (len(every.items), every.complete) == (30, True)


def test_long_chain_is_proved_although_its_flattest_proof_is_too_far_to_seek():
    chain = " ".join(f":n{i} :p :n{i + 1} ." for i in range(300))
    inference = infer(parse(f":p a owl:TransitiveProperty . {chain}"), limits=Limits(proof_goals=50))
    proof = inference.explain(parse(":n0 :p :n300 .")[0])
    check_proof(proof)
    assert sum(step.rule == "asserted" for step in proof.steps()) == 300


SUBCLASSES = " ".join(f":n{i} rdfs:subClassOf :n{i + 1} ." for i in range(1000))
PARTS = " ".join(f":n{i} :p :n{i + 1} ." for i in range(1000))


@pytest.mark.parametrize(
    ("axioms", "goal", "depth", "leaves"),
    [
        # 1,000 steps, halved ten times; 1,001 for a member of the first class.
        (f":p a owl:TransitiveProperty . {PARTS}", ":n0 :p :n1000 .", 10, 1000),
        (f":p a owl:TransitiveProperty ; owl:inverseOf :p . {PARTS}", ":n0 :p :n1000 .", 10, 1000),
        (SUBCLASSES, ":n0 rdfs:subClassOf :n1000 .", 10, None),
        (f":x a :n0 . {SUBCLASSES}", ":x a :n1000 .", 10, None),
    ],
)
def test_the_end_of_a_long_chain_is_proved_by_halves(
    axioms: str, goal: str, depth: int, leaves: int | None
) -> None:
    # Whoever weighs all the ways to put pieces together looks at more goals, or joins more rows.
    inference = infer(parse(axioms), limits=Limits(proof_goals=50, rows=2_000_000))
    proof = inference.explain(parse(goal)[0])
    check_proof(proof)
    assert proof.depth == depth
    if leaves is not None:
        assert sum(step.rule == "asserted" for step in proof.steps()) == leaves


def test_a_way_round_a_triple_is_not_taken_through_it():
    ring = " ".join(f":n{i} :p :n{(i + 1) % 12} ." for i in range(12))
    inference = infer(parse(f":p a owl:TransitiveProperty . {ring}"))
    goal = parse(":n0 :p :n11 .")[0]
    for proof in inference.proofs(goal, limit=5).items:
        check_proof(proof)
        assert goal not in {step.triple for premise in proof.premises for step in premise.steps()}


def test_a_proof_may_be_deeper_than_calls_can_be_nested():
    links = " ".join(f":n{i} :p :n{i + 1} ." for i in range(600))
    some = "[] a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :C ; rdfs:subClassOf :C ."
    (clash,) = infer(parse(f"{some} {links} :n600 a :C . :n0 a :D . :D owl:disjointWith :C .")).clashes
    # Each link takes a step to the restriction and one to the class.
    assert sorted(proof.depth for proof in clash.proofs) == [0, 1200]
    for proof in clash.proofs:
        check_proof(proof)


def test_long_chain_of_equal_terms_is_proved_too():
    chain = " ".join(f":n{i} owl:sameAs :n{i + 1} ." for i in range(20))
    inference = infer(parse(f":n0 :p :v . {chain}"), limits=Limits(proof_goals=5))
    check_proof(inference.explain(parse(":n20 :p :v .")[0]))


@pytest.mark.parametrize(
    ("name", "literals", "rule"),
    [
        ("differentFrom", '42, "x"^^:own', None),
        ("differentFrom", '"x"^^:own, 42', None),
        ("sameAs", '"x"^^:own, "y"^^:own', None),
        ("differentFrom", "42, 43", "dt-diff"),
        ("sameAs", "42, 42.0", "dt-eq"),
    ],
)
def test_literals_are_compared_where_the_values_of_both_are_known(name: str, literals: str, rule: str | None):
    triples = parse(f":a :p {literals} .")
    one, other = (triple.object for triple in triples)
    predicate = ox.NamedNode(f"http://www.w3.org/2002/07/owl#{name}")
    proof = infer(triples).explain(GeneralizedTriple(one, predicate, other))
    assert (proof and proof.rule) == rule


def test_a_search_begins_where_least_matches():
    triples = parse(":a :p :b, :c . :d :p :b . :a a :C .")
    state = infer(triples)._parts.engine.state()
    ids = [state.terms.known(triple) for triple in triples]
    (a, p, b), c = ids[0], ids[3][2]
    count = ClosureLookup(state).count
    assert [count(pattern) for pattern in ((a, p, b), (a, p, "?y"), ("?x", p, b))] == [0, 2, 2]
    assert [count(pattern) for pattern in (("?x", v.TYPE, c), (a, v.SAME_AS, "?y"))] == [1, 1]
    assert 2 < count(("?x", p, "?y")) < count(("?x", v.TYPE, "?y")) < count((a, "?p", b))
    assert count(("?x", v.SUB_CLASS_OF, c)) == 0, "there is none"


def test_triple_outside_the_closure_has_no_proof():
    inference = infer(parse(":a a :C ."))
    assert inference.explain(parse(":a a :D .")[0]) is None
    assert inference.proofs(parse(":x :y :z .")[0]).items == ()


@pytest.mark.parametrize(
    ("axioms", "facts", "conclusion"),
    [
        (":C rdfs:subClassOf :D .", ":a a :C .", ":a a :D ."),
        (":p a owl:TransitiveProperty .", ":a :p :b . :b :p :c .", ":a :p :c ."),
        (":p rdfs:domain :C .", ":a :p :b .", ":a a :C ."),
        ("", ":b owl:sameAs :a . :b a :C .", ":a a :C ."),
    ],
)
def test_a_step_keeps_the_axioms_apart_from_the_facts(axioms: str, facts: str, conclusion: str) -> None:
    proof = infer(parse(f"{axioms} {facts}")).explain(parse(conclusion)[0])
    assert set(proof.axioms) == set(parse(axioms))
    assert {premise.triple for premise in proof.premises} == set(parse(facts))


TYPE_IRI = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


@pytest.mark.parametrize(
    ("premises", "conclusions"),
    {
        ":C rdfs:subClassOf owl:Thing . :a a :C .": "",
        ":p rdfs:domain owl:Thing ; rdfs:range rdfs:Resource . :a :p :b .": "",
        "[] owl:someValuesFrom owl:Thing ; owl:onProperty :p . :C rdfs:subClassOf owl:Thing . :a a :C .": "",
        ":p rdfs:subPropertyOf _:q . _:q rdfs:domain :C . :a :p :b .": ":p rdfs:domain :C . :a a :C .",
    }.items(),
)
def test_what_is_trivial_or_has_no_iri_for_a_predicate_is_not_among_what_is_inferred(
    premises: str, conclusions: str
) -> None:
    assert infer(parse(premises)).inferred == frozenset(parse(conclusions))


@pytest.mark.parametrize(
    ("premises", "conclusion"),
    {
        f":kind rdfs:subPropertyOf {TYPE_IRI} . :x :kind :A . :A rdfs:subClassOf :B .": ":x a :B .",
        f"{TYPE_IRI} rdfs:subPropertyOf :kind . :x a :A . :A rdfs:subClassOf :B .": ":x :kind :B .",
        f"{TYPE_IRI} rdfs:subPropertyOf :kind . :kind rdfs:domain :B .  :x a :A .": ":x :kind :B .",
        f"{TYPE_IRI} owl:inverseOf :of . :B :of :x . :B rdfs:subClassOf :C .": ":C :of :x .",
    }.items(),
)
def test_membership_of_a_class_is_a_property_as_others_are(premises: str, conclusion: str) -> None:
    inference = infer(parse(premises))
    (wanted,) = parse(conclusion)
    assert wanted in inference.inferred
    check_proof(inference.explain(wanted))


@pytest.mark.parametrize(
    ("triple", "rule"),
    {
        "owl:Thing a owl:Class .": "cls-thing",
        "owl:Nothing a owl:Class .": "cls-nothing1",
        ":a owl:sameAs :a .": "eq-ref",
        "owl:Thing rdfs:seeAlso owl:Class .": None,
        "owl:Thing a owl:Thing .": None,
        ":a a owl:Class .": None,
    }.items(),
)
def test_a_proof_of_what_holds_without_a_premise_names_the_axiom(triple: str, rule: str | None) -> None:
    proof = infer(parse(":a a :C .")).explain(parse(triple)[0])
    assert (proof.rule if proof else None) == rule
    assert proof is None or (proof.premises, proof.axioms) == ((), ())


@pytest.mark.parametrize(
    ("line", "why"),
    {
        "ext-1: ?p rdfs:domain ?c . ?x ?p ?y -> ?x rdf:type ?c": "never be fired: begin its name",
        "eq-new: ?x owl:sameAs ?y -> ?y owl:sameAs ?y": "never be fired: begin its name",
        "cax-new: ?x rdf:type ?c -> ?x rdf:type ?d": "a variable that its body does not bind",
        "prp-new: ?x ?p ?y -> ?y ?p ?x": "no axiom in its body names its predicate",
        "scm-new: ?p rdfs:domain ?c . ?x ?p ?c -> ?x rdf:type ?c": "no axiom in its body names its predicate",
        "cls-new: ?r owl:maxCardinality ?n=0 . ?r owl:minCardinality ?m=1 -> false": "more than one guard",
    }.items(),
)
def test_rule_that_would_never_be_fired_is_refused_when_the_table_is_read(line: str, why: str):
    with pytest.raises(RuleUnusable, match=why):
        read_table(line)


def test_term_that_no_vocabulary_has_is_refused_when_the_table_is_read():
    with pytest.raises(KeyError, match="owl:funtional"):
        read_table("prp-new: ?p rdf:type owl:funtional . ?x ?p ?y -> ?y ?p ?x")


def test_table_that_is_read_is_the_whole_table():
    text = "cax-sco: ?c1 rdfs:subClassOf ?c2 . ?x rdf:type ?c1 -> ?x rdf:type ?c2"

    (rule,) = read_table(f"\n{text}\n")

    assert rule in TABLE
    assert len(TABLE) == 64
