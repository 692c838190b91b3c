"""No word of a domain stands in the program: what the shipped root is about, only the shipped root says.

The words are taken from the root itself, so the test grows with it: the local names of its IRIs, and its
labels. A word of them is *ordinary* where the Python language reference, the W3C's vocabularies or the toy
root, which is about another domain, use it or its stem too; `ALLOWED` names the few others, each with its
reason.
"""

from __future__ import annotations

import pydoc_data.topics
import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import rdflib.namespace

from calcigraph.rdf.blocks import blocks
from suites import ROOT

SERVER = ROOT / "server"
SHIPPED = (ROOT / "ontology", ROOT / "data")
TOY = ROOT / "tests" / "toy"
NAMESPACE = "https://w3id.org/calcigraph/"
# The vocabulary of the program, its report of the W3C suites, and the graphs that it makes.
OWN = (NAMESPACE + "server#", NAMESPACE + "conformance", NAMESPACE + "graph/")
SUFFIXES = {".py", ".html", ".css", ".ts", ".rq", ".js", ".txt", ".xml"}
LABELS = {
    "http://www.w3.org/2000/01/rdf-schema#label",
    *(f"http://www.w3.org/2004/02/skos/core#{name}Label" for name in ("pref", "alt", "hidden")),
}
# A longer label is a sentence or a title, whose words are those of any English text.
LONGEST_NAME = 3
ALLOWED = {
    "axis": "of a chart",
    "bgp": "the basic graph pattern of the SPARQL algebra",
    "bib": "BibTeX, a format for citations",
    "contradicted": "ordinary English: by what else is inferred",
    "contradiction": "ordinary English: of formal logic",
    "ctx": "the context of Click",
    "curator": "srv: who decides about a proposition",
    "cut": "ordinary English: what is cut off, cut short",
    "doi": "a URI scheme that is never a prefix",
    "doubt": "ordinary English",
    "extreme": "ordinary English",
    "gap": "ordinary English",
    "gram": "n-gram, in the search of labels",
    "half": "ordinary English",
    "inactive": "inactive_file, of Linux's control groups",
    "journal": "what was written and not yet taken over",
    "knowledge": "ordinary English: knowledge graph",
    "life": "ordinary English: the life of a process",
    "logarithm": "the function",
    "noun": "ordinary English: the routes of a noun",
    "obo": "the OBO ontologies, whose annotation properties are the field's",
    "passage": "srv: evidence leads to a passage of a source",
    "persistence": "ordinary English: what an editor keeps",
    "planned": "ordinary English: what a query planner does",
    "proc": "/proc, of Linux",
    "readers": "ordinary English: who reads a file or a page",
    "rep": "eq-rep-s, eq-rep-p, eq-rep-o: rules of OWL 2 RL",
    "resolves": "ordinary English: an IRI resolves",
    "seed": "ordinary English: where a search or a random number starts",
    "semi": "ordinary English: semi-naive evaluation",
    "severe": "ordinary English: the severity of a finding",
    "sim": "a part of a figure of the kernel; the family name of an author",
    "sssom": "the standard for tables of mappings",
    "stroke": "the line of a shape in SVG",
    "strong": "HTML element; a strong ETag",
    "studied": "srv: evidence is a source or a result of what was studied",
    "sun": "an option of Java, named after a company; the family name of an author",
    "unclear": "ordinary English",
    "uni": "cls-uni, scm-uni: rules of OWL 2 RL",
    "unknown": "ordinary English",
    "unread": "ordinary English: what was not read",
    "unsupported": "ordinary English: a form that is not read",
    "verb": "a verb of the command line, of HTTP, of Turtle",
    "wider": "ordinary English: a picture wider than the page",
    "wording": "ordinary English",
    "young": "ordinary English: a library that is young",
}


CODES_ALLOWED = {f"c{n}" for n in range(5)}  # variables of the rules of OWL 2 RL, in its own tables


def words(text: str) -> list[str]:
    """The words of a text in lower case; camelCase and snake_case come apart."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", text)]


@cache
def triples(folder: Path) -> tuple[ox.Triple, ...]:
    files = sorted(folder.rglob("*.ttl"))
    found = (block for path in files for block in blocks(path.read_text(encoding="utf-8"), path.name))
    return tuple(triple for block in found for triple in block.triples)


@cache
def names() -> frozenset[tuple[str, ...]]:
    """What the shipped root calls its things: each local name and each label, as words."""
    found = set()
    for triple in (triple for folder in SHIPPED for triple in triples(folder)):
        subject = triple.subject
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(NAMESPACE):
            if subject.value.startswith(OWN):
                continue
            found.add(tuple(words(subject.value.removeprefix(NAMESPACE).partition("/")[2])))
            if triple.predicate.value in LABELS and isinstance(triple.object, ox.Literal):
                found.add(tuple(words(triple.object.value)))
    return frozenset(found)


@cache
def ordinary() -> frozenset[str]:
    """Words that other texts use: the Python reference, the W3C's vocabularies, the toy root."""
    vocabularies = [
        " ".join(dir(getattr(rdflib.namespace, name)))
        for name in dir(rdflib.namespace)
        if hasattr(getattr(rdflib.namespace, name), "_NS")
    ]
    toy = [path.read_text(encoding="utf-8") for path in TOY.rglob("*") if path.suffix in {".ttl", ".rq"}]
    texts = [*pydoc_data.topics.topics.values(), *vocabularies, *toy]
    return frozenset(word for text in texts for word in words(text))


def is_ordinary(word: str) -> bool:
    """Whether the other texts use the word, or the word that it is a form of (`stands`, `standing`)."""
    endings = ("", "s", "es", "d", "ed", "ing")
    stems = {word.removesuffix(ending) for ending in endings}
    return bool(stems & ordinary() - {""})


@cache
def program() -> dict[Path, str]:
    """The text of the program: Python, templates, styles, scripts, queries."""
    return {
        path.relative_to(SERVER): path.read_text(encoding="utf-8")
        for path in sorted(SERVER.rglob("*"))
        if path.suffix in SUFFIXES
        and not {"__pycache__", "node_modules", "shipped", "built"} & set(path.parts)
    }


def test_words_and_program_are_collected() -> None:
    single = {word for name in names() for word in name}
    assert len(names()) > 1000
    assert {"vitamin", "calcification", "menaquinone", "warfarin"} <= single - ordinary()
    assert {"class", "label", "pump", "query"} <= ordinary()
    assert len(program()) > 30
    assert Path("calcigraph/rdf/blocks.py") in program()


def test_no_iri_of_the_shipped_root_stands_in_the_program() -> None:
    pattern = re.compile(
        re.escape(NAMESPACE.removeprefix("https://")) + r"(?!server#|conformance|graph/|[\"'`<\s]|$)"
    )
    hits = {str(path): pattern.findall(text) for path, text in program().items() if pattern.search(text)}
    assert hits == {}


def test_no_word_of_the_domain_stands_in_the_program() -> None:
    domain = {word for name in names() if len(name) <= LONGEST_NAME for word in name if len(word) > 2}
    domain = {word for word in domain if not word.isdigit() and not is_ordinary(word)} - set(ALLOWED)
    hits = {f"{path}: {word}" for path, text in program().items() for word in domain & set(words(text))}
    assert hits == set(), "say it without the domain, or put the word into ALLOWED with its reason"


def codes(text: str) -> set[str]:
    """Names made of letters and a number, such as `AB-12`."""
    return {code.lower() for code in re.findall(r"\b[A-Za-z]{1,5}-?\d{1,3}\b", text)}


def test_no_code_of_the_domain_stands_in_the_program() -> None:
    labels = {
        triple.object.value
        for folder in SHIPPED
        for triple in triples(folder)
        if triple.predicate.value in LABELS and isinstance(triple.object, ox.Literal)
    }
    domain = {code for label in labels if len(words(label)) <= LONGEST_NAME + 1 for code in codes(label)}
    assert {"k2", "mk-7"} <= domain
    hits = {f"{path}: {code}" for path, text in program().items() for code in codes(text) & domain}
    assert {hit for hit in hits if hit.rpartition(" ")[2] not in CODES_ALLOWED} == set()
