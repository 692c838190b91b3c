"""Data and shapes of SHACL Core, made by chance; how often each constraint finds something is counted by who
asks."""

from __future__ import annotations

import random

PROLOGUE = """@prefix : <http://x/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""
LITERALS = (
    *(
        "1",
        "2",
        "07",
        "3.5",
        "-0.0",
        "1e3",
        "true",
        '"a"',
        '"bc"',
        '"Ab 1"',
        '""',
        '"a"@en',
        '"b"@en',
        '"b"@en-GB',
    ),
    *('"c"@DE', '"x"^^xsd:integer', '"1e3"^^xsd:decimal', '"INF"^^xsd:double', '"NaN"^^xsd:double'),
    *('"2022-02-29"^^xsd:date', '"2024-02-29"^^xsd:date', '"2022-01-01"^^xsd:dateTime', '"1_0"^^xsd:integer'),
    *('"2022-01-01T00:00:00"^^xsd:dateTime', '"2022-01-01T00:00:00Z"^^xsd:dateTime', '"z"^^:unknown'),
    *('"1"^^xsd:boolean', '"5"^^xsd:byte', '"300"^^xsd:byte', '"a\\nb"'),
)
NODES = tuple(f":n{number}" for number in range(7))
CLASSES = (":A", ":B", ":C")
PROPERTIES = (":p", ":q", ":r")
DATATYPES = (
    "xsd:integer",
    "xsd:decimal",
    "xsd:string",
    "rdf:langString",
    "xsd:date",
    "xsd:dateTime",
    "xsd:boolean",
)
KINDS = ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
LIMITS = ("2", "3.0", "1e0", '"2"^^xsd:byte')
COMPARISONS = 0.15
LANGUAGES = ('"en"', '"de" "en-GB"', '"EN"')
NUMBERS = ("1", "2", "3.0", "2.5e0", '"7"^^xsd:byte')
PATTERNS = ("^a", "b", "[0-9]+$", "^.{1,2}$", "A")


class Maker:
    """Texts of Turtle by a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def data(self) -> str:
        """Statements about a few nodes, some of which have no name, with values of all kinds."""
        pick = self.chance.choice
        lines = [":B rdfs:subClassOf :A ."]
        for node in (*NODES, "_:b0", "_:b1", "_:b2"):
            lines.append(f"{node} a {pick(CLASSES)} .")
            for _ in range(self.chance.randint(1, 5)):
                lines.append(f"{node} {pick(PROPERTIES)} {pick((*LITERALS, *NODES, '_:b0', '_:b1'))} .")
            lines += (f"{node} {pick((':s', ':t'))} {pick(NUMBERS)} ." for _ in range(3))
        return PROLOGUE + "\n".join(lines)

    def shapes(self) -> str:
        """A few shapes with targets of all kinds."""
        pick = self.chance.choice
        targets = (
            "sh:targetClass :A",
            "sh:targetClass :C",
            f"sh:targetNode {pick(NODES)} , 1 , {pick(LITERALS)}",
        )
        targets += ("sh:targetSubjectsOf :p", "sh:targetObjectsOf :q")
        shapes = (f":S{n} {pick(targets)} ; {self._node_shape(3)} ." for n in range(4))
        return PROLOGUE + "\n".join(shapes)

    def _node_shape(self, depth: int) -> str:
        if depth <= 0:
            return self.chance.choice((self._of_value, self._property))(0)
        some = self.chance.sample((self._of_value, self._property, self._property, self._of_shapes), k=2)
        closed = "; sh:closed true ; sh:ignoredProperties ( :r rdf:type )" * (self.chance.random() < 0.15)
        more = self.chance.choice(("", "", "; sh:severity sh:Warning", '; sh:message "m"@en , "n"'))
        parts = dict.fromkeys(make(depth) for make in some)
        return " ; ".join(parts) + closed + more

    def _path(self) -> str:
        p, q = self.chance.choice(PROPERTIES), self.chance.choice(PROPERTIES)
        forms = (p, p, p, f"[ sh:inversePath {p} ]", f"( {p} {q} )", f"[ sh:alternativePath ( {p} {q} ) ]")
        forms += (f"[ sh:zeroOrMorePath {p} ]", f"[ sh:oneOrMorePath {p} ]", f"[ sh:zeroOrOnePath {p} ]")
        return self.chance.choice((*forms, f"( [ sh:inversePath {p} ] [ sh:zeroOrMorePath {q} ] )"))

    def _property(self, depth: int) -> str:
        number, pick = self.chance.randint(0, 3), self.chance.choice
        of_all: tuple[str, ...] = (f"sh:minCount {number}", f"sh:maxCount {number}", "sh:uniqueLang true")
        of_all += tuple(f"sh:{name} {pick(PROPERTIES)}" for name in ("equals", "disjoint"))
        if depth > 0:
            kind, disjoint = pick(("Min", "Max")), pick(("", "; sh:qualifiedValueShapesDisjoint true"))
            counted = f"sh:qualified{kind}Count {number}{disjoint}"
            of_all += (f"sh:qualifiedValueShape [ {self._node_shape(0)} ] ; {counted}",)
        if self.chance.random() < COMPARISONS:
            return f"sh:property [ sh:path {pick((':s', ':t'))} ; {self._comparison()} ]"
        said = [pick(of_all), pick((self._of_value, self._of_shapes))(depth)]
        return f"sh:property [ sh:path {self._path()} ; {' ; '.join(said)} ]"

    def _comparison(self) -> str:
        pick = self.chance.choice
        limit = pick(("minInclusive", "maxInclusive", "minExclusive", "maxExclusive"))
        pair = pick(("lessThan", "lessThanOrEquals"))
        return pick((f"sh:{limit} {pick(LIMITS)}", f"sh:{pair} {pick((':s', ':t'))}"))

    def _of_value(self, _depth: int) -> str:
        pick, number = self.chance.choice, self.chance.randint(1, 3)
        return pick(
            (
                f"sh:class {pick(CLASSES)}",
                f"sh:datatype {pick(DATATYPES)}",
                f"sh:nodeKind sh:{pick(KINDS)}",
                f"sh:minLength {number}",
                f"sh:maxLength {number}",
                f'sh:pattern "{pick(PATTERNS)}"' + pick(("", ' ; sh:flags "i"')),
                f"sh:languageIn ( {pick(LANGUAGES)} )",
                f"sh:hasValue {pick((*LITERALS, *NODES))}",
                f"sh:in ( {' '.join(self.chance.sample((*LITERALS, *NODES), 6))} )",
            )
        )

    def _of_shapes(self, depth: int) -> str:
        if depth <= 0:
            return self._of_value(depth)
        inner = [f"[ {self._node_shape(depth - 2)} ]" for _ in range(2)]
        kind = self.chance.choice(("not", "node", "node", "and", "or", "xone"))
        return f"sh:{kind} {inner[0]}" if kind in ("not", "node") else f"sh:{kind} ( {' '.join(inner)} )"
