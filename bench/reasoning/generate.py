"""Workloads: a size in, an ontology (Turtle) and data (N-Triples) out, the same for the same size.

"plain" is like the Lehigh University Benchmark (Guo, Pan, Heflin 2005): a class and property
hierarchy, domains, ranges, inverses, a transitive property, restrictions. "chains" is like a
knowledge graph of biology: property chains, a transitive part-of, a hierarchy of regulations.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

PREFIXES = """@prefix : <http://example.org/o#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
PLAIN = (
    PREFIXES
    + """
:Professor rdfs:subClassOf :Faculty . :FullProfessor rdfs:subClassOf :Professor .
:AssistantProfessor rdfs:subClassOf :Professor . :Lecturer rdfs:subClassOf :Faculty .
:Faculty rdfs:subClassOf :Employee . :Employee rdfs:subClassOf :Person . :Student rdfs:subClassOf :Person .
:GraduateStudent rdfs:subClassOf :Student . :UndergraduateStudent rdfs:subClassOf :Student .
:Department rdfs:subClassOf :Organization . :University rdfs:subClassOf :Organization .
:ResearchGroup rdfs:subClassOf :Organization . :GraduateCourse rdfs:subClassOf :Course .
:headOf rdfs:subPropertyOf :worksFor . :worksFor rdfs:subPropertyOf :memberOf .
:memberOf owl:inverseOf :member ; rdfs:range :Organization .
:subOrganizationOf a owl:TransitiveProperty ; rdfs:domain :Organization ; rdfs:range :Organization .
:teacherOf rdfs:domain :Faculty ; rdfs:range :Course . :takesCourse rdfs:domain :Student .
:advisor rdfs:domain :Person ; rdfs:range :Professor . :publicationAuthor rdfs:range :Person .
:degreeFrom owl:inverseOf :hasAlumnus ; rdfs:range :University .
:doctoralDegreeFrom rdfs:subPropertyOf :degreeFrom .
:Chair owl:intersectionOf ( :Person [ owl:onProperty :headOf ; owl:someValuesFrom :Department ] ) .
[ owl:onProperty :takesCourse ; owl:someValuesFrom :GraduateCourse ] rdfs:subClassOf :AdvancedLearner .
"""
)
CHAINS = (
    PREFIXES
    + """
:partOf a owl:TransitiveProperty . :locatedIn owl:propertyChainAxiom ( :locatedIn :partOf ) .
:regulates owl:propertyChainAxiom ( :activates :activates ), ( :inhibits :inhibits ) .
:activates rdfs:subPropertyOf :affects . :inhibits rdfs:subPropertyOf :affects .
:regulates rdfs:subPropertyOf :affects . :affects rdfs:domain :Entity ; rdfs:range :Entity .
:affectsSite owl:propertyChainAxiom ( :affects :expressedIn ) .
:expressedIn owl:propertyChainAxiom ( :expressedIn :partOf ) ; owl:inverseOf :expresses .
:studies owl:propertyChainAxiom ( :reports :about ) . :cites rdfs:domain :Paper ; rdfs:range :Paper .
:Protein rdfs:subClassOf :Molecule . :Vitamin rdfs:subClassOf :Molecule . :Molecule rdfs:subClassOf :Entity .
:Tissue rdfs:subClassOf :Site . :Organ rdfs:subClassOf :Site . :Kinase rdfs:subClassOf :Protein .
:Regulator owl:equivalentClass [ owl:onProperty :affects ; owl:someValuesFrom :Protein ] .
"""
)

Fact = tuple[str, str, str]


def _plain(rng: random.Random) -> Iterator[Fact]:
    u = 0
    while True:
        u += 1
        yield f"u{u}", "a", "University"
        for d in range(rng.randint(12, 18)):
            dept = f"u{u}d{d}"
            yield dept, "a", "Department"
            yield dept, "subOrganizationOf", f"u{u}"
            yield from _department(rng, u, dept)


def _department(rng: random.Random, u: int, dept: str) -> Iterator[Fact]:
    for g in range(10):
        yield f"{dept}g{g}", "a", "ResearchGroup"
        yield f"{dept}g{g}", "subOrganizationOf", dept
    yield f"{dept}f0", "headOf", dept
    for f in range(30):
        person = f"{dept}f{f}"
        yield person, "a", ("FullProfessor", "AssistantProfessor", "Lecturer")[f % 3]
        yield person, "worksFor", dept
        yield person, "doctoralDegreeFrom", f"u{rng.randint(1, u)}"
        for c in range(2):
            yield person, "teacherOf", f"{dept}c{2 * f + c}"
            yield f"{dept}c{2 * f + c}", "a", "GraduateCourse" if c else "Course"
            yield f"{dept}f{f}p{c}", "publicationAuthor", person
    for s in range(100):
        student = f"{dept}s{s}"
        yield student, "a", "GraduateStudent" if s % 4 == 0 else "UndergraduateStudent"
        yield student, "memberOf", dept
        yield student, "takesCourse", f"{dept}c{rng.randrange(60)}"
        yield student, "takesCourse", f"{dept}c{rng.randrange(60)}"
        if s % 4 == 0:
            yield student, "advisor", f"{dept}f{rng.randrange(30)}"


def _chains(rng: random.Random) -> Iterator[Fact]:
    block = 0
    while True:
        block += 1
        yield from _anatomy(rng, block)
        for p in range(100):
            protein = f"b{block}p{p}"
            yield protein, "a", "Kinase" if p % 10 == 0 else "Protein"
            yield protein, "expressedIn", f"b{block}t{rng.randrange(40)}"
            for _ in range(2):
                yield (
                    protein,
                    "activates" if rng.random() < 0.6 else "inhibits",
                    f"b{block}p{rng.randrange(100)}",
                )
        for paper in range(60):
            yield f"b{block}w{paper}", "a", "Paper"
            yield f"b{block}w{paper}", "cites", f"b{rng.randint(1, block)}w{rng.randrange(60)}"
            yield f"b{block}w{paper}", "reports", f"b{block}r{paper}"
            yield f"b{block}r{paper}", "about", f"b{block}p{rng.randrange(100)}"


def _anatomy(rng: random.Random, block: int) -> Iterator[Fact]:
    for t in range(40):
        yield f"b{block}t{t}", "a", "Organ" if t < 8 else "Tissue"
        if t:
            yield f"b{block}t{t}", "partOf", f"b{block}t{rng.randrange(max(1, t // 2), t) if t > 1 else 0}"


WORKLOADS: dict[str, tuple[str, Callable[[random.Random], Iterator[Fact]]]] = {
    "plain": (PLAIN, _plain),
    "chains": (CHAINS, _chains),
}
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def line(fact: Fact) -> str:
    """One fact in N-Triples."""
    subject, predicate, obj = fact
    if predicate == "a":
        return f"<http://example.org/d/{subject}> {_TYPE} <http://example.org/o#{obj}> .\n"
    node, term = "<http://example.org/d/", "<http://example.org/o#"
    return f"{node}{subject}> {term}{predicate}> {node}{obj}> .\n"


def write(kind: str, size: int, folder: Path) -> tuple[Path, Path]:
    """The ontology and data files of a workload, made when they are not there."""
    ontology, facts = WORKLOADS[kind]
    schema, data = folder / f"{kind}.ttl", folder / f"{kind}-{size}.nt"
    schema.write_text(ontology)
    if not data.exists():
        with data.open("w") as out:
            out.writelines(map(line, islice(facts(random.Random(7)), size)))
    return schema, data
