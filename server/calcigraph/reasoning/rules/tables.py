"""The rules of OWL 2 RL/RDF as data: tables 4 to 9 of OWL 2 Profiles, section 4.3, W3C names kept.

Out: `TABLE`, the rules over plain triple patterns. Rules over RDF lists stand in `lists`, those over
literals in `closure/literals`; what needs no premise (prp-ap, dt-type1, eq-ref) in `trivial`. The
compiler, the proof search and the step checker all start from these rules, so that they cannot speak
of different ones.
"""

from __future__ import annotations

from typing import Final

from calcigraph.reasoning.rules.patterns import Pattern, Rule, Slot, is_variable
from calcigraph.reasoning.terms.vocabulary import NAMES

# The compiler makes rules of these families for each schema; those of table 9 are run over the schema itself.
DATA_FAMILIES: Final = ("prp-", "cls-", "cax-")
SCHEMA_FAMILY: Final = "scm-"
# What equality means is no rule that is run: facts are kept by representatives (`facts/equality`), and
# contradicted equalities are looked for (`clashes`).
FIRED_BY_EQUALITY: Final = frozenset({"eq-sym", "eq-trans", "eq-rep-s", "eq-rep-p", "eq-rep-o", "eq-diff1"})

_TEXT: Final = """
eq-sym: ?x owl:sameAs ?y -> ?y owl:sameAs ?x
eq-trans: ?x owl:sameAs ?y . ?y owl:sameAs ?z -> ?x owl:sameAs ?z
eq-rep-s: ?s owl:sameAs ?s2 . ?s ?p ?o -> ?s2 ?p ?o
eq-rep-p: ?p owl:sameAs ?p2 . ?s ?p ?o -> ?s ?p2 ?o
eq-rep-o: ?o owl:sameAs ?o2 . ?s ?p ?o -> ?s ?p ?o2
eq-diff1: ?x owl:sameAs ?y . ?x owl:differentFrom ?y -> false
prp-dom: ?p rdfs:domain ?c . ?x ?p ?y -> ?x rdf:type ?c
prp-rng: ?p rdfs:range ?c . ?x ?p ?y -> ?y rdf:type ?c
prp-fp: ?p rdf:type owl:FunctionalProperty . ?x ?p ?y1 . ?x ?p ?y2 -> ?y1 owl:sameAs ?y2
prp-ifp: ?p rdf:type owl:InverseFunctionalProperty . ?x1 ?p ?y . ?x2 ?p ?y -> ?x1 owl:sameAs ?x2
prp-irp: ?p rdf:type owl:IrreflexiveProperty . ?x ?p ?x -> false
prp-symp: ?p rdf:type owl:SymmetricProperty . ?x ?p ?y -> ?y ?p ?x
prp-asyp: ?p rdf:type owl:AsymmetricProperty . ?x ?p ?y . ?y ?p ?x -> false
prp-trp: ?p rdf:type owl:TransitiveProperty . ?x ?p ?y . ?y ?p ?z -> ?x ?p ?z
prp-spo1: ?p1 rdfs:subPropertyOf ?p2 . ?x ?p1 ?y -> ?x ?p2 ?y
prp-eqp1: ?p1 owl:equivalentProperty ?p2 . ?x ?p1 ?y -> ?x ?p2 ?y
prp-eqp2: ?p1 owl:equivalentProperty ?p2 . ?x ?p2 ?y -> ?x ?p1 ?y
prp-pdw: ?p1 owl:propertyDisjointWith ?p2 . ?x ?p1 ?y . ?x ?p2 ?y -> false
prp-inv1: ?p1 owl:inverseOf ?p2 . ?x ?p1 ?y -> ?y ?p2 ?x
prp-inv2: ?p1 owl:inverseOf ?p2 . ?x ?p2 ?y -> ?y ?p1 ?x
prp-npa1: ?n owl:sourceIndividual ?i1 . ?n owl:assertionProperty ?p . ?n owl:targetIndividual ?i2 . ?i1 ?p ?i2 -> false
prp-npa2: ?n owl:sourceIndividual ?i . ?n owl:assertionProperty ?p . ?n owl:targetValue ?v . ?i ?p ?v -> false
cls-nothing2: ?x rdf:type owl:Nothing -> false
cls-com: ?c1 owl:complementOf ?c2 . ?x rdf:type ?c1 . ?x rdf:type ?c2 -> false
cls-svf1: ?r owl:someValuesFrom ?c . ?r owl:onProperty ?p . ?x ?p ?y . ?y rdf:type ?c -> ?x rdf:type ?r
cls-svf2: ?r owl:someValuesFrom owl:Thing . ?r owl:onProperty ?p . ?x ?p ?y -> ?x rdf:type ?r
cls-avf: ?r owl:allValuesFrom ?c . ?r owl:onProperty ?p . ?x rdf:type ?r . ?x ?p ?y -> ?y rdf:type ?c
cls-hv1: ?r owl:hasValue ?v . ?r owl:onProperty ?p . ?x rdf:type ?r -> ?x ?p ?v
cls-hv2: ?r owl:hasValue ?v . ?r owl:onProperty ?p . ?x ?p ?v -> ?x rdf:type ?r
cls-maxc1: ?r owl:maxCardinality ?n=0 . ?r owl:onProperty ?p . ?x rdf:type ?r . ?x ?p ?y -> false
cls-maxc2: ?r owl:maxCardinality ?n=1 . ?r owl:onProperty ?p . ?x rdf:type ?r . ?x ?p ?y1 . ?x ?p ?y2 -> ?y1 owl:sameAs ?y2
cls-maxqc1: ?r owl:maxQualifiedCardinality ?n=0 . ?r owl:onProperty ?p . ?r owl:onClass ?c . ?x rdf:type ?r . ?x ?p ?y . ?y rdf:type ?c -> false
cls-maxqc2: ?r owl:maxQualifiedCardinality ?n=0 . ?r owl:onProperty ?p . ?r owl:onClass owl:Thing . ?x rdf:type ?r . ?x ?p ?y -> false
cls-maxqc3: ?r owl:maxQualifiedCardinality ?n=1 . ?r owl:onProperty ?p . ?r owl:onClass ?c . ?x rdf:type ?r . ?x ?p ?y1 . ?y1 rdf:type ?c . ?x ?p ?y2 . ?y2 rdf:type ?c -> ?y1 owl:sameAs ?y2
cls-maxqc4: ?r owl:maxQualifiedCardinality ?n=1 . ?r owl:onProperty ?p . ?r owl:onClass owl:Thing . ?x rdf:type ?r . ?x ?p ?y1 . ?x ?p ?y2 -> ?y1 owl:sameAs ?y2
cax-sco: ?c1 rdfs:subClassOf ?c2 . ?x rdf:type ?c1 -> ?x rdf:type ?c2
cax-eqc1: ?c1 owl:equivalentClass ?c2 . ?x rdf:type ?c1 -> ?x rdf:type ?c2
cax-eqc2: ?c1 owl:equivalentClass ?c2 . ?x rdf:type ?c2 -> ?x rdf:type ?c1
cax-dw: ?c1 owl:disjointWith ?c2 . ?x rdf:type ?c1 . ?x rdf:type ?c2 -> false
scm-cls: ?c rdf:type owl:Class -> ?c rdfs:subClassOf owl:Thing
scm-cls: ?c rdf:type owl:Class -> owl:Nothing rdfs:subClassOf ?c
scm-cls: ?c rdf:type owl:Class -> ?c rdfs:subClassOf ?c
scm-cls: ?c rdf:type owl:Class -> ?c owl:equivalentClass ?c
scm-op: ?p rdf:type owl:ObjectProperty -> ?p rdfs:subPropertyOf ?p
scm-op: ?p rdf:type owl:ObjectProperty -> ?p owl:equivalentProperty ?p
scm-dp: ?p rdf:type owl:DatatypeProperty -> ?p rdfs:subPropertyOf ?p
scm-dp: ?p rdf:type owl:DatatypeProperty -> ?p owl:equivalentProperty ?p
scm-sco: ?c1 rdfs:subClassOf ?c2 . ?c2 rdfs:subClassOf ?c3 -> ?c1 rdfs:subClassOf ?c3
scm-eqc1: ?c1 owl:equivalentClass ?c2 -> ?c1 rdfs:subClassOf ?c2
scm-eqc1: ?c1 owl:equivalentClass ?c2 -> ?c2 rdfs:subClassOf ?c1
scm-eqc2: ?c1 rdfs:subClassOf ?c2 . ?c2 rdfs:subClassOf ?c1 -> ?c1 owl:equivalentClass ?c2
scm-spo: ?p1 rdfs:subPropertyOf ?p2 . ?p2 rdfs:subPropertyOf ?p3 -> ?p1 rdfs:subPropertyOf ?p3
scm-eqp1: ?p1 owl:equivalentProperty ?p2 -> ?p1 rdfs:subPropertyOf ?p2
scm-eqp1: ?p1 owl:equivalentProperty ?p2 -> ?p2 rdfs:subPropertyOf ?p1
scm-eqp2: ?p1 rdfs:subPropertyOf ?p2 . ?p2 rdfs:subPropertyOf ?p1 -> ?p1 owl:equivalentProperty ?p2
scm-dom1: ?p rdfs:domain ?c1 . ?c1 rdfs:subClassOf ?c2 -> ?p rdfs:domain ?c2
scm-dom2: ?p2 rdfs:domain ?c . ?p1 rdfs:subPropertyOf ?p2 -> ?p1 rdfs:domain ?c
scm-rng1: ?p rdfs:range ?c1 . ?c1 rdfs:subClassOf ?c2 -> ?p rdfs:range ?c2
scm-rng2: ?p2 rdfs:range ?c . ?p1 rdfs:subPropertyOf ?p2 -> ?p1 rdfs:range ?c
scm-hv: ?c1 owl:hasValue ?i . ?c1 owl:onProperty ?p1 . ?c2 owl:hasValue ?i . ?c2 owl:onProperty ?p2 . ?p1 rdfs:subPropertyOf ?p2 -> ?c1 rdfs:subClassOf ?c2
scm-svf1: ?c1 owl:someValuesFrom ?y1 . ?c1 owl:onProperty ?p . ?c2 owl:someValuesFrom ?y2 . ?c2 owl:onProperty ?p . ?y1 rdfs:subClassOf ?y2 -> ?c1 rdfs:subClassOf ?c2
scm-svf2: ?c1 owl:someValuesFrom ?y . ?c1 owl:onProperty ?p1 . ?c2 owl:someValuesFrom ?y . ?c2 owl:onProperty ?p2 . ?p1 rdfs:subPropertyOf ?p2 -> ?c1 rdfs:subClassOf ?c2
scm-avf1: ?c1 owl:allValuesFrom ?y1 . ?c1 owl:onProperty ?p . ?c2 owl:allValuesFrom ?y2 . ?c2 owl:onProperty ?p . ?y1 rdfs:subClassOf ?y2 -> ?c1 rdfs:subClassOf ?c2
scm-avf2: ?c1 owl:allValuesFrom ?y . ?c1 owl:onProperty ?p1 . ?c2 owl:allValuesFrom ?y . ?c2 owl:onProperty ?p2 . ?p1 rdfs:subPropertyOf ?p2 -> ?c2 rdfs:subClassOf ?c1
"""  # noqa: E501  (one rule a line, as in the W3C's tables)


class RuleUnusable(ValueError):
    """A rule of the table that would never be fired, or not as it is written."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"the rule {name!r} {why}")


def _slot(text: str) -> Slot:
    return text if text.startswith("?") else NAMES[text]


def _pattern(text: str) -> Pattern:
    subject, predicate, obj = text.split()
    return _slot(subject), _slot(predicate), _slot(obj.partition("=")[0])


def _rule(line: str) -> Rule:
    name, _, rest = line.partition(": ")
    body, _, head = rest.partition(" -> ")
    guards = [
        (variable, int(value))
        for word in body.split()
        for variable, mark, value in [word.partition("=")]
        if mark
    ]
    if len(guards) > 1:
        raise RuleUnusable(name, "has more than one guard, and only one is looked at")
    patterns = tuple(_pattern(text) for text in body.split(" . "))
    rule = Rule(name, patterns, None if head == "false" else _pattern(head), guards[0] if guards else None)
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    """Raises: RuleUnusable for a rule that nothing would fire, or not as it is written."""
    if rule.name in FIRED_BY_EQUALITY:
        return
    if not rule.name.startswith((*DATA_FAMILIES, SCHEMA_FAMILY)):
        families = ", ".join((*DATA_FAMILIES, SCHEMA_FAMILY))
        raise RuleUnusable(rule.name, f"would never be fired: begin its name with one of {families}")
    bound = {slot for pattern in rule.body for slot in pattern}
    if not {slot for slot in rule.head or () if is_variable(slot)} <= bound:
        raise RuleUnusable(rule.name, "concludes something of a variable that its body does not bind")
    # The compiler knows a predicate from the schema, that is from a pattern whose own predicate is known.
    known = {slot for pattern in rule.body for slot in pattern[::2] if not is_variable(pattern[1])}
    open_predicates = {
        pattern[1] for pattern in (*rule.body, *filter(None, [rule.head])) if is_variable(pattern[1])
    }
    if open_predicates - (set() if rule.name.startswith(SCHEMA_FAMILY) else known):
        raise RuleUnusable(rule.name, "would never be fired: no axiom in its body names its predicate")


def read_table(text: str) -> tuple[Rule, ...]:
    """The rules of a table, one a line: `name: pattern . pattern -> pattern`, or `-> false` for a clash.

    Raises: RuleUnusable, KeyError for a term that is not in the vocabulary, ValueError for a pattern that is
    no triple.
    """
    return tuple(_rule(line) for line in text.strip().splitlines())


TABLE: Final[tuple[Rule, ...]] = read_table(_TEXT)
