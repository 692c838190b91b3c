"""A root reads every RDF format whole: what another reader finds there, each with its graph and its line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from calcigraph.errors import RootInvalid
from calcigraph.rdf.formats import by_name
from calcigraph.rdf.prefix_declarations import declared_prefixes
from calcigraph.root import RdfFile, Root
from suites import needs, suite

# rdflib's own parsers use what it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated, use Dataset.*:DeprecationWarning")
ONTOLOGIES = suite("ontologies") or Path("ontologies")
CATALOG = '@prefix void: <http://rdfs.org/ns/void#> . <https://e.org/> void:uriSpace "https://e.org/" .\n'
A, P = ox.NamedNode("https://e.org/a"), ox.NamedNode("https://e.org/p")
RDF_XML = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="https://e.org/">
  <C rdf:about="https://e.org/a"
     q="v"
     xmlns:e="https://e.org/" e:r="w">
    <p>1</p>

    <p rdf:nodeID="x"/>
    <p>
      <C>
        <p>2</p>
      </C>
    </p>
    <p rdf:parseType="Collection">
      <C rdf:about="https://e.org/b"/>
    </p>
  </C>
  <C rdf:nodeID="x"><p rdf:nodeID="y"/></C>
  <C rdf:nodeID="y"><p rdf:nodeID="x"/></C>
</rdf:RDF>
""".replace('     q="v"\n', "")
TRIG = """@prefix : <https://e.org/> .
:a :p 1 .
:g {
  :a :p 2 , _:x .
  _:x :p [ :p :a ]
}
GRAPH :h { :a :p ( 3 ) . :b :p [
  :p 4 ] . }
{ :a :p 5 }
"""
JSON_LD = """{
  "@context": {"e": "https://e.org/", "p": "e:p", "id": "@id"},
  "@graph": [
    {"id": "e:a", "p": [{"@id": "_:x"}, {"p": "nested"}]},
    {"@id": "_:x", "p": {"@id": "_:x"}},
    {"id": "https://e.org/b", "p": {"id": "e:c"}}
  ]
}
"""


def root_of(folder: Path, files: dict[str, str | bytes]) -> Root:
    for path, content in {"data/catalog.ttl": CATALOG, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    return Root.open(folder)


def file_of(folder: Path, path: str, content: str | bytes) -> RdfFile:
    root = root_of(folder, {path: content})
    return next(file for file in (*root.sources, *root.shapes) if file.path == path)


def told(folder: Path, files: dict[str, str | bytes]) -> list[tuple[str, str, int]]:
    with pytest.raises(RootInvalid) as raised:
        root_of(folder, files)
    assert all(finding.message and finding.remedy for finding in raised.value.findings)
    assert str(folder) not in str(raised.value)
    return [(f.check, f.place.file, f.place.line) for f in raised.value.findings]


def lines(file: RdfFile, text: str) -> set[int]:
    """The lines of the triples of a file whose object is this text."""
    found = [t for t in file.triples if isinstance(t.object, ox.Literal) and t.object.value == text]
    return {file.document.places.line_of(triple) for triple in found}


def in_rdflib(file: RdfFile, form: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=file.raw, format=form, publicID=file.base)


def as_rdflib(file: RdfFile) -> rdflib.Graph:
    written = ox.serialize(file.triples, format=ox.RdfFormat.N_TRIPLES)
    assert written is not None
    return rdflib.Graph().parse(data=written, format="nt")


@needs("ontologies")
@pytest.mark.parametrize("name", ["pizza.owl", "food.rdf", "prov.ttl", "nanopub.trig"])
def test_an_ontology_of_others_is_read_whole(name: str, tmp_path: Path) -> None:
    raw = (ONTOLOGIES / name).read_bytes()
    file = file_of(tmp_path, f"ontology/{name}", raw)
    form = {".ttl": "turtle", ".trig": "trig"}.get(Path(name).suffix, "xml")
    other = rdflib.Dataset(default_union=True)
    other.parse(data=raw, format=form, publicID=file.base)

    assert len(set(file.triples)) == len(set(other.triples((None, None, None)))) > 300


def test_rdf_xml_says_what_it_says_elsewhere_and_where(tmp_path: Path) -> None:
    file = file_of(tmp_path, "ontology/x.owl", RDF_XML)

    assert isomorphic(as_rdflib(file), in_rdflib(file, "xml"))
    assert lines(file, "w") == {3}
    assert lines(file, "1") == {5}
    assert lines(file, "2") == {10}
    places = file.document.places
    lists = [t for t in file.triples if t.predicate.value.endswith("#first")]
    assert [places.line_of(triple) for triple in lists] == [14]
    assert places.line_of_node(A) == 3
    assert places.line_of_property(A, P) == 5
    assert file.prefixes == {
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "": "https://e.org/",
        "e": "https://e.org/",
    }


def test_json_ld_has_numbers_of_any_length(tmp_path: Path) -> None:
    file = file_of(tmp_path, "data/x.jsonld", f'{{"@id": "{A.value}", "{P.value}": {"1" * 5000}}}')

    assert [triple.subject for triple in file.triples] == [A]


def test_trig_keeps_its_graphs_and_gives_the_rest_to_its_own(tmp_path: Path) -> None:
    root = root_of(tmp_path, {"data/x.trig": TRIG})
    (file,) = [file for file in root.data if file.path == "data/x.trig"]
    found: dict[str, int] = {}
    for quad in root.quads_of(file):
        found[str(quad.graph_name)] = found.get(str(quad.graph_name), 0) + 1
    other = rdflib.Dataset()
    other.parse(data=TRIG, format="trig")
    sizes = {str(graph.identifier): len(graph) for graph in other.graphs()}

    assert found == {"<https://e.org/graph/data/x>": 2, "<https://e.org/g>": 4, "<https://e.org/h>": 5}
    assert sizes["https://e.org/g"] == 4
    assert sizes["https://e.org/h"] == 5
    assert [lines(file, str(n)) for n in range(1, 6)] == [{2}, {4}, {7}, {8}, {9}]


def test_lines_of_n_triples_and_of_n_quads_are_those_of_the_text(tmp_path: Path) -> None:
    text = '# one\n\n<https://e.org/a> <https://e.org/p> "1" .\r\n_:x <https://e.org/p> _:x .\n'
    triples = file_of(tmp_path, "data/x.nt", text)
    quads = file_of(tmp_path, "data/y.nq", text + '<https://e.org/a> <https://e.org/p> "2" <urn:g> .')

    assert lines(triples, "1") == lines(quads, "1") == {3}
    assert lines(quads, "2") == {5}
    assert quads.graphs == (ox.NamedNode("urn:g"),)
    assert triples.place(A, P) == triples.place(A)


def test_json_ld_says_what_it_says_elsewhere_and_where_a_node_is_named(tmp_path: Path) -> None:
    file = file_of(tmp_path, "data/x.jsonld", JSON_LD)

    assert isomorphic(as_rdflib(file), in_rdflib(file, "json-ld"))
    assert file.document.places.line_of_node(A) == 4
    assert file.document.places.line_of_node(ox.NamedNode("https://e.org/b")) == 6


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        ("owl", RDF_XML),
        ("trig", TRIG),
        ("jsonld", JSON_LD),
        ("ttl", "_:a <urn:p> _:b . _:b <urn:p> _:a , [] ."),
    ],
)
def test_blank_nodes_have_the_same_names_each_time_and_others_in_another_file(
    suffix: str, text: str, tmp_path: Path
) -> None:
    once, again = (file_of(tmp_path, f"data/x.{suffix}", text).triples for _ in range(2))
    other = file_of(tmp_path, f"data/y.{suffix}", text).triples

    def blank(triples: tuple[ox.Triple, ...]) -> set[ox.BlankNode]:
        terms = {term for triple in triples for term in (triple.subject, triple.object)}
        return {term for term in terms if isinstance(term, ox.BlankNode)}

    assert once == again
    assert len(blank(once)) == len(blank(other)) > 1
    assert not blank(once) & blank(other)


def test_a_label_is_one_node_in_its_file_and_another_one_in_another_file(tmp_path: Path) -> None:
    text = "_:x <urn:p> 1 .\n_:x <urn:p> 2 ."
    root = root_of(tmp_path, {"data/x.ttl": text, "data/y.ttl": text, "data/z.nt": '_:x <urn:p> "1" .'})

    assert (
        len({t.subject for file in root.data for t in file.triples if file.path != "data/catalog.ttl"}) == 3
    )


@pytest.mark.parametrize(
    ("files", "findings"),
    [
        ({"data/x.ttl": "", "data/x.owl": RDF_XML}, [("graphs", "data/x.ttl", 0)]),
        (
            {"data/x.nq": "<urn:a> <urn:b> <urn:c> <https://e.org/graph/data/catalog> ."},
            [("graphs", "data/x.nq", 1)],
        ),
        (
            {"data/x.trig": "\n<https://e.org/graph/inferred> { <urn:a> <urn:b> <urn:c> }"},
            [("graphs", "data/x.trig", 2)],
        ),
        ({"data/x.trig": "\n_:g { <urn:a> <urn:b> <urn:c> }"}, [("syntax", "data/x.trig", 2)]),
        ({"data/x.nq": "<urn:a> <urn:b> <urn:c> _:g ."}, [("syntax", "data/x.nq", 1)]),
    ],
)
def test_a_graph_belongs_to_one_file_and_has_an_iri(
    files: dict[str, str | bytes], findings: list[tuple[str, str, int]], tmp_path: Path
) -> None:
    assert told(tmp_path, files) == findings


def test_a_file_may_name_its_own_graph_and_two_may_name_one_that_is_no_file(tmp_path: Path) -> None:
    root = root_of(
        tmp_path,
        {
            "data/x.trig": "<https://e.org/graph/data/x> { <urn:a> <urn:b> 1 } <urn:g> { <urn:a> <urn:b> 2 }",
            "data/y.trig": "<urn:g> { <urn:a> <urn:b> 2 }",
        },
    )
    quads = [quad for file in root.data[1:] for quad in root.quads_of(file)]

    assert len(quads) == 3
    assert len(set(quads)) == 2


def test_relative_iris_are_resolved_by_the_iri_of_the_graph_alike_in_every_format(tmp_path: Path) -> None:
    rdf_xml = RDF_XML.split("  <C")[0] + '<C rdf:about="#x"/></rdf:RDF>'
    texts: dict[str, str | bytes] = {
        "data/a.ttl": "<#x> a <https://e.org/C> .",
        "data/b.owl": rdf_xml,
        "data/c.trig": "{ <#x> a <https://e.org/C> }",
        "data/d.jsonld": '{"@id": "#x", "@type": "https://e.org/C"}',
    }
    root = root_of(tmp_path, texts)
    names = [file.triples[0].subject for file in root.data if file.path in texts]

    assert names == [ox.NamedNode(f"https://e.org/graph/data/{name}#x") for name in "abcd"]


def test_what_is_packed_is_not_taken_for_what_is_in_it(tmp_path: Path) -> None:
    root = root_of(tmp_path, {"data/x.ttl.gz": gzip.compress(b"<urn:a> <urn:b> <urn:c> .")})

    assert [file.path for file in root.data] == ["data/catalog.ttl"]


def test_prefixes_are_those_of_the_table_then_of_files_then_those_that_everyone_knows(tmp_path: Path) -> None:
    table = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <https://e.org/> sh:declare <https://e.org/d> ."
        ' <https://e.org/d> sh:prefix "a" ; sh:namespace "https://e.org/table#" .'
    )
    xml = (
        '<!DOCTYPE r [<!ENTITY e "https://e.org/">]><rdf:RDF xmlns="&e;own#" xmlns:late="https://e.org/x#"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
    )
    files: dict[str, str | bytes] = {
        "ontology/prefixes.ttl": table,
        "ontology/b.ttl": "@prefix a: <https://e.org/b#> .\nPREFIX b: <https://e.org/b#>\n"
        "#@prefix c: <urn:c:> .\n",
        "data/c.jsonld": '{"@context": {"late": "https://e.org/y#", "skos": "https://e.org/skos#"}}',
        "data/d.owl": xml,
    }
    found = root_of(tmp_path, files).prefixes.mapping

    assert {name: found.get(name) for name in ("a", "b", "c", "late", "skos", "foaf", "")} == {
        "a": "https://e.org/table#",
        "b": "https://e.org/b#",
        "c": None,
        "late": "https://e.org/y#",
        "skos": "https://e.org/skos#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "": "https://e.org/own#",
    }
    files["data/e.ttl"] = "@prefix : <https://e.org/other#> ."
    # What is broken is for the reader of the file to tell, and what stands beside a context is no prefix.
    files["data/f.jsonld"] = (
        '{"@context": {"broken": "https://e.org/\\q#", "f": "https://e.org/f#"}, "g": "https://e.org/g#"}'
    )
    found = declared_prefixes(str(files["data/f.jsonld"]).encode(), by_name("graph", "json-ld")).mapping
    assert found == {"f": "https://e.org/f#"}
    assert told(tmp_path, files) == [("syntax", "data/f.jsonld", 1)]
    del files["data/f.jsonld"]
    (tmp_path / "data/f.jsonld").unlink()
    assert "" not in root_of(tmp_path, files).prefixes.mapping
