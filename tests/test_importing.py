"""`calcigraph import`: what it writes, that nothing is lost or overwritten, and what terms need."""

from __future__ import annotations

import gzip
import itertools
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from calcigraph.cli.importing import import_files
from calcigraph.errors import InputUnreadable, Place, Problem
from calcigraph.evaluated_apart import EvaluationStopped
from calcigraph.importing.adding import Import, added
from calcigraph.importing.borrowing import TermMissing
from calcigraph.importing.plan import TargetUnfit
from calcigraph.importing.source import read_source
from calcigraph.importing.staging import Staging
from calcigraph.importing.writer import WouldOverwrite
from calcigraph.rdf import colours
from calcigraph.rdf.canonical import canonical
from calcigraph.rdf.reading import FileMalformed
from canonical_form import canonical_hash
from suites import SUITES, needs

SKOS = "http://www.w3.org/2004/02/skos/core#"
ONTOLOGIES = SUITES / "ontologies"
PROLOGUE = """\
@prefix : <http://example.org/pumps#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
"""
PUMPS = (
    PROLOGUE
    + """
<http://example.org/pumps> a owl:Ontology ; owl:versionInfo "1" ; dcterms:license <http://example.org/free> .
:Thing a owl:Class ; rdfs:label "thing"@en .
:Device a owl:Class ; rdfs:subClassOf :Thing ; rdfs:label "device"@en ; :weighs "much" ;
  rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :stands ; owl:someValuesFrom :Place ] .
:Pump a owl:Class ; rdfs:label "pump"@en ; skos:definition "It moves water." ;
  rdfs:subClassOf :Device , [ a owl:Restriction ; owl:onProperty :moves ; owl:someValuesFrom :Water ] .
[] a owl:Axiom ; owl:annotatedSource :Pump ; owl:annotatedProperty rdfs:subClassOf ;
  owl:annotatedTarget :Device ; rdfs:comment "By the standard." .
:Water a owl:Class ; rdfs:label "water"@en ; rdfs:subClassOf :Liquid ; :weighs "less" .
:Liquid a owl:Class ; rdfs:label "liquid"@en .
:Place a owl:Class ; rdfs:label "place"@en .
:Tank a owl:Class ; rdfs:label "tank"@en ; rdfs:subClassOf :Device .
:moves a owl:ObjectProperty ; rdfs:label "moves"@en ; rdfs:domain :Device .
:stands a owl:ObjectProperty .
"""
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root in which nothing is but its namespace."""
    folder = tmp_path / "root"
    for name in ("ontology", "data", "shapes"):
        (folder / name).mkdir(parents=True)
    stated = (
        '<https://example.org/mine/id/mine> <http://rdfs.org/ns/void#uriSpace> "https://example.org/mine/" .'
    )
    (folder / "data/catalog.ttl").write_text(stated, encoding="utf-8")
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str | bytes, name: str = "pumps.ttl") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def take(
    root: Path, *files: Path, terms: tuple[str, ...] = (), upper: tuple[str, ...] = (), **other: object
) -> list[str]:
    asked = {"to": None, "base": None, "force": False, "date": "2026-01-02", **other}
    return list(added(Import(files, root, terms, upper, **asked)))  # type: ignore[arg-type]


def parsed(path: Path, base: str | None = None) -> list[ox.Quad]:
    return list(ox.parse(path=str(path), base_iri=base))


def everything(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"http://example.org/pumps#{name}")


def about(path: Path, name: str) -> set[str]:
    return {str(q.predicate) + " " + str(q.object) for q in parsed(path) if q.subject == iri(name)}


# --- the same content gives the same bytes, and reading these gives the same graph


def random_graph(chance: random.Random) -> list[ox.Quad]:
    """Few names and many blank nodes, so that some are shared, in circles, in lists and alike."""
    nodes = [ox.BlankNode(f"n{i}") for i in range(chance.randrange(1, 7))]
    names = [iri(name) for name in "ab"]
    values = [*names, *nodes, ox.Literal("x", language="en"), ox.Literal("01", datatype=iri("t"))]
    predicates = [iri("p"), iri("q"), *(ox.NamedNode(f"{RDF}{name}") for name in ("first", "rest", "type"))]
    quads = [
        ox.Quad(chance.choice([*names, *nodes]), chance.choice(predicates), chance.choice(values))
        for _ in range(chance.randrange(1, 14))
    ]
    if chance.random() < 0.3:
        term = ox.Triple(chance.choice(nodes), iri("p"), chance.choice(values))
        quads.append(ox.Quad(iri("a"), iri("states"), term))
    return quads


RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def disguised(quads: Iterable[ox.Quad], chance: random.Random) -> bytes:
    """The same graph in another order, under other names of its blank nodes, in N-Triples."""
    lines = [str(quad) + " ." for quad in quads]
    chance.shuffle(lines)
    text = "\n".join(lines) + "\n"
    for number in range(7):
        text = text.replace(f"_:n{number}", f"_:{chance.choice('xyz')}{number * 7 % 9}")
    return text.encode()


def test_equal_graphs_give_equal_bytes_from_which_the_same_graph_is_read(
    root: Path, source: Callable[..., Path]
) -> None:
    labelled = 0
    for seed in range(40):
        chance = random.Random(seed)
        quads = random_graph(chance)
        texts = set()
        for _ in range(2):
            take(root, source(disguised(quads, chance), "g.nt"), to="data/g.ttl", force=True)
            texts.add((root / "data/g.ttl").read_bytes())
            assert canonical_hash(parsed(root / "data/g.ttl")) == canonical_hash(quads), seed
        assert len(texts) == 1, seed
        labelled += b"_:" in texts.pop()
    assert 10 < labelled < 35, "the generator misses nodes that need a label, or those that need none"


def test_names_of_blank_nodes_stay_when_something_else_is_said() -> None:
    circle = [(iri("a"), "p", "x"), ("x", "p", "y"), ("y", "p", "x")]
    more = [*circle, (iri("b"), "p", "z"), ("z", "p", "z")]

    def quads(statements: list[tuple[object, str, str]]) -> list[ox.Quad]:
        nodes = {name: ox.BlankNode(name) for name in "xyz"}
        return [ox.Quad(nodes.get(s, s), iri(p), nodes[o]) for s, p, o in statements]  # type: ignore[call-overload]

    assert canonical(quads(circle)) < canonical(quads(more))


def linked(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"_:{a} <http://e/p> _:{b} .\n" for a, b in pairs)


ALIKE = {
    "clique": linked(itertools.permutations([f"c{n}" for n in range(12)], 2)),
    "copies": "<http://e/a> <http://e/p> _:top .\n" + linked(("top", f"c{n}") for n in range(12)),
    "ring": linked((f"r{n}", f"r{(n + 1) % 30}") for n in range(30)),
    "two rings": linked((f"r{n}", f"r{n - n % 9 + (n + 1) % 9}") for n in range(18)),
    "chain": linked((f"k{n}", f"k{n + 1}") for n in range(1500)),
}


@pytest.mark.parametrize("kind", ALIKE)
def test_blank_nodes_that_hardly_anything_tells_apart_take_no_time_and_have_one_order(
    kind: str, root: Path, source: Callable[..., Path]
) -> None:
    texts, text = [], ALIKE[kind]
    for seed in range(2):
        lines = re.sub(r"_:[a-z]+(\d*)", rf"_:x\1y{seed}z", text).splitlines()
        random.Random(seed).shuffle(lines)
        take(root, source("\n".join(lines) + "\n", "g.nt"), to="data/g.ttl", force=True)
        texts.append((root / "data/g.ttl").read_bytes())

    assert texts[0] == texts[1]
    out, into = (
        Counter(getattr(q, side) for q in parsed(root / "data/g.ttl")) for side in ("subject", "object")
    )
    meant = Counter(line.split()[0] for line in text.splitlines())
    assert Counter(out.values()) == Counter(meant.values())
    assert Counter(into.values()) == Counter(Counter(line.split()[2] for line in text.splitlines()).values())


LONG = {
    "siblings": linked(("h", f"c{n}") for n in range(300)),
    "nested siblings": linked(pair for n in range(150) for pair in (("h", f"c{n}"), (f"c{n}", f"d{n}"))),
    "ring": linked((f"r{n}", f"r{(n + 1) % 300}") for n in range(300)),
    "linked both ways": linked(
        pair for n in range(300) for pair in ((f"k{n}", f"k{n + 1}"), (f"k{n + 1}", f"k{n}"))
    ),
    "each with each": linked(itertools.product([f"a{n}" for n in range(18)], [f"b{n}" for n in range(18)])),
}


@pytest.mark.parametrize("kind", LONG)
def test_a_statement_is_looked_at_a_few_times_however_many_nodes_are_alike(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[str] = Counter()

    def counted(node: ox.BlankNode, quads: Collection[ox.Quad], known: colours.Colours) -> str:
        seen[kind] += len(quads)
        return digest(node, quads, known)

    digest = colours._digest
    monkeypatch.setattr(colours, "_digest", counted)
    quads = list(ox.parse(LONG[kind], format=ox.RdfFormat.N_TRIPLES))
    one = canonical(quads)
    assert 0 < seen.total() <= 8 * len(quads)
    for seed in range(2):
        assert (
            canonical(ox.parse(disguised(quads, random.Random(seed)), format=ox.RdfFormat.N_TRIPLES)) == one
        )


@needs("ontologies")
def test_what_rdflib_saves_of_an_ontology_gives_the_bytes_that_the_ontology_gives(
    root: Path, tmp_path: Path
) -> None:
    texts = set()
    graph = rdflib.Graph().parse(ONTOLOGIES / "pizza.owl", format="xml")
    (tmp_path / "pizza.ttl").write_text(graph.serialize(format="turtle"), encoding="utf-8")
    (tmp_path / "pizza.xml").write_text(graph.serialize(format="xml"), encoding="utf-8")
    for path in (ONTOLOGIES / "pizza.owl", tmp_path / "pizza.ttl", tmp_path / "pizza.xml"):
        take(root, path, force=True)
        text = (root / "ontology/pizza.ttl").read_text(encoding="utf-8")
        texts.add(text[text.index("\n\n") :])
    assert len(texts) == 1
    meant = ox.parse(path=str(ONTOLOGIES / "pizza.owl"), format=ox.RdfFormat.RDF_XML)
    assert canonical_hash(parsed(root / "ontology/pizza.ttl")) == canonical_hash(meant)


# --- formats


def same_in(form: ox.RdfFormat) -> bytes:
    quads = ox.parse(PUMPS, format=ox.RdfFormat.TURTLE)
    return ox.serialize((quad.triple for quad in quads), format=form) or b""


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("pumps.nt", same_in(ox.RdfFormat.N_TRIPLES)),
        ("pumps.owl", same_in(ox.RdfFormat.RDF_XML)),
        ("pumps.jsonld", same_in(ox.RdfFormat.JSON_LD)),
        ("pumps.nq", same_in(ox.RdfFormat.N_TRIPLES)),
        ("pumps.trig", same_in(ox.RdfFormat.TRIG)),
    ],
)
def test_each_format_is_read_and_becomes_turtle(
    name: str, data: bytes, root: Path, source: Callable[..., Path]
) -> None:
    take(root, source(data, name))

    assert canonical_hash(parsed(root / "ontology/pumps.ttl")) == canonical_hash(
        ox.parse(PUMPS, format=ox.RdfFormat.TURTLE)
    )


@pytest.mark.parametrize("name", ["pumps.owl", "pumps.txt", "pumps.jsonld"])
def test_what_is_turtle_is_read_as_turtle_whatever_its_name_says(
    name: str, root: Path, source: Callable[..., Path]
) -> None:
    lines = take(root, source(PUMPS, name))

    assert about(root / "ontology/pumps.ttl", "Pump")
    assert "  it was read as Turtle, which it is, whatever its name says" in lines


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.obo", "format-version: 1.2\n[Term]\nid: X:1\n", r"OBO format.*robot convert -i a\.obo -o a\.ttl"),
        ("a.ofn", "Prefix(:=<http://e/>)\nOntology(<http://e>)", r"functional syntax.*robot convert"),
        ("a.omn", "Prefix: : <http://e/>\nOntology: <http://e>", r"Manchester syntax.*robot convert"),
        ("a.owl", "Prefix(:=<http://e/>)\nOntology(<http://e>)", r"functional syntax.*robot convert"),
        ("a.owx", '<Ontology xmlns="http://www.w3.org/2002/07/owl#"/>', r"OWL/XML.*robot convert"),
        ("a.ttl", PUMPS.replace(":Water a", "<<<<<<< HEAD\n:Water a"), "<<<<<<<"),
        ("a.csv", "a,b\n1,2\n", "does not end like an RDF file"),
        ("a.ttl.gz", "no gzip", "not what gzip writes"),
    ],
)
def test_what_is_no_rdf_that_is_read_here_is_named_with_what_to_do(
    name: str, text: str, said: str, root: Path, source: Callable[..., Path]
) -> None:
    before = everything(root)
    with pytest.raises(InputUnreadable, match=said) as refused:
        take(root, source(text, name))
    assert str(root.parent) not in str(refused.value)
    assert everything(root) == before


def test_prefixes_are_kept_also_those_of_xml(root: Path, source: Callable[..., Path]) -> None:
    text = f'<r:RDF xmlns:r="{RDF}" xmlns:un="http://example.org/un#"><un:C r:about="http://e/c"/></r:RDF>'
    take(root, source(text, "a.rdf"))

    written = (root / "data/a.ttl").read_text(encoding="utf-8")
    assert "@prefix un: <http://example.org/un#> ." in written
    assert "<http://e/c> a un:C ." in written


def test_statements_that_name_graphs_keep_them(root: Path, source: Callable[..., Path]) -> None:
    text = "@prefix : <http://example.org/pumps#> . :a :p [ :p :b ] . :g { :a :p _:x . _:x :p _:x }"
    lines = take(root, source(text, "facts.trig"))

    assert canonical_hash(parsed(root / "data/facts.trig")) == canonical_hash(
        ox.parse(text, format=ox.RdfFormat.TRIG)
    )
    assert "  data/facts.trig: 4 triples" in lines


def test_relative_iris_have_no_path_of_the_machine_and_it_is_told_what_they_are_read_against(
    root: Path, source: Callable[..., Path]
) -> None:
    text = PROLOGUE + "<#Valve> a owl:Class . :Pump a owl:Class ; rdfs:seeAlso <> ."
    lines = take(root, source(text))

    assert about(root / "ontology/pumps.ttl", "Valve")
    assert (
        "  its relative IRIs were read against <http://example.org/pumps>; --base names another one" in lines
    )
    take(root, source(text), base="http://example.org/other", force=True)
    assert "http://example.org/other#Valve" in (root / "ontology/pumps.ttl").read_text(encoding="utf-8")
    with pytest.raises(FileMalformed, match="--base"):
        take(root, source("<a> <b> <c> .", "alone.ttl"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('"1"^^<#dt>', '"1"^^:dt'),
        ("<<( :Pump <#r> <#s> )>>", "<http://example.org/pumps#r> <http://example.org/pumps#s> )>>"),
        ("<//purl.org/c>", "<http://purl.org/c>"),
        ("<../up>", "<http://example.org/up>"),
        (":a . @prefix x: <#x/> . x:y :p x:z", "@prefix x: <http://example.org/pumps#x/> ."),
    ],
)
def test_whatever_is_relative_is_read_against_one_base(
    text: str, written: str, root: Path, source: Callable[..., Path]
) -> None:
    take(root, source(f"{PROLOGUE}:Pump :p {text} ."), to="data/a.ttl")

    said = (root / "data/a.ttl").read_text(encoding="utf-8")
    assert written in said
    assert "invalid" not in said


@pytest.mark.parametrize(
    ("text", "base", "said"),
    [
        ("<urn:x:a> <urn:x:p> <b> .", None, r"<urn:x:> has no path.*--base"),
        ("<http://e.org/a> <urn:x:p> <b> .", "urn:x:a", r"<urn:x:a> has no path.*--base"),
        ("<urn:x:a> <urn:x:p> 1 .", "foo", "`foo` is no absolute IRI"),
    ],
)
def test_a_base_that_nothing_can_be_relative_to_is_refused(
    text: str, base: str | None, said: str, root: Path, source: Callable[..., Path]
) -> None:
    with pytest.raises(Problem, match=said):
        take(root, source(text), base=base)

    take(root, source("<urn:x:a> <urn:x:p> <#b> ."), base="urn:x:a")
    assert "<urn:x:a#b>" in (root / "data/pumps.ttl").read_text(encoding="utf-8")


def test_a_packed_file_is_unpacked_within_bounds(
    root: Path, source: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = source(gzip.compress(PUMPS.encode()), "pumps.ttl.gz")
    monkeypatch.setattr("calcigraph.importing.source._MOST_UNPACKED", len(PUMPS) - 1)
    with pytest.raises(FileMalformed, match="Unpack it first"):
        take(root, packed)

    monkeypatch.setattr("calcigraph.importing.source._MOST_UNPACKED", len(PUMPS))
    take(root, packed)
    assert about(root / "ontology/pumps.ttl", "Pump")


def test_a_file_that_takes_too_long_is_named_and_nothing_is_left_of_the_work(root: Path) -> None:
    endless = root.parent / "endless.ttl"
    os.mkfifo(endless)  # nobody writes to it, so reading it has no end
    left = root / f"ontology/.x.ttl.{os.getpid()}.importing"
    others = root / f"ontology/.x.ttl.{os.getpid()}0.importing"
    for path in (left, others):
        path.write_text("<a> <b>", encoding="utf-8")

    with pytest.raises(
        EvaluationStopped, match=r"not read and written.*Split it into several files"
    ) as stopped:
        import_files(Import((endless,), root, (), (), None, None, False, "2026-01-02"), 0.5)

    assert stopped.value.place == Place("endless.ttl")
    assert (left.exists(), others.exists()) == (False, True)


def test_the_names_of_unfinished_files_say_whose_they_are(root: Path) -> None:
    asked = Import((), root, (), (), None, None, False, "2026-01-02", mark="7")
    for mark in ("7", "77"):
        Staging(root, mark).add("data/x.ttl", b"<urn:a> <urn:b> 1 .")

    asked.remove_unfinished()

    assert set(everything(root)) == {"data/catalog.ttl", "data/.x.ttl.77.importing"}


def test_a_record_of_another_namespace_is_read_and_then_speaks_of_the_new_one(
    root: Path, source: Callable[..., Path]
) -> None:
    take(root, source(PUMPS))
    catalog = (root / "data/catalog.ttl").read_text(encoding="utf-8")
    (root / "data/catalog.ttl").write_text(catalog.replace("/mine/", "/ours/"), encoding="utf-8")

    take(root, source(PUMPS.replace('"1"', '"2"')))

    record = (root / "data/imports.ttl").read_text(encoding="utf-8")
    assert "https://example.org/ours/graph/ontology/pumps" in {
        t.subject.value for t in parsed(root / "data/imports.ttl")
    }
    assert "/mine/" not in record


def test_a_folder_that_is_called_like_the_file_is_in_the_way(root: Path, source: Callable[..., Path]) -> None:
    (root / "ontology/pumps.ttl").mkdir()
    with pytest.raises(WouldOverwrite, match=r"ontology/pumps\.ttl is a folder"):
        take(root, source(PUMPS))


def test_what_cannot_be_kept_is_told(root: Path, source: Callable[..., Path]) -> None:
    text = "# One.\n@prefix é: <http://e/> . # Two, 3.\né:a <http://e/#p> '# none' .\n"
    lines = take(root, source(text))

    assert "  2 comments are not kept: triples have none" in lines
    assert "  its prefixes é: are not declared, as they are not made of ASCII letters" in lines


# --- in which folder


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (":C a owl:Class .", {"ontology"}),
        ("<http://e/s> a skos:ConceptScheme . :c a skos:Concept ; skos:prefLabel 'c' .", {"ontology"}),
        (":a :p :b . :b :p :a . :p a owl:ObjectProperty .", {"data"}),
        ("<http://example.org/pumps> a owl:Ontology . :a :p :b . :b :p :a .", {"ontology"}),
        (":S a sh:NodeShape ; sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ] .", {"shapes"}),
        (
            "<http://e/s> a owl:Ontology . :S a sh:NodeShape ; sh:targetClass :C ; sh:closed true .",
            {"shapes"},
        ),
        (
            "<http://e/s> a owl:Ontology ; sh:declare [ sh:prefix 'e' ; sh:namespace 'http://e/' ] .",
            {"ontology"},
        ),
        (
            ":C a owl:Class , sh:NodeShape ; rdfs:label 'c' ; sh:property [ sh:path :p ] .",
            {"ontology", "shapes"},
        ),
    ],
)
def test_each_file_goes_to_the_folder_that_fits(
    text: str, files: set[str], root: Path, source: Callable[..., Path]
) -> None:
    take(root, source(PROLOGUE + text))

    assert {path.parent.name for path in root.rglob("pumps.ttl")} == files


def test_a_class_that_is_a_shape_is_parted_and_nothing_is_lost(
    root: Path, source: Callable[..., Path]
) -> None:
    text = PROLOGUE + (
        ":C a owl:Class , sh:NodeShape ; rdfs:label 'c' ; sh:or ( [ sh:class :D ] [ sh:path ( :p :q ) ] ) ;"
        " rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :D ] . :D a owl:Class ."
    )
    take(root, source(text))

    shapes, terms = ((root / room / "pumps.ttl") for room in ("shapes", "ontology"))
    assert {str(q.predicate)[-4:-1] for q in parsed(terms)} == {"ype", "bel", "sOf", "rty", "rom"}
    twice = ox.Quad(iri("C"), ox.NamedNode(RDF + "type"), ox.NamedNode("http://www.w3.org/2002/07/owl#Class"))
    assert twice in parsed(shapes)
    both = [*parsed(terms), *(quad for quad in parsed(shapes) if quad != twice)]
    assert canonical_hash(both) == canonical_hash(ox.parse(text, format=ox.RdfFormat.TURTLE))


def test_a_place_may_be_named(root: Path, source: Callable[..., Path]) -> None:
    take(root, source(PUMPS), to="data")
    take(root, source(PUMPS), to="shapes/deep/other.ttl")

    assert (root / "data/pumps.ttl").exists()
    assert (root / "shapes/deep/other.ttl").exists()


@pytest.mark.parametrize(
    "to", ["../x.ttl", "/tmp/x.ttl", "other/x.ttl", "ontology/x.owl", "data/a#b.ttl", "x"]
)
def test_a_place_outside_the_folders_is_refused(to: str, root: Path, source: Callable[..., Path]) -> None:
    before = everything(root.parent)
    with pytest.raises(TargetUnfit):
        take(root, source(PUMPS), to=to)
    assert everything(root.parent) == before | {"pumps.ttl": PUMPS.encode()}


# --- what is there already


def test_the_same_file_again_changes_no_byte(root: Path, source: Callable[..., Path]) -> None:
    take(root, source(PUMPS))
    before = everything(root)

    lines = take(root, source(PUMPS), date="2026-03-04")

    assert everything(root) == before
    assert any(line.endswith(", as it was") for line in lines)


def test_a_newer_version_replaces_what_an_import_made_and_says_so(
    root: Path, source: Callable[..., Path]
) -> None:
    take(root, source(PUMPS))
    mine = root / "ontology/mine.ttl"
    mine.write_text(PROLOGUE + ":Pump rdfs:comment 'Mine.' .", encoding="utf-8")

    take(root, source(PUMPS.replace('versionInfo "1"', 'versionInfo "2"')), date="2026-03-04")

    assert 'versionInfo "2"' in (root / "ontology/pumps.ttl").read_text(encoding="utf-8")
    assert "'Mine.'" in mine.read_text(encoding="utf-8")
    record = (root / "data/imports.ttl").read_text(encoding="utf-8")
    assert '"2026-03-04"^^xsd:date' in record
    assert 'owl:versionInfo "2"' in record


def test_what_no_import_made_or_somebody_changed_is_overwritten_by_force_alone(
    root: Path, source: Callable[..., Path]
) -> None:
    goal = root / "ontology/pumps.ttl"
    goal.write_text("# Mine.\n", encoding="utf-8")
    with pytest.raises(WouldOverwrite, match="no import made it"):
        take(root, source(PUMPS))
    assert goal.read_text(encoding="utf-8") == "# Mine.\n"
    take(root, source(PUMPS), force=True)
    goal.write_bytes(goal.read_bytes() + b"# Mine.\n")
    changed = everything(root)
    with pytest.raises(WouldOverwrite, match="changed since"):
        take(root, source(PUMPS.replace("water", "Water")))
    assert everything(root) == changed


def test_two_files_that_would_make_one_graph_are_refused(root: Path, source: Callable[..., Path]) -> None:
    facts = "<http://e/g> { <http://e/a> <http://e/p> 1 }"
    take(root, source("<http://e/a> <http://e/p> 1 .", "facts.ttl"))

    with pytest.raises(WouldOverwrite, match=r"data/facts\.ttl makes the graph"):
        take(root, source(facts, "facts.trig"))


def test_of_several_files_none_is_written_where_one_is_broken(
    root: Path, source: Callable[..., Path]
) -> None:
    before = everything(root)
    good, bad = source(PUMPS), source(PUMPS + ":Pump rdfs:label", "half.ttl")

    with pytest.raises(Problem, match=r"half\.ttl"):
        take(root, good, bad)
    (root / "data/mine.ttl").touch()
    with pytest.raises(WouldOverwrite):
        take(root, good, source("<http://e/a> <http://e/p> 1 .", "mine.ttl"))
    assert everything(root) == before | {"data/mine.ttl": b""}


# --- some terms of an ontology


def test_a_term_comes_with_all_that_is_said_of_it_and_with_what_this_needs(
    root: Path, source: Callable[..., Path]
) -> None:
    lines = take(root, source(PUMPS), terms=(iri("Pump").value,))

    goal = root / "ontology/imports/pumps.ttl"
    whole = ox.parse(PUMPS, format=ox.RdfFormat.TURTLE)
    said = {str(q.predicate) for q in whole if q.subject == iri("Pump")}
    assert {line.split()[0] for line in about(goal, "Pump")} == said | {"<http://purl.org/dc/terms/source>"}
    text = goal.read_text(encoding="utf-8")
    assert '"By the standard."' in text
    assert {n for n in ("Thing", "Device", "Water", "Liquid", "moves") if about(goal, n)} == {
        *("Thing", "Device", "Water", "Liquid", "moves")
    }
    assert not {n for n in ("Tank", "Place", "stands") if about(goal, n)}
    assert '"device"@en' in text
    assert '"much"' not in text
    assert "someValuesFrom :Water" in text
    assert any("1 terms with all that is said of them; 2 above them and 3 that these use" in x for x in lines)
    assert any("4 other triples about the latter are left out" in line for line in lines)


def test_what_the_other_side_says_of_a_term_is_taken_and_the_rest_is_counted(
    root: Path, source: Callable[..., Path]
) -> None:
    concepts = (
        ":s a skos:ConceptScheme ; skos:hasTopConcept :a . :a a skos:Concept ; skos:narrower :b , :other ."
        ":b a skos:Concept ; skos:prefLabel 'b' ; skos:narrower :c . :c a skos:Concept . :d skos:broader :c ."
    )
    classes = (
        ":C a owl:Class . :D a owl:Class ; owl:disjointWith :C . :E a owl:Class ; rdfs:subClassOf :C ."
        "[ owl:intersectionOf ( :D :E ) ] owl:equivalentClass :C . :F a owl:Class ; rdfs:subClassOf :C ."
    )
    lines = take(root, source(PROLOGUE + concepts + classes), terms=(":c", ":C"))

    goal = root / "ontology/imports/pumps.ttl"
    text = goal.read_text(encoding="utf-8")
    assert {name for name in "sabcdCDEF" if about(goal, name)} == set("sabcCDE")
    assert f"<{SKOS}narrower> {iri('c')}" in about(goal, "b")
    assert f"<{SKOS}hasTopConcept> {iri('a')}" in about(goal, "s")
    assert "owl:disjointWith :C" in text
    assert "owl:intersectionOf ( :D :E )" in text
    assert ":other" not in text
    # E below C comes with E, which the definition uses; d and F are not taken.
    assert [line for line in lines if "triples in which other terms" in line] == [
        "    2 triples in which other terms say something of those asked for are left out, such as that they"
        " stand below them"
    ]


def test_nothing_is_taken_that_stands_above_the_upper_end(root: Path, source: Callable[..., Path]) -> None:
    take(root, source(PUMPS), terms=(":Pump",), upper=(":Device",))

    goal = root / "ontology/imports/pumps.ttl"
    assert about(goal, "Device")
    assert not about(goal, "Thing")


def test_terms_say_where_they_come_from_and_which_version_that_was(
    root: Path, source: Callable[..., Path]
) -> None:
    take(root, source(PUMPS), terms=(":Pump",))

    text = (root / "ontology/imports/pumps.ttl").read_text(encoding="utf-8")
    assert text.count("dcterms:source <http://example.org/pumps>") == 7
    assert "<https://example.org/mine/graph/ontology/imports/pumps> a owl:Ontology" in text
    assert 'owl:versionInfo "1"' in text
    assert "dcterms:license <http://example.org/free>" in text


def test_terms_of_a_newer_version_replace_those_of_the_older_one(
    root: Path, source: Callable[..., Path]
) -> None:
    take(root, source(PUMPS), terms=(":Pump", ":Tank"))
    newer = PUMPS.replace('"pump"', '"water pump"').replace(":Tank a", ":Vessel a")

    lines = take(root, source(newer), terms=(":Place",))

    goal = root / "ontology/imports/pumps.ttl"
    assert '<http://www.w3.org/2000/01/rdf-schema#label> "water pump"@en' in about(goal, "Pump")
    assert about(goal, "Place")
    assert not about(goal, "Tank")
    assert "    :Tank, imported before, is not in this version any more and was taken out" in lines


def test_a_term_that_is_nowhere_is_refused_with_one_that_is_near(
    root: Path, source: Callable[..., Path]
) -> None:
    before = everything(root)
    with pytest.raises(TermMissing, match="#Pump>"):
        take(root, source(PUMPS), terms=(":Pumps",))
    assert everything(root) == before


@needs("ontologies")
def test_terms_of_obo_are_called_and_credited_as_obo_does(root: Path) -> None:
    lines = take(root, ONTOLOGIES / "bfo.owl", terms=("BFO:0000015",))

    text = (root / "ontology/imports/bfo.ttl").read_text(encoding="utf-8")
    origin = "obo:IAO_0000412 obo:bfo.owl"
    assert "obo:IAO_0000412 a owl:AnnotationProperty" in text
    assert text.count(origin) == len([line for line in text.splitlines() if " obo:IAO_0000412 " in line]) > 3
    assert any("BFO" not in line and "1 terms" in line for line in lines)


@needs("ontologies")
@pytest.mark.parametrize(
    ("name", "base"), [("prov.ttl", "http://www.w3.org/ns/prov"), ("pizza.owl", None), ("yso.ttl", None)]
)
def test_files_of_others_need_no_base_but_where_they_leave_it_open(name: str, base: str | None) -> None:
    assert read_source(ONTOLOGIES / name).base == base


def test_what_somebody_else_wrote_into_the_record_is_not_lost(
    root: Path, source: Callable[..., Path]
) -> None:
    take(root, source(PUMPS))
    path = root / "data/imports.ttl"
    path.write_bytes(path.read_bytes() + b"<http://e/a> <http://e/p> 1 .\n")
    before = everything(root)

    with pytest.raises(WouldOverwrite, match="would be lost"):
        take(root, source("<http://e/a> <http://e/p> 1 .", "facts.ttl"))
    assert everything(root) == before


def test_a_file_that_is_called_like_one_of_the_root_itself_makes_way(
    root: Path, source: Callable[..., Path]
) -> None:
    stated = (root / "data/catalog.ttl").read_bytes()
    take(root, source("<http://e/a> <http://e/p> 1 .", "catalog.ttl"))
    assert (root / "data/catalog-file.ttl").exists()
    assert (root / "data/catalog.ttl").read_bytes() == stated
    with pytest.raises(TargetUnfit):
        take(root, source(PUMPS), to="data/catalog.ttl", force=True)


@pytest.mark.parametrize(
    ("name", "place"),
    [("Über Pumpen.TTL", "uber-pumpen"), ("a.b_c.ttl.gz", "a-b-c"), ("水.ttl", "unnamed")],
)
def test_names_of_files_become_part_of_iris(
    name: str, place: str, root: Path, source: Callable[..., Path]
) -> None:
    data = gzip.compress(PUMPS.encode()) if name.endswith(".gz") else PUMPS
    take(root, source(data, name))
    assert about(root / f"ontology/{place}.ttl", "Pump")
