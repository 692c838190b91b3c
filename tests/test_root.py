"""Reading a root: whole or not at all, and the same bytes give the same digest."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.errors import Place, RootInvalid
from calcigraph.root import Root, RootChanged, RootMissing, digest_of
from calcigraph.root.headers import headers, misread
from calcigraph.settings import shipped_root
from polling import MOST_S

HERE = Path(__file__).parent
ROOTS = {"shipped": HERE.parent, "toy": HERE / "toy"}


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOTS["toy"], tmp_path / "toy"))


@pytest.mark.parametrize("name", ROOTS)
def test_each_file_is_a_named_graph_below_the_namespace(name: str) -> None:
    root = Root.open(ROOTS[name])
    listed = sorted(
        p.relative_to(ROOTS[name]).as_posix()
        for f in ("ontology", "data")
        for p in (ROOTS[name] / f).rglob("*.ttl")
    )

    graphs = {root.graph_of(file).value for file in root.sources}

    assert listed
    assert graphs == {f"{root.namespace}graph/{path.removesuffix('.ttl')}" for path in listed}


def test_the_namespaces_of_two_roots_differ() -> None:
    assert Root.open(ROOTS["toy"]).namespace == "https://example.org/plant/"
    assert Root.open(ROOTS["shipped"]).namespace == "https://w3id.org/calcigraph/"


def test_all_broken_files_are_named_at_once(toy: Path) -> None:
    (toy / "data/plant.ttl").write_text("id:x a id:y .", encoding="utf-8")
    (toy / "shapes/plant.ttl").write_text("<urn:a> <urn:b> <urn:c>", encoding="utf-8")
    (toy / "ontology/questions/orphan.csv").write_text("a\r\n1\r\n", encoding="utf-8")

    with pytest.raises(RootInvalid) as raised:
        Root.open(toy)

    files = {finding.place.file for finding in raised.value.findings}
    assert files == {"data/plant.ttl", "shapes/plant.ttl", "ontology/questions/orphan.csv"}
    assert str(toy) not in str(raised.value)


def test_a_file_that_is_not_utf8_is_named_with_its_line(toy: Path) -> None:
    (toy / "data/more.ttl").write_bytes(b"# fine\n# caf\xe9\n")

    with pytest.raises(RootInvalid) as raised:
        Root.open(toy)

    (finding,) = raised.value.findings
    assert (finding.place.file, finding.place.line) == ("data/more.ttl", 2)
    assert "UTF-8" in finding.remedy


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("data/a<b.ttl", "'<'"),
        ("data/two words.ttl", "' '"),
        ("data/a#b.ttl", "'#'"),
        ("data/a%20b.ttl", "'%'"),
        ("ontology/what?.ttl", "'?'"),
        ("data/q{1}.ttl", "'{' '}'"),
        ("ontology/questions/a|b.rq", "'|'"),
        ("data/line\nbreak.ttl", "U+000A"),
        ("data/caf\udce9.ttl", "U+DCE9"),
    ],
)
def test_a_file_whose_name_gives_no_iri_is_named_with_what_is_wrong(
    toy: Path, path: str, refused: str
) -> None:
    shutil.copy(toy / "data/plant.ttl", toy / path)

    with pytest.raises(RootInvalid) as raised:
        Root.open(toy)

    (finding,) = raised.value.findings
    assert finding.check == "names"
    assert finding.place.file == path.encode("utf-8", "backslashreplace").decode()
    assert f"because of {refused}." in finding.message
    assert "Rename it" in finding.remedy
    assert str(finding).isprintable() or "\n" in path


def test_the_command_line_says_of_such_a_name_what_it_says_of_every_bad_root(toy: Path) -> None:
    (toy / "data/a<b.ttl").write_text("", encoding="utf-8")

    for verb in (["check"], ["serve", "--port", "0"]):
        command = [sys.executable, "-m", "calcigraph", *verb, "--root", str(toy)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=MOST_S)
        assert done.returncode == 1, verb
        assert "data/a<b.ttl: violation: [names]" in done.stdout + done.stderr, verb
        assert "Traceback" not in done.stderr, verb
        assert str(toy) not in done.stdout + done.stderr, verb


def test_letters_of_every_script_may_stand_in_a_name(toy: Path) -> None:
    (toy / "data/größe-水.ttl").write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")

    root = Root.open(toy)

    assert f"{root.namespace}graph/data/größe-水" in {root.graph_of(file).value for file in root.sources}


def test_a_shape_file_names_no_graph_so_its_name_is_free(toy: Path) -> None:
    (toy / "shapes/two words.ttl").write_text("", encoding="utf-8")

    assert "shapes/two words.ttl" in {file.path for file in Root.open(toy).shapes}


@pytest.mark.parametrize("namespace", ["", "plant", "https://example.org/two words/", "https://[/"])
def test_a_namespace_that_begins_no_iri_is_named_where_it_is_stated(toy: Path, namespace: str) -> None:
    catalog = toy / "data/catalog.ttl"
    text = catalog.read_text(encoding="utf-8")
    stated = '"https://example.org/plant/"'
    assert text.count(stated) == 1
    catalog.write_text(text.replace(stated, f'"{namespace}"'), encoding="utf-8")

    with pytest.raises(RootInvalid) as raised:
        Root.open(toy)

    (finding,) = raised.value.findings
    line = text[: text.index(stated)].count("\n") + 1
    assert (finding.check, finding.place.file, finding.place.line) == ("namespace", "data/catalog.ttl", line)


def test_a_link_to_nowhere_that_an_editor_left_is_no_file(toy: Path) -> None:
    before = Root.open(toy)
    (toy / "data/.#plant.ttl").symlink_to("somebody@somewhere.1234")

    assert Root.open(toy).digest == before.digest


def test_the_digest_follows_every_byte_and_every_name(toy: Path) -> None:
    before = Root.open(toy).digest
    assert Root.open(toy).digest == before

    path = toy / "data/plant.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "# a comment\n", encoding="utf-8")
    changed = Root.open(toy).digest
    path.rename(toy / "data/works.ttl")

    assert len({before, changed, Root.open(toy).digest}) == 3


def test_the_digest_is_had_without_the_root(toy: Path) -> None:
    assert digest_of(toy) == Root.read(toy).digest

    (toy / "data/.ttl").write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")

    assert digest_of(toy) == Root.read(toy).digest != Root.read(ROOTS["toy"]).digest
    with pytest.raises(RootMissing):
        digest_of(toy / "missing")


def test_the_texts_of_data_files_are_not_held_in_memory(toy: Path) -> None:
    statements = "".join(f'<urn:s:{n}> <urn:p> "{n:0200}" .\n' for n in range(10_000))
    (toy / "data/large.ttl").write_text(statements, encoding="utf-8")
    Root.read(toy)

    tracemalloc.start()
    root = Root.read(toy)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(statements) > 2_000_000
    assert held < 300_000
    (large,) = [file for file in root.data if file.path == "data/large.ttl"]
    assert large.raw == statements.encode()
    assert len(large.triples) == 10_000


def test_a_data_file_that_has_changed_since_is_not_taken_for_what_it_was(toy: Path) -> None:
    root, path = Root.read(toy), toy / "data/plant.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "# a comment\n", encoding="utf-8")
    for _ in ("changed", "removed"):
        with pytest.raises(RootChanged) as raised:
            root.judge()
        assert raised.value.place == Place("data/plant.ttl")
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("name", ROOTS)
def test_a_root_that_keeps_no_contents_says_the_same(name: str) -> None:
    whole = Root.open(ROOTS[name])
    bare = whole.without_contents()

    assert (bare.digest, bare.namespace) == (whole.digest, whole.namespace)
    assert bare.prefixes.mapping == whole.prefixes.mapping
    files = list(zip((*bare.sources, *bare.shapes), (*whole.sources, *whole.shapes), strict=True))
    for one, other in files:
        assert one.triples == other.triples
    # What is kept is the same object each time.
    assert not any(one.triples is one.triples for one, _ in files if one.triples)
    assert all(other.triples is other.triples for _, other in files)
    for node in {t.subject for t in whole.data[-1].triples[:2]}:
        assert whole.place(node) is not None
        assert bare.place(node) == whole.place(node)


def test_a_broken_root_is_judged_alike_without_contents(toy: Path) -> None:
    (toy / "data/plant.ttl").write_text("_:x <urn:p> <urn:o>", encoding="utf-8")
    (toy / "shapes/plant.ttl").write_text("<urn:a> <urn:b> <urn:c>", encoding="utf-8")
    found = []
    for root in (Root.read(toy), Root.read(toy).without_contents()):
        with pytest.raises(RootInvalid) as raised:
            root.judge()
        found.append(raised.value.findings)

    assert found[0] == found[1]
    assert {finding.place.file for finding in found[0]} == {"data/plant.ttl", "shapes/plant.ttl"}


def digest_with(folder: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Root.open(folder).digest


def test_the_same_bytes_under_another_name_or_parted_otherwise_are_another_root(tmp_path: Path) -> None:
    """A graph is named after its file; so are the root's parts after their folders."""
    one, other = "<urn:a> <urn:b> 1 .\n", "<urn:a> <urn:b> 2 .\n"
    digests = [
        digest_with(tmp_path / str(number), files)
        for number, files in enumerate(
            [
                {"data/a.ttl": one, "data/b.ttl": other},
                {"data/a.ttl": one, "data/c.ttl": other},
                {"data/a.ttl": other, "data/b.ttl": one},
                {"data/a.ttl": one + other, "data/b.ttl": ""},
                {"data/a.ttl": "", "data/b.ttl": one + other},
                {"data/a.ttl": one + other},
                {"data/a/b.ttl": one + other},
                {"ontology/a.ttl": one + other},
                {"shapes/a.ttl": one + other},
            ]
        )
    ]
    assert len(set(digests)) == len(digests)
    assert digest_with(tmp_path / "again", {"data/b.ttl": other, "data/a.ttl": one}) == digests[0]
    assert digest_with(tmp_path / "again", {"data/notes.txt": "No part of it."}) == digests[0]


def test_a_place_is_the_line_of_the_property_or_of_the_node() -> None:
    root = Root.open(ROOTS["toy"])
    text = (ROOTS["toy"] / "data/plant.ttl").read_text(encoding="utf-8")
    node = ox.NamedNode("https://example.org/plant/id/valve-9")
    blocks = ox.NamedNode("https://example.org/plant/ontology/blocks")

    at_node, at_property = root.place(node), root.place(node, blocks)

    assert at_node is not None
    assert at_property is not None
    assert at_node.line == text[: text.index("id:valve-9\n")].count("\n") + 1
    assert at_property.line == text[: text.index("plant:blocks")].count("\n") + 1
    assert root.place(ox.NamedNode("urn:nowhere")) is None


def test_a_node_that_is_only_mentioned_has_the_place_of_its_mention(toy: Path) -> None:
    path = toy / "data/plant.ttl"
    text = path.read_text(encoding="utf-8").replace("plant:blocks id:pump-1", "plant:blocks id:pump-7")
    path.write_text(text, encoding="utf-8")

    place = Root.open(toy).place(ox.NamedNode("https://example.org/plant/id/pump-7"))

    assert place is not None
    assert (place.file, place.line) == ("data/plant.ttl", text[: text.index("id:pump-7")].count("\n") + 1)


def test_an_empty_directory_is_a_root_without_anything(tmp_path: Path) -> None:
    root = Root.open(tmp_path)

    assert list(root.sources) == []
    assert root.namespace


def test_a_missing_directory_is_no_root(tmp_path: Path) -> None:
    with pytest.raises(RootMissing):
        Root.open(tmp_path / "missing")


def test_the_checkout_itself_is_the_shipped_root() -> None:
    assert shipped_root() == ROOTS["shipped"]


def test_headers_end_with_the_first_line_that_is_none() -> None:
    text = "#+ question: Why?\n#+ must not: ?a = id:b\n#+ must not: ?a = id:c\n# plain\n#+ note: too late\n"

    assert headers(text) == {"question": ["Why?"], "must not": ["?a = id:b", "?a = id:c"]}


def test_the_server_vocabulary_is_declared_alike_in_every_root() -> None:
    def declared(root: Path) -> set[tuple[str, str, str]]:
        logic = {"type", "subClassOf", "subPropertyOf", "domain", "range", "label", "definition"}
        return {
            (str(t.subject), str(t.predicate), str(t.object))
            for file in Root.open(root).ontology
            for t in file.triples
            if str(t.subject).startswith("<https://w3id.org/calcigraph/server#")
            and t.predicate.value.rpartition("#")[2] in logic
        }

    shipped, toy = declared(ROOTS["shipped"]), declared(ROOTS["toy"])
    assert shipped
    assert shipped == toy


@pytest.mark.parametrize(
    ("text", "told"),
    {
        "#+ question: Why?\n#+ Must not: ?a = id:b\nASK {}": (2, "is not read"),
        "#+ question: Why?\n\n#+ must not: ?a = id:b\nASK {}": (3, "is not read"),
        "ASK {}\n#+ question: Why?": (2, "is not read"),
        "#+question Why?": (1, "is not read"),
        "#+ question: Why?\n#+ must no: ?a = id:b": (2, "the key 'must no'"),
    }.items(),
)
def test_header_that_would_be_passed_over_is_told(text: str, told: tuple[int, str]) -> None:
    line, why = told
    found = misread(text, ("question", "must not"))

    assert found is not None
    assert found[0] == line
    assert why in found[1]


def test_headers_that_are_read_are_no_fault() -> None:
    text = "#+ question: Why?\n#+ must not: ?a = id:b\n# A comment\nASK {}"

    assert misread(text, ("question", "must not")) is None
