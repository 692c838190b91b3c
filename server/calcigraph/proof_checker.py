"""A proof file in; what it takes for granted out, or the step that does not follow and why.

    python proof_checker.py proof.json [--dump dump.nq.gz]

It knows OWL 2 RL from the W3C's tables alone (OWL 2 Profiles, section 4.3), and may be copied out and run by
itself; CONSTRUCT rules need pyoxigraph. Exit codes: 0 accepted, 1 refused, 2 not to be decided here.
"""

import argparse
import gzip
import json
import os.path
import re
import sys
from fractions import Fraction
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

FORMAT, MOST_BYTES = "calcigraph-proof/1", 50_000_000
# "|" parts rules, "&" conclusions. A letter is a variable, 1 a literal of that value, a word a term of rdf:,
# rdfs: or owl:; `c unionOf i` is membership in a list. No proof needs axiomatic triples or what gives false.
TABLES = """
eq-ref: -> x sameAs x | eq-sym: x sameAs y -> y sameAs x | eq-trans: x sameAs y, y sameAs z -> x sameAs z | eq-rep-s: s sameAs t, s p o ->
t p o | eq-rep-p: p sameAs q, s p o -> s q o | eq-rep-o: o sameAs t, s p o -> s p t | prp-dom: p domain c, x p y -> x type c | prp-rng: p
range c, x p y -> y type c | prp-fp: p type FunctionalProperty, x p y, x p z -> y sameAs z | prp-ifp: p type InverseFunctionalProperty, x
p z, y p z -> x sameAs y | prp-symp: p type SymmetricProperty, x p y -> y p x | prp-trp: p type TransitiveProperty, x p y, y p z -> x p z
| prp-spo1: p subPropertyOf q, x p y -> x q y | prp-eqp1: p equivalentProperty q, x p y -> x q y | prp-eqp2: p equivalentProperty q, x q y
-> x p y | prp-inv1: p inverseOf q, x p y -> y q x | prp-inv2: p inverseOf q, x q y -> y p x | cls-thing: -> Thing type Class |
cls-nothing1: -> Nothing type Class | cls-int2: c intersectionOf i, x type c -> x type i | cls-uni: c unionOf i, x type i -> x type c |
cls-svf1: r someValuesFrom c, r onProperty p, x p y, y type c -> x type r | cls-svf2: r someValuesFrom Thing, r onProperty p, x p y -> x
type r | cls-avf: r allValuesFrom c, r onProperty p, x type r, x p y -> y type c | cls-hv1: r hasValue v, r onProperty p, x type r -> x p
v | cls-hv2: r hasValue v, r onProperty p, x p v -> x type r | cls-maxc2: r maxCardinality 1, r onProperty p, x type r, x p y, x p z -> y
sameAs z | cls-maxqc3: r maxQualifiedCardinality 1, r onProperty p, r onClass c, x type r, x p y, y type c, x p z, z type c -> y sameAs z
| cls-maxqc4: r maxQualifiedCardinality 1, r onProperty p, r onClass Thing, x type r, x p y, x p z -> y sameAs z | cls-oo: c oneOf i -> i
type c | cax-sco: c subClassOf d, x type c -> x type d | cax-eqc1: c equivalentClass d, x type c -> x type d | cax-eqc2: c equivalentClass
d, x type d -> x type c | scm-cls: c type Class -> c subClassOf c & c equivalentClass c & c subClassOf Thing & Nothing subClassOf c |
scm-sco: c subClassOf d, d subClassOf e -> c subClassOf e | scm-eqc1: c equivalentClass d -> c subClassOf d & d subClassOf c | scm-eqc2: c
subClassOf d, d subClassOf c -> c equivalentClass d | scm-op: p type ObjectProperty -> p subPropertyOf p & p equivalentProperty p |
scm-dp: p type DatatypeProperty -> p subPropertyOf p & p equivalentProperty p | scm-spo: p subPropertyOf q, q subPropertyOf r -> p
subPropertyOf r | scm-eqp1: p equivalentProperty q -> p subPropertyOf q & q subPropertyOf p | scm-eqp2: p subPropertyOf q, q subPropertyOf
p -> p equivalentProperty q | scm-dom1: p domain c, c subClassOf d -> p domain d | scm-dom2: q domain c, p subPropertyOf q -> p domain c |
scm-rng1: p range c, c subClassOf d -> p range d | scm-rng2: q range c, p subPropertyOf q -> p range c | scm-hv: c hasValue v, c
onProperty p, d hasValue v, d onProperty q, p subPropertyOf q -> c subClassOf d | scm-svf1: c someValuesFrom y, c onProperty p, d
someValuesFrom z, d onProperty p, y subClassOf z -> c subClassOf d | scm-svf2: c someValuesFrom y, c onProperty p, d someValuesFrom y, d
onProperty q, p subPropertyOf q -> c subClassOf d | scm-avf1: c allValuesFrom y, c onProperty p, d allValuesFrom z, d onProperty p, y
subClassOf z -> c subClassOf d | scm-avf2: c allValuesFrom y, c onProperty p, d allValuesFrom y, d onProperty q, p subPropertyOf q -> d
subClassOf c | scm-int: c intersectionOf i -> c subClassOf i | scm-uni: c unionOf i -> i subClassOf c
"""  # noqa: E501
LISTS = {"prp-spo2": "propertyChainAxiom", "prp-key": "hasKey", "cls-oo": "oneOf", "cls-uni": "unionOf"}
LISTS |= {"scm-uni": "unionOf"} | dict.fromkeys(("cls-int1", "cls-int2", "scm-int"), "intersectionOf")
# What more data can take back, or what comes out differently the next time.
CLOSED = r"(?i)(?<![\w:?$-])(EXISTS|MINUS|OPTIONAL|BOUND|COALESCE|GROUP|HAVING|COUNT|SUM|MIN|MAX|AVG|SAMPLE"
CLOSED += r"|GROUP_CONCAT|LIMIT|OFFSET|NOW|RAND|UUID|STRUUID|BNODE)(?![\w:-])"
NO_CODE = r'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>"{}|^`\\\s]*>|#.*'
RDF, RDFS = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#", "<http://www.w3.org/2000/01/rdf-schema#"
OWL, XSD = "<http://www.w3.org/2002/07/owl#", "<http://www.w3.org/2001/XMLSchema#"
TYPE, SAME, IRI = RDF + "type>", OWL + "sameAs>", r'<[^<>"{}|^`\s]*>'
TERM = re.compile(rf'\s*(?:({IRI}|_:[^\s<>"]+)|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z]+(?:-[\w-]+)?)|\^\^({IRI}))?)')
BOUNDS = {"decimal": (-inf, inf), "integer": (-inf, inf), "nonNegativeInteger": (0, inf),
          "positiveInteger": (1, inf), "negativeInteger": (-inf, -1),
          "nonPositiveInteger": (-inf, 0)}  # fmt: skip
for _name, _bits in (("Long", 63), ("Int", 31), ("Short", 15), ("Byte", 7)):
    BOUNDS |= {_name.lower(): (-(2**_bits), 2**_bits - 1), "unsigned" + _name: (0, 2 ** (_bits + 1) - 1)}
# Forms whose values are surely in the space; others are not judged, and what rests on them is refused.
STRINGS = {"string": "(?s:.*)", "normalizedString": r"[^\t\n\r]*", "token": r"([^\t\n\r ]+( [^\t\n\r ]+)*)?",
           "language": "[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", "NMTOKEN": r"[A-Za-z0-9_:.\-]+",
           "Name": r"[A-Za-z_:][A-Za-z0-9_:.\-]*", "NCName": r"[A-Za-z_][A-Za-z0-9_.\-]*"}  # fmt: skip
DECIMAL, ZONE = r"[+-]?([0-9]{1,99}(\.[0-9]{,99})?|\.[0-9]{1,99})", "(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])"
DAY = "((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
TIME = f"[0-9]{{4}}-{DAY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?"
FORMS = STRINGS | dict.fromkeys(BOUNDS, "[+-]?[0-9]{1,99}") | {
    "decimal": DECIMAL, "boolean": "true|false|[01]", "hexBinary": "([0-9a-fA-F]{2})*",
    "double": DECIMAL + "([eE][+-]?[0-9]{1,2})?", "float": r"[+-]?[0-9]{1,9}(\.[0-9]{,9})?([eE][+-]?[0-9])?",
    "dateTime": f"{TIME}{ZONE}?", "dateTimeStamp": TIME + ZONE, "base64Binary": "([A-Za-z0-9+/]{4})*",
    "anyURI": r"[A-Za-z][A-Za-z0-9+.\-]*:[A-Za-z0-9./#?=&%:_-]*"}  # fmt: skip
Term = str | tuple[str, str, str]  # <iri> or _:label; a literal as its text, datatype and language
Triple = tuple[Term, ...]
Triples = frozenset[Triple]
TYPES: dict[Term, str] = {f"{XSD}{kind}>": kind for kind in FORMS}
TYPES |= {RDFS + "Literal>": "Literal", RDF + "PlainLiteral>": "lang", RDF + "XMLLiteral>": "XMLLiteral"}


class Refused(ValueError):
    """The proof does not hold as it is written: where, and why."""


def terms(line: str, count: int = 3) -> Triple:
    """The terms of a line of N-Triples, or of N-Quads (4)."""
    found, at = list[Term](), 0
    while match := TERM.match(line, at):
        plain = (json.loads(f'"{p}"', strict=False) if p and "\\" in p else p for p in match.groups())
        node, text, language, kind = plain
        found.append(node or (text, kind or XSD + "string>", language or ""))
        at = match.end()
    if line[at:].strip() != "." or len(found) != count:
        raise Refused(f"no statement of RDF 1.1: {line[:200]}")
    return tuple(found)


def value(term: Term) -> tuple[str, Any] | None:
    """The value of a literal of OWL 2 RL; None for other terms and for what is ill-typed or not judged."""
    text, datatype, language = term if isinstance(term, tuple) else ("", "", "")
    kind = TYPES.get(datatype, "")
    if language or not re.fullmatch(FORMS.get(kind, "(?!)"), text):
        return ("lang", (text, language.lower())) if language else None
    space = "decimal" if kind in BOUNDS else "string" if kind in STRINGS else kind.removesuffix("Stamp")
    found = (space, Fraction(text) if kind in BOUNDS else text)
    return found if holds(kind, found) else None


def holds(kind: str, found: tuple[str, Any]) -> bool:
    """Whether the value space of a datatype has that value."""
    space, point = found
    if kind in BOUNDS:
        whole = space == "decimal" and (kind == "decimal" or point.denominator == 1)
        return whole and bool(BOUNDS[kind][0] <= point <= BOUNDS[kind][1])
    if kind in STRINGS or kind == "dateTimeStamp":
        fits = space == ("string" if kind in STRINGS else "dateTime")
        return fits and bool(re.fullmatch(FORMS[kind], point))
    return kind in ("Literal", space) or (kind == "lang" and space == "string")


def by_value(rule: str, triple: Triple) -> bool:
    """Whether a rule on literals (table 8) gives a triple; only numbers and texts are told apart."""
    (_, p, o), one, other = triple, value(triple[0]), value(triple[2])
    if rule == "dt-type2":
        return p == TYPE and o in TYPES and one is not None and holds(TYPES[o], one)
    if rule == "dt-eq":
        return p == SAME and one is not None and one == other
    known = all(found is not None and found[0] in ("decimal", "string", "lang") for found in (one, other))
    return rule == "dt-diff" and p == OWL + "differentFrom>" and known and one != other


def _word(name: str) -> str:
    kind = RDF if name == "type" else RDFS if re.match("sub|domain|range", name) else OWL
    return name if len(name) == 1 else f"{kind}{name}>"


RULES: dict[str, list[list[Triple]]] = {}  # each as its head and, after it, its body
for _rule in TABLES.replace("\n", " ").split(" | "):
    _name, _body, _heads = re.split(": | ?-> ", _rule.strip())
    _parts = [tuple(map(_word, part.split())) for part in _body.split(", ") if part]
    RULES[_name] = [[tuple(map(_word, head.split())), *_parts] for head in _heads.split(" & ")]


def applies(rule: list[Triple], conclusion: Triple, given: Triples) -> bool:
    """Whether a rule gives the conclusion from the given triples, all of them."""
    found: dict[Term, Term] = {}
    return all(map(_fits, rule[0], conclusion, [found] * 3)) and _covers(rule[1:], given, found, given)


def _covers(body: list[Triple], given: Triples, known: dict[Term, Term], left: Triples) -> bool:
    for triple in given if body else ():
        found = dict(known)
        if all(map(_fits, body[0], triple, [found] * 3)) and _covers(body[1:], given, found, left - {triple}):
            return True
    return not body and not left


def _fits(slot: Term, term: Term, found: dict[Term, Term]) -> bool:
    if slot == "1":
        return value(term) == ("decimal", 1)
    return (found.setdefault(slot, term) if len(slot) == 1 else slot) == term


def by_list(rule: str, axiom: Triple, triple: Triple, given: Triples) -> bool:
    """Whether a rule over the RDF list that an axiom leads to gives a triple."""
    cells, items, used = {t[:2]: t for t in given}, list[Term](), {axiom}
    (c, p, cell), v = axiom, [chr(0xE000 + i) for i in range(len(given) + 1)]
    while cell != RDF + "nil>":
        first, rest = cells.get((cell, RDF + "first>")), cells.get((cell, RDF + "rest>"))
        if not first or not rest or rest in used:
            return False
        items, used, cell = [*items, first[2]], used | {first, rest}, rest[2]
    if rule in RULES:
        return any(applies(each, triple, given - used | {(c, p, i)}) for i in items for each in RULES[rule])
    keys = [(x, item, v[i]) for i, item in enumerate(items) for x in "xy"]
    made: dict[str, list[Triple]] = {
        "cls-int1": [("x", TYPE, c), *(("x", TYPE, item) for item in items)],
        "prp-spo2": [(v[0], c, v[len(items)]), *((v[i], item, v[i + 1]) for i, item in enumerate(items))],
        "prp-key": [("x", SAME, "y"), ("x", TYPE, c), ("y", TYPE, c), *keys],
    }
    return bool(items) and applies(made[rule], triple, given - used)


def follows(rule: str, triple: Triple, given: Triples) -> bool:
    """Whether a rule of the W3C gives a triple from the given ones."""
    if rule in LISTS:
        return any(by_list(rule, t, triple, given) for t in given if t[1] == f"{OWL}{LISTS[rule]}>")
    if rule in RULES:
        return any(applies(each, triple, given) for each in RULES[rule])
    return not given and by_value(rule, triple)


def load(lines: list[str]) -> Any:
    """A store of the engine that holds triples."""
    import pyoxigraph as ox

    store, quads = ox.Store(), ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS)
    store.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    return store


class DumpFile:
    """All quads of the graph. What nobody asserted stands in its graphs derived, inferred and metadata."""

    def __init__(self, data: bytes) -> None:
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()
        quads = {terms(line, 4): line for line in text.split("\n") if line.strip()}
        base = os.path.commonprefix([str(quad[3]) for quad in quads]).rpartition("/")[0]  # noqa: RUF071
        hidden = [f"{base}/{name}>" for name in ("metadata", "inferred", "derived")]
        self.asserted = {quad for quad in quads if quad[3] not in hidden}
        # All quads but those of so many hidden graphs, and what a CONSTRUCT rule builds from them.
        store = cache(lambda n: load([line for quad, line in quads.items() if quad[3] not in hidden[:n]]))
        self.build = cache(lambda rule, n: set(store(n).query(rule)))


class ProofFile:
    """A proof file, and the dump to check it against where there is one; what is amiss raises Refused."""

    def __init__(self, data: bytes, dump: DumpFile | None = None) -> None:
        if len(data) > MOST_BYTES:
            raise Refused(f"the file has more than {MOST_BYTES} bytes")
        try:
            self.file, self.dump, self.granted = json.loads(data.decode()), dump, list[str]()
        except (ValueError, RecursionError) as error:
            raise Refused(f"the file is no whole JSON: {error}") from None

    def check(self) -> str:
        """The conclusion. What is taken for granted stands in `granted` afterwards."""
        last, known, used = 0, dict[int, str](), set[int]()
        try:
            if self.file["format"] != FORMAT:
                raise Refused(f"the file is no {FORMAT}")
            self.granted += [f"the graph has the rule {name} in these words" for name in self.file["rules"]]
            for entry in self.file["premises"] + self.file["steps"]:
                last, uses = entry["id"], entry["axioms"] + entry["premises"] if "rule" in entry else []
                if type(last) is not int or last in known or not known.keys() >= set(uses):
                    raise Refused(f"{last} is there twice, or rests on what is not before it: {uses}")
                self._entry(entry, entry["triple"], [known[use] for use in uses])
                known[last] = entry["triple"]
                used.update(uses)
            if terms(self.file["conclusion"]) != terms(known[last]) or known.keys() - used != {last}:
                raise Refused(f"not its last triple is claimed, or more is idle: {known.keys() - used}")
        except (KeyError, TypeError, AttributeError) as error:
            raise Refused(f"{last or 'the file'} is not as docs/proofs.md says: {error!r}") from None
        return str(self.file["conclusion"])

    def _entry(self, entry: dict[str, Any], line: str, lines: list[str]) -> None:
        rule = entry.get("rule", "asserted")
        where = f"{entry['id']}, {line[:400]} ({rule})"
        try:
            triple = terms(line)
            if "rule" not in entry:
                self._premise(triple, where, entry["graphs"])
            elif rule.startswith("construct:"):
                self._construct(where, line, lines, **self.file["rules"][rule])
            elif not follows(rule, triple, frozenset(map(terms, lines))):
                raise Refused("no rule of that name gives it from what it names")
        except (ValueError, SyntaxError, RuntimeError) as error:
            raise Refused(f"{where}: {error}") from None

    def _premise(self, triple: Triple, where: str, graphs: list[str]) -> None:
        if not self.dump:
            self.granted.append(f"{where} in {', '.join(graphs)}")
        elif not graphs or not self.dump.asserted >= {(*triple, f"<{graph}>") for graph in graphs}:
            raise Refused(f"the dump has no such assertion in {graphs}")

    def _construct(self, where: str, line: str, lines: list[str], stage: str, text: str) -> None:
        code, wanted = re.sub(NO_CODE, " ", text), {quad.triple for quad in load([line])}
        if re.search(r"(?i)\bSERVICE\b", code) or not wanted <= set(load(lines).query(text)):
            raise Refused("its rule does not build it from what it names alone")
        if re.search(CLOSED, code) and not self.dump:
            self.granted.append(f"no further triple takes back {where}")
        elif self.dump and not wanted <= self.dump.build(text, {"before": 2, "after": 1}[stage]):
            raise Refused("its rule does not build it from the dump")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Check a proof file, by itself or against a dump.")
    parser.add_argument("proof", type=Path)
    parser.add_argument("--dump", type=Path, help="all quads of the graph: /dump.nq.gz of its server")
    options = parser.parse_args()
    try:
        dump = DumpFile(options.dump.read_bytes()) if options.dump else None
        with options.proof.open("rb") as file:
            proof = ProofFile(file.read(MOST_BYTES + 1), dump)
        print("accepted: " + proof.check(), *proof.granted, sep="\n  taken for granted: ")
    except ValueError as error:
        sys.exit(f"refused: {error}")
    except (OSError, EOFError, ImportError) as error:
        print("not decided:", error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
