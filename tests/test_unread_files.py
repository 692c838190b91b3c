"""Nothing below a root is left out in silence: what is not read, not there or not readable is named."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from calcigraph.errors import Finding, RootInvalid, Severity
from calcigraph.rdf.diagnosis import MOST_IN_LITERAL
from calcigraph.root import FOLDERS, Root, RootChanged, unread
from polling import MOST_S
from suites import ROOT

CATALOG = '@prefix void: <http://rdfs.org/ns/void#> . <https://e.org/> void:uriSpace "https://e.org/" .\n'
HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://e.org/">'
NODE = '<rdf:Description rdf:about="https://e.org/a"><e:p>{}</e:p></rdf:Description></rdf:RDF>'
BILLION = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
ATTRIBUTE = '<e:p l:q=""/>'
DECLARATIONS = [f'xmlns:l{n}="https://e.org/&a4;/"' for n in range(30)]
OFN = "Prefix(:=<https://e.org/>)\nOntology(<https://e.org/o>)\n"
OWL_XML = '<Ontology xmlns="http://www.w3.org/2002/07/owl#" ontologyIRI="https://e.org/o"></Ontology>'
OWL = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    for path, content in {"data/catalog.ttl": CATALOG, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def notes(folder: Path) -> dict[str, Finding]:
    found = list(Root.open(folder).notes())
    assert all(finding.remedy and finding.severity is not Severity.VIOLATION for finding in found)
    return {finding.place.file: finding for finding in found}


@pytest.mark.parametrize(
    ("path", "content", "line", "says"),
    [
        ("x.owl", OFN, 1, "functional syntax"),
        ("x.owl", "# hand-made\nPrefix: : <https://e.org/>\nOntology: <https://e.org/o>\n", 1, "Manchester"),
        ("x.owl", f'<?xml version="1.0"?>\n{OWL_XML}', 1, "OWL/XML"),
        ("x.owl", "format-version: 1.2\n\n[Term]\nid: X:1\n", 1, "OBO"),
        ("x.owl", "@prefix : <https://e.org/> .", 1, "Turtle"),
        ("x.ttl", f"{HEAD}</rdf:RDF>", 1, "RDF/XML"),
        ("x.ttl", '{"@id": "https://e.org/a"}', 1, "JSON-LD"),
        ("x.ttl", "<urn:g> { <urn:a> <urn:b> <urn:c> }", 1, "TriG"),
        ("x.ttl", b"\x1f\x8b\x08\x00\xff", 1, "packed"),
        ("x.rdf", "<!DOCTYPE html>\n<html><body>Not found</body></html>", 1, "web page"),
        ("x.ttl", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", 1, "git lfs pull"),
        ("x.ttl", "<urn:a> <urn:b> 1 .\n<<<<<<< HEAD\n", 2, "merge"),
        ("x.owl", f"{HEAD}\n<<<<<<< HEAD\n=======\n</rdf:RDF>", 2, "merge"),
        ("x.owl", "", 0, "empty"),
        ("x.jsonld", "", 0, "empty"),
        ("x.ttl", "\ufeff<urn:a> <urn:b> 1 .", 1, "byte order mark"),
        ("x.nt", "<urn:a> <urn:b> <urn:c> .".encode("utf-16"), 1, "UTF-16"),
        ("x.jsonld", "[\n]".encode("utf-16"), 1, "UTF-16"),
        ("x.ttl", '<urn:a> <urn:b>\n"é" .'.encode("latin-1"), 2, "latin1"),
        ("x.owl", f"{HEAD}\n{NODE.format('é')}".encode("latin-1"), 2, "UTF-8"),
        ("x.owl", f"{HEAD}\n<e:C>\n<e:p>", 3, "saved by half"),
        ("x.owl", f"{HEAD}\n<e:C>\n</e:D>", 3, "closed"),
        ("x.owl", f"{HEAD}\n\n{NODE.format('&nbsp;')}", 3, "DOCTYPE"),
        ("x.owl", f'{HEAD}\n<e:C e:p="&lt;">\n<e:p rdf:resource="a b"/></e:C></rdf:RDF>', 3, "`a b`"),
        ("x.owl", f'{HEAD}\n<e:C about="#x"/></rdf:RDF>', 2, "rdf:about"),
        (
            "x.owl",
            f'<!DOCTYPE r [\n<!ENTITY a0 "aaaaaaaaaa">{BILLION}]>{HEAD}{NODE.format("&a9;")}',
            2,
            "20 times",
        ),
        *(
            ("x.owl", f'<!DOCTYPE r [\n<!ENTITY a0 "aaaaaaaaaa">{BILLION}]>{head}', 3, "20 times")
            for head in (
                f'{HEAD}\n<rdf:Description xmlns:l="https://e.org/&a4;/">{"<l:p/>" * 30}',
                f"{HEAD}\n<rdf:Description xmlns:l='https://e.org/&a4;/'>{ATTRIBUTE * 30}",
                f"{HEAD}\n<rdf:Description {' '.join(DECLARATIONS)}/>",
            )
        ),
        ("x.owl", f'<?xml version="1.0" encoding="Shift_JIS"?>\n{HEAD}</rdf:RDF>', 1, "encoding"),
        ("x.owl", f'<?xml version="1.0" encoding="utf-7"?>\n{HEAD}</rdf:RDF>', 1, "encoding"),
        ("x.owl", f'<?xml version="1.0" encoding="foo"?>\n{HEAD}</rdf:RDF>', 1, "UTF-8"),
        ("x.ttl", f"PREFIX e: <urn:e>\n@prefix l: <urn:{'l' * 1024}> .", 2, "1,024"),
        ("x.trig", f"<urn:g> {{ <urn:a> <urn:b> 1 }}\nBASE <urn:{'l' * 1024}>", 2, "1,024"),
        ("x.jsonld", f'[{{"@context": {{}}}},\n{{"@context": {{"l": "urn:{"l" * 1024}"}}}}]', 2, "1,024"),
        ("x.owl", f'<!DOCTYPE r SYSTEM "x.dtd">{HEAD}</rdf:RDF>', 1, "not read"),
        (
            "x.owl",
            f'<!DOCTYPE r [\n<!ENTITY x SYSTEM "file:///etc/hostname">]>{HEAD}</rdf:RDF>',
            2,
            "not read",
        ),
        ("x.owl", f'<!DOCTYPE r [\n<!ENTITY % x "y">]>{HEAD}</rdf:RDF>', 2, "parameter entity"),
        ("x.nt", "<urn:a> <urn:b> <urn:c> . <urn:a> <urn:b> <urn:d> .", 1, "one line"),
        ("x.jsonld", '{"@context": "https://schema.org/"}', 0, "not fetched"),
        ("x.jsonld", '{"https://e.org/p":' * 50_000 + "1" + "}" * 50_000, 1, "nested"),
        ("x.trig", "<urn:a> <urn:b> 1 .\n<urn:g> { <urn:a> <urn:b> }", 2, "object"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line_and_what_to_do(
    path: str, content: str | bytes, line: int, says: str, tmp_path: Path
) -> None:
    written(tmp_path, {f"ontology/{path}": content})

    with pytest.raises(RootInvalid) as raised:
        Root.open(tmp_path)

    (finding,) = raised.value.findings
    assert (finding.place.file, finding.place.line) == (f"ontology/{path}", line)
    assert says in f"{finding.message} {finding.remedy}"
    assert finding.remedy
    assert str(tmp_path) not in str(finding)


@pytest.mark.parametrize(
    ("suffix", "before", "after"),
    [
        ("ttl", '<urn:a>\n<urn:b> """', '""" .'),
        ("nt", '\n<urn:a> <urn:b> "', '" .'),
        ("owl", HEAD + "\n" + NODE.partition("{}")[0], NODE.partition("{}")[2]),
        ("jsonld", '{"@id": "urn:a",\n"urn:b": "', '"}'),
        ("trig", '<urn:a>\n<urn:b> """', '""" .'),
    ],
)
def test_a_literal_that_fills_the_memory_is_refused_within_bounds(
    suffix: str, before: str, after: str, tmp_path: Path
) -> None:
    written(tmp_path, {f"data/x.{suffix}": f"{before}{'x' * (MOST_IN_LITERAL + 1)}{after}"})

    with pytest.raises(RootInvalid) as raised:
        Root.open(tmp_path)

    (finding,) = raised.value.findings
    assert "16 MiB" in finding.message
    assert (finding.place.file, finding.place.line) == (f"data/x.{suffix}", 2)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2 << 20


def test_entities_stand_for_what_they_are_declared_for_and_latin_1_is_read_where_it_is_named(
    tmp_path: Path,
) -> None:
    doctype = "<!DOCTYPE r [<!ENTITY e 'https://e.org/'>\n<!ENTITY two '&e;&#38;#38;é'>]>"
    text = f'<?xml version="1.0" encoding="ISO-8859-1"?>{doctype}{HEAD}{NODE.format("&two;")}'
    written(tmp_path, {"ontology/x.owl": text.encode("latin-1")})

    (triple,) = Root.open(tmp_path).ontology[0].triples

    assert triple.object.value == "https://e.org/&é"  # type: ignore[union-attr]


def test_what_is_not_read_is_named_with_what_it_is_and_the_command_that_converts_it(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            "ontology/a.ofn": OFN,
            "ontology/b.obo": "format-version: 1.2\n",
            "ontology/c.txt": "Prefix: : <https://e.org/>\n",
            "data/d.ttl.gz": b"\x1f\x8b",
            "data/e.json": '{"@context": {}}',
            "data/f.xlsx": b"PK\x03\x04",
            "data/g.tsv": "a\tb\n",
            "data/h.n3": "{} => {} .",
            "ontology/x.rq": "PREFIX e: <https://e.org/> ASK {}",
            "data/y.csv": "a\n",
            "shapes/lint/z.RQ": "PREFIX e: <https://e.org/> ASK {}",
            "shapes/i.ttl": "# nothing\n",
            "ontology/README.md": "# Notes",
            "ontology/.gitkeep": "",
            "data/LICENSE": "CC0",
            "data/catalog.ttl~": "old",
            "ontology/catalog-v001.xml": '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog"/>',
        },
    )
    os.mkfifo(tmp_path / "data/pipe.ttl")
    (tmp_path / "data/elsewhere").symlink_to("/tmp", target_is_directory=True)
    found = notes(tmp_path)

    assert {path: finding.severity.value for path, finding in found.items()} == {
        **dict.fromkeys(("ontology/a.ofn", "ontology/b.obo", "ontology/c.txt", "ontology/x.rq"), "warning"),
        **dict.fromkeys(
            ("data/d.ttl.gz", "data/e.json", "data/f.xlsx", "data/h.n3", "shapes/i.ttl"), "warning"
        ),
        **dict.fromkeys(("data/pipe.ttl", "data/elsewhere"), "warning"),
        **dict.fromkeys(("data/y.csv", "shapes/lint/z.RQ"), "warning"),
        "data/g.tsv": "info",
    }
    assert "It is a query." in found["ontology/x.rq"].message
    assert "ontology/rules" in found["ontology/x.rq"].remedy
    assert "ontology/questions" in found["data/y.csv"].remedy
    assert found["shapes/lint/z.RQ"].remedy == "Call it z.rq."
    assert "robot convert -i a.ofn -o a.ttl" in found["ontology/a.ofn"].remedy
    assert "OBO" in found["ontology/b.obo"].message
    assert "Manchester" in found["ontology/c.txt"].message
    assert ".jsonld" in found["data/e.json"].remedy
    assert "rdfpipe -i n3" in found["data/h.n3"].remedy


def test_rdf_beside_the_folders_is_named_but_not_what_programs_have(tmp_path: Path) -> None:
    beside = ("mine.owl", "X.TTL", "imports/x.ttl", "graphs/y.nq")
    other = (
        *(".git/x.ttl", "tests/x.ttl", "node_modules/x.ttl", "docs/x.owl", "pom.xml", "imports/readme.md"),
        *("package/__init__.py", "package/x.ttl", "imports/deeper/x.ttl", ".x.ttl"),
    )
    written(tmp_path, dict.fromkeys((*beside, *other), "<urn:a> <urn:b> 1 ."))

    found = notes(tmp_path)

    assert set(found) == set(beside)
    assert {f.remedy for f in found.values()} == {"Put it below ontology/, data/, shapes/."}


@pytest.mark.parametrize("folder", [ROOT, ROOT / "tests/toy"])
def test_nothing_stands_beside_the_folders_of_the_roots_here(folder: Path) -> None:
    assert not list(unread.beside(folder, FOLDERS))


def test_an_import_is_there_by_iri_version_graph_or_catalog_and_else_it_is_named(tmp_path: Path) -> None:
    imports = [
        "urn:own",
        "urn:own/1",
        "https://e.org/graph/ontology/c",
        "urn:mapped",
        "urn:old/d.ttl",
        "urn:lost",
    ]
    catalog = (
        '<c:catalog xmlns:c="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
        '<c:uri xml:base="sub/" name="urn:mapped" uri="../c.ttl"/>'
        '<rewriteURI xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog" uriStartString="urn:old/"'
        ' rewritePrefix="./"/><c:uri name="urn:lost" uri="../lost.owl"/></c:catalog>'
    )
    written(
        tmp_path,
        {
            "ontology/a.ttl": f"{OWL}<urn:a> a owl:Ontology ;\n owl:imports\n"
            + " ,\n".join(f"<{iri}>" for iri in imports)
            + " .\n<urn:lost> a owl:Ontology .",
            "ontology/b.ttl": f"{OWL}<urn:own> a owl:Ontology ; owl:versionIRI <urn:own/1> ;"
            " owl:imports <urn:a> .",
            "ontology/c.ttl": "<urn:c> <urn:p> 1 .",
            "ontology/catalog-v001.xml": catalog,
            "ontology/d.ttl": "<urn:d> <urn:p> 1 .",
        },
    )

    found = [finding for finding in Root.open(tmp_path).notes() if finding.check == "imports"]

    assert [(f.place.file, f.place.line, f.severity.value) for f in found] == [
        ("ontology/a.ttl", 9, "warning")
    ]
    assert "<urn:lost>" in found[0].message
    assert "lost.owl" in found[0].remedy
    assert "nothing is fetched" in found[0].remedy


def test_a_relative_iri_without_a_base_is_a_hint_that_says_what_it_stands_for(tmp_path: Path) -> None:
    based = "@base <https://e.org/b/> .\n<x> <y> <#z> ."
    written(tmp_path, {"data/a.ttl": "<urn:a> <urn:b>\n <#c> .", "data/b.ttl": based})

    found = notes(tmp_path)

    assert list(found) == ["data/a.ttl"]
    assert (found["data/a.ttl"].place.line, found["data/a.ttl"].severity) == (2, Severity.INFO)
    assert "<https://e.org/graph/data/a>" in found["data/a.ttl"].message


def test_a_file_that_changes_while_a_root_is_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, {"ontology/a.ttl": "<urn:a> <urn:b> 1 ."})
    read = Path.read_bytes

    def read_and_replace(path: Path) -> bytes:
        raw = read(path)
        if path.name == "a.ttl":
            path.write_bytes(b"<urn:a> <urn:b> %d ." % len(raw * 2))
        return raw

    monkeypatch.setattr(Path, "read_bytes", read_and_replace)
    with pytest.raises(RootChanged):
        Root.read(tmp_path)


def test_a_check_says_what_it_read_for_people_and_for_programs(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            "ontology/a.owl": f"{HEAD}{NODE.format('x')}",
            "data/b.trig": "<urn:g> { <urn:a> <urn:b> 1 , 2 }",
            "data/c.ofn": OFN,
        },
    )
    command = [sys.executable, "-m", "calcigraph", "check", "--root", str(tmp_path)]
    said = [
        subprocess.run([*command, *more], capture_output=True, text=True, timeout=MOST_S).stdout
        for more in ([], ["--format", "json"])
    ]

    assert "Read: 3 files with 4 triples (1 of ontology, 3 of data, 0 of shapes)" in said[0]
    assert "1 not read" in said[0]
    values = json.loads(said[1])
    assert values["lookedAt"]["files"] == 3
    assert values["lookedAt"]["triples"] == 4
    assert {"not-read"} <= {finding["check"] for finding in values["findings"]}


def test_files_that_are_inferred_from_or_validated_name_the_imports_that_are_missing(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            "a.ttl": f"{OWL}<urn:a> a owl:Ontology ; owl:imports <urn:b> , <urn:c> .",
            "b.ttl": f"{OWL}<urn:b> a owl:Ontology ; owl:imports <urn:a> .",
            "catalog-v001.xml": '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
            '<uri name="urn:c" uri="c.owl"/></catalog>',
            "half.owl": f"{HEAD}\n<e:C>",
            "lol.owl": f'<!DOCTYPE r [<!ENTITY a0 "aaaaaaaaaa">{BILLION}]>{HEAD}{NODE.format("&a9;")}',
        },
    )

    def said(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "calcigraph", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=MOST_S)

    both = said("infer", "a.ttl", "b.ttl")
    assert both.returncode == 0
    (line,) = both.stderr.splitlines()
    assert "<urn:a>: It imports <urn:c>" in line
    assert "c.owl" in line
    assert "imports <urn:c>" in said("validate", "a.ttl", "b.ttl", "--shapes", "b.ttl").stderr
    for name, words in (("half.owl", "half.owl:2"), ("lol.owl", "20 times")):
        broken = said("infer", name)
        assert broken.returncode
        assert words in broken.stderr
        assert str(tmp_path) not in broken.stderr
