"""Rules, lints and questions that cannot be relied on are findings with line and column; nothing is run."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from calcigraph.checks import check
from calcigraph.edition import assemble
from calcigraph.errors import Finding, Place, RootInvalid
from calcigraph.root import Root
from calcigraph.root_queries import query_findings

TOY = Path(__file__).parent / "toy"
RULE, LINT, QUESTION = "ontology/rules/x.rq", "shapes/lint/x-warning.rq", "ontology/questions/x.rq"
HEADS = {
    RULE: "#+ stage: before\n",
    LINT: "#+ message: {s}\n#+ remedy: Mend it.\n",
    QUESTION: "#+ question: What?\n",
}
# How each kind of file holds a WHERE group: the text before it.
QUERIES = {
    RULE: "CONSTRUCT { ?s <http://x/p> ?s } WHERE",
    LINT: "SELECT ?s WHERE",
    QUESTION: "SELECT ?s WHERE",
}
KINDS = {RULE: "rules", LINT: "lints", QUESTION: "questions"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("ontology", "data", "shapes"):
        shutil.copytree(TOY / folder, tmp_path / folder)
    (tmp_path / "shapes/lint").mkdir()
    return tmp_path


def write(root: Path, file: str, query: str) -> None:
    (root / file).write_text(HEADS[file] + query, encoding="utf-8")
    if file == QUESTION:
        (root / file).with_suffix(".csv").write_text("s\r\nhttp://x/a\r\n", encoding="utf-8")


def found(root: Path) -> list[Finding]:
    return check(root, "none")


GROUPS = {
    "RAND": "{ ?s ?p ?o FILTER(0.5<RAND()&&2>1) }",
    "NOW": "{ ?s ?p ?o . MINUS { ?s ?p ?o FILTER(?o<NOW()&&'#>') } }",
    "UUID": "{ ?s ?p ?o FILTER NOT EXISTS { ?s ?p ?o FILTER(?o = UUID()) } }",
    "STRUUID": "{ { SELECT ?s (MIN(?o) AS ?m) { ?s ?p ?o } GROUP BY ?s HAVING(MIN(?o) > STRUUID()) } }",
    "BNODE": "{ ?s ?p ?o OPTIONAL { ?s ?p ?q BIND(BNODE() AS ?z) } }",
}


@pytest.mark.parametrize("file", KINDS)
@pytest.mark.parametrize("name", GROUPS)
@pytest.mark.parametrize("spelt", [str.upper, str.lower, str.title], ids=["upper", "lower", "title"])
def test_what_has_another_value_each_time_is_a_finding(
    root: Path, file: str, name: str, spelt: object
) -> None:
    assert callable(spelt)
    group = GROUPS[name].replace(f"{name}(", f"{spelt(name)}(")
    write(root, file, f"{QUERIES[file]}\n{group}")
    (finding,) = found(root)
    line = HEADS[file].count("\n") + 2
    assert finding.place == Place(file, line, group.upper().index(f"{name}(") + 1)
    assert finding.check == KINDS[file]
    assert name in finding.message


SERVICES = (
    "{ SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "{ ?s ?p ?o FILTER EXISTS { service silent ?x { ?s ?p ?o } } }",
    "{ ?s ?p ?o FILTER(1<2 && NOT EXISTS { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }) }",
    "{ { SELECT ?s { { ?s ?p ?o } UNION { Service <http://127.0.0.1:1/> { ?s ?p ?o } } } } }",
)


@pytest.mark.parametrize("file", KINDS)
@pytest.mark.parametrize("group", SERVICES)
def test_who_asks_another_endpoint_is_a_finding_and_calls_nobody(root: Path, file: str, group: str) -> None:
    write(root, file, f"{QUERIES[file]} {group}")
    (finding,) = found(root)
    line = HEADS[file].count("\n") + 1
    column = len(QUERIES[file]) + 2 + group.upper().index("SERVICE")
    assert finding.place == Place(file, line, column)
    assert "SERVICE" in finding.message


@pytest.mark.parametrize("file", KINDS)
@pytest.mark.parametrize("group", SERVICES)
def test_nobody_is_called(root: Path, file: str, group: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        address = f"<http://127.0.0.1:{listener.getsockname()[1]}/>"
        asked = group.replace("<http://127.0.0.1:1/>", address).replace("?x {", f"{address} {{")
        write(root, file, f"{QUERIES[file]} {asked}")
        assert len(found(root)) == 1
        with pytest.raises(RootInvalid):
            assemble(Root.read(root))
        with pytest.raises(BlockingIOError):
            listener.accept()


HARMLESS = (
    "{ ?s ?p ?o . # SERVICE <http://x/> { RAND() }\n FILTER(STR(?o) != 'NOW()') }",
    "{ ?s <http://x/RAND()> ?rand . ?rand <http://x/SERVICE> '''UUID()''' }",
)


@pytest.mark.parametrize("file", KINDS)
@pytest.mark.parametrize("group", HARMLESS)
def test_a_word_in_a_comment_an_iri_or_a_text_is_none(root: Path, file: str, group: str) -> None:
    write(root, file, f"{QUERIES[file]} {group}")
    assert list(query_findings(Root.read(root))) == []


@pytest.mark.parametrize("file", KINDS)
@pytest.mark.parametrize("text", ["{ ?s ?p ", "{ ?s ?p ?o } LIMIT", "{ FILTER() }", "{ ?s ?p ?o }}"])
def test_what_is_no_query_is_a_finding_with_its_place(root: Path, file: str, text: str) -> None:
    write(root, file, f"{QUERIES[file]}\n{text}")
    (finding,) = found(root)
    assert finding.place.file == file
    assert finding.place.line == HEADS[file].count("\n") + 2
    assert finding.place.column > 0
    assert finding.check == KINDS[file]


ESCAPED = {
    "{ \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }": ("SERVICE", 3),
    "{ ?s ?p ?o FILTER(0.5 < R\\u0041ND()) }": ("RAND", 25),
    "{ ?s ?p 'a' , '\\u0062' FILTER(\\U0000004eow() > ?x) }": ("NOW", 31),
}


@pytest.mark.parametrize("file", [LINT, QUESTION])
@pytest.mark.parametrize("text", ESCAPED)
def test_an_escape_hides_nothing(root: Path, file: str, text: str) -> None:
    write(root, file, f"{QUERIES[file]}\n{text}")
    (finding,) = found(root)
    word, column = ESCAPED[text]
    assert finding.place == Place(file, HEADS[file].count("\n") + 2, column)
    assert word in finding.message


@pytest.mark.parametrize("file", [LINT, QUESTION])
def test_an_escape_means_what_it_stands_for(root: Path, file: str) -> None:
    write(root, file, f"{QUERIES[file]} {{ ?\\u0073 ?p 'RAND(\\u0022)' }}")
    assert list(query_findings(Root.read(root))) == []


@pytest.mark.parametrize(
    "text", [*ESCAPED, "{ ?s ?p '\\u0022 SERVICE <http://x/> {} #' }", "{ # \\u000A\n }"]
)
def test_a_rule_has_no_escapes_as_two_readers_would_not_agree_on_it(root: Path, text: str) -> None:
    write(root, RULE, f"{QUERIES[RULE]}\n{text}")
    (finding,) = found(root)
    assert finding.place == Place(RULE, HEADS[RULE].count("\n") + 2, text.index("\\") + 1)
    assert "escape" in finding.message


@pytest.mark.parametrize(
    ("file", "query", "says"),
    [
        (RULE, "PREFIX x: <http://x/>\nSELECT * { ?s ?p ?o }", "SELECT"),
        (LINT, "PREFIX x: <http://x/>\nASK { ?s ?p ?o }", "ASK"),
        (QUESTION, "PREFIX x: <http://x/>\nDESCRIBE x:a", "DESCRIBE"),
        (QUESTION, "PREFIX x: <http://x/>\nCONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT"),
    ],
)
def test_a_query_of_another_form_is_a_finding_at_its_keyword(
    root: Path, file: str, query: str, says: str
) -> None:
    write(root, file, query)
    (finding,) = found(root)
    assert finding.place == Place(file, HEADS[file].count("\n") + 2, 1)
    assert says in finding.message


@pytest.mark.parametrize("file", KINDS)
@pytest.mark.parametrize(
    "group",
    ["{ ?s nn:p ?o }", "{ VALUES (?s ?t) { (<http://x/a> nn:b) } }", "{ ?s ?p ?o FILTER(nn:f(?o)) }"],
)
def test_an_undeclared_prefix_is_a_finding_at_its_name(root: Path, file: str, group: str) -> None:
    write(root, file, f"PREFIX n: <http://x/>\n{QUERIES[file]}\n{group}")
    (finding,) = found(root)
    assert finding.place == Place(file, HEADS[file].count("\n") + 3, group.index("nn:") + 1)
    assert "nn:" in finding.remedy


def test_all_files_are_told_at_once_and_nothing_is_made_of_such_a_root(root: Path) -> None:
    for file in KINDS:
        write(root, file, f"{QUERIES[file]} {{ ?s ?p ?o FILTER(RAND() < NOW()) }}")
    assert sorted({finding.place.file for finding in found(root)}) == sorted(KINDS)
    with pytest.raises(RootInvalid) as caught:
        assemble(Root.read(root))
    assert len(caught.value.findings) == 2 * len(KINDS)


MEANINGLESS = {
    "a variable that is no key of its groups": ("{ SELECT ?s ?p { ?s ?p ?o } GROUP BY ?s }", 13),
    "an aggregate of an aggregate": ("{ SELECT (SUM(COUNT(?o)) AS ?s) { ?x ?p ?o } }", 15),
    "a variable that is bound twice": ("{ ?s ?p ?o BIND(1 AS ?s) }", 22),
}


@pytest.mark.parametrize("file", KINDS)
@pytest.mark.parametrize(("group", "column"), MEANINGLESS.values(), ids=MEANINGLESS)
def test_a_query_without_a_meaning_is_a_finding(root: Path, file: str, group: str, column: int) -> None:
    write(root, file, f"{QUERIES[file]}\n{{ {group} }}")
    (finding,) = found(root)
    assert finding.place == Place(file, HEADS[file].count("\n") + 2, column + 2)


@pytest.mark.parametrize("file", KINDS)
def test_a_function_that_there_is_not_is_a_finding(root: Path, file: str) -> None:
    write(root, file, f"{QUERIES[file]} {{ ?s ?p ?o FILTER(<http://x/f>(?o)) }}")
    (finding,) = (each for each in found(root) if "<http://x/f>" in each.message)
    assert finding.place.file == file
    assert finding.check == KINDS[file]
