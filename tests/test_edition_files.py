"""Editions that were made before: what comes out is what went in, and a damaged file is only a slow start."""

from __future__ import annotations

import gc
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest

import calcigraph
from calcigraph.edition import Edition, EditionCache, WorkFolder, assemble
from calcigraph.edition.assembly import consistent
from calcigraph.edition.files import YOUNG_S, EditionFiles
from calcigraph.errors import RootInvalid
from calcigraph.root import Root
from canonical_form import canonical_hash

TOY = Path(__file__).parent / "toy"


@pytest.fixture
def cache(tmp_path: Path) -> EditionCache:
    return EditionCache(tmp_path / "cache")


def kept(cache: EditionCache) -> list[Path]:
    return [path for path in cache.folder.iterdir() if not path.name.startswith(".")]


def same(one: Edition, other: Edition) -> bool:
    inferred = [quad.triple for quad in one.quads(graph=one.inferred_graph)]
    assert inferred
    return (
        canonical_hash(one.all_quads()) == canonical_hash(other.all_quads())
        and set(one.kinded()) == set(other.kinded())
        and b"".join(one.nquads()) == b"".join(other.nquads())
        and [one.explain(t) for t in inferred] == [other.explain(t) for t in inferred]
    )


def test_a_recalled_edition_equals_the_one_that_was_made(cache: EditionCache) -> None:
    made, recalled = assemble(Root.open(TOY), cache=cache), assemble(Root.read(TOY), cache=cache)

    assert len(kept(cache)) == 1
    assert made.inference is not None
    assert recalled.inference is None
    assert same(made.edition, recalled.edition)


def test_the_same_root_has_the_same_bytes(cache: EditionCache, tmp_path: Path) -> None:
    one, other = (assemble(Root.open(TOY)).edition for _ in range(2))
    assert one.files.index.read_bytes() == other.files.index.read_bytes()
    assert one.files.nquads.read_bytes() == other.files.nquads.read_bytes()


@pytest.mark.parametrize("name", ["index.sqlite", "quads.nq", "description.pickle", "head.json"])
@pytest.mark.parametrize("damage", [b"", b"nothing of the kind", None])
def test_a_damaged_file_is_made_anew(damage: bytes | None, name: str, cache: EditionCache) -> None:
    made = assemble(Root.open(TOY), cache=cache).edition
    file = kept(cache)[0] / name
    content = file.read_bytes()
    # Other names lead to the same file: those of editions that are being read.
    file.unlink()
    file.write_bytes(content[:-20] if damage is None else damage)

    again = assemble(Root.open(TOY), cache=cache)

    assert again.inference is not None
    assert same(made, again.edition)
    assert (kept(cache)[0] / name).read_bytes() == content


def test_one_changed_bit_is_noticed(cache: EditionCache) -> None:
    assemble(Root.open(TOY), cache=cache)
    file = kept(cache)[0] / "index.sqlite"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)

    assert assemble(Root.open(TOY), cache=cache).inference is not None


def test_another_digest_or_reasoner_is_another_edition(cache: EditionCache, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(TOY, tmp_path / "copy"))
    assemble(Root.open(copy), cache=cache)
    assemble(Root.open(copy), "none", cache=cache)
    (copy / "data/plant.ttl").write_text("", encoding="utf-8")
    emptied = assemble(Root.open(copy), cache=cache).edition

    assert len(kept(cache)) == 3
    assert not list(emptied.triples(emptied.root.prefixes.expand("id:valve-9")))


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    edition = assemble(Root.open(TOY), cache=EditionCache(tmp_path / "file" / "cache")).edition

    assert list(edition.quads(graph=edition.inferred_graph))


def test_what_is_inconsistent_is_not_kept(cache: EditionCache, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(TOY, tmp_path / "copy"))
    path = copy / "data/plant.ttl"
    path.write_text(
        path.read_text(encoding="utf-8").replace("a plant:Tank ;", "a plant:Tank , plant:Pump ;"),
        encoding="utf-8",
    )

    assembled = assemble(Root.open(copy), cache=cache)
    assert assembled.clashes
    assert not kept(cache)
    with pytest.raises(RootInvalid) as refused:
        consistent(assembled)
    said = [finding.message for finding in refused.value.findings]
    assert len(said) == len(assembled.clashes)
    assert any(
        re.fullmatch(
            r"By rule cax-dw, id:\S+ (a|rdf:type) plant:(Tank|Pump) \. id:\S+ (a|rdf:type) plant:(Tank|Pump)"
            r" contradicts plant:(Tank|Pump) owl:disjointWith plant:(Tank|Pump)\.",
            text,
        )
        for text in said
    ), said


def test_an_edition_stays_when_the_cache_is_emptied(cache: EditionCache) -> None:
    assemble(Root.open(TOY), cache=cache)
    edition = assemble(Root.open(TOY), cache=cache).edition
    shutil.rmtree(kept(cache)[0])

    subject = edition.root.prefixes.expand("id:pump-1")
    assert list(edition.quads(subject))
    assert len(b"".join(edition.nquads()).splitlines()) == edition.size


def test_files_go_when_nobody_has_the_edition_any_more(cache: EditionCache) -> None:
    edition = assemble(Root.open(TOY), cache=cache).edition
    folder = edition.files.folder
    assert folder.exists()
    del edition
    gc.collect()
    assert not folder.exists()


def test_the_folder_of_a_killed_process_is_removed_by_a_later_one(cache: EditionCache) -> None:
    cache.folder.mkdir(parents=True)
    program = (
        "import sys, pathlib; from calcigraph.edition import WorkFolder; "
        "folder = WorkFolder.made(pathlib.Path(sys.argv[1])); "
        "print(folder.path, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(cache.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().decode().strip())
        old = left.stat().st_mtime - YOUNG_S - 1
        os.utime(left, (old, old))
        cache.work_folder().close()
        assert left.exists(), "somebody works in it"
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.utime(left, (old, old))
        cache.work_folder().close()
    assert not left.exists()


def test_an_index_answers_as_its_quads_do() -> None:
    edition = assemble(Root.open(TOY)).edition
    quads = list(ox.parse(b"".join(edition.nquads()), ox.RdfFormat.N_QUADS))
    described = edition.root.graph("metadata")
    data = [quad for quad in quads if quad.graph_name != described]
    assert set(edition.all_quads()) == set(quads)
    assert set(edition.metadata) == set(quads) - set(data)
    assert list(edition.metadata)
    tried = 0
    for chosen in data[::7]:
        parts = (chosen.subject, chosen.predicate, chosen.object, chosen.graph_name)
        for mask in range(16):
            pattern = [part if mask >> place & 1 else None for place, part in enumerate(parts)]
            wanted = {
                q
                for q in data
                if all(
                    given is None or given == part
                    for given, part in zip(
                        pattern, (q.subject, q.predicate, q.object, q.graph_name), strict=True
                    )
                )
            }
            assert set(edition.quads(*pattern)) == wanted
            tried += len(wanted) > 1
    assert tried > 500


def test_threads_that_ask_an_index_have_nothing_of_its_file_mapped() -> None:
    """Each has a connection: a file that all of them map is in the memory of the process once for each."""
    edition = assemble(Root.open(TOY), "none").edition
    with ThreadPoolExecutor(4) as threads:
        barrier = threading.Barrier(4)

        def ask(_: int) -> int:
            barrier.wait()
            return sum(edition.index.sizes(edition.number).values())

        (size,) = {*threads.map(ask, range(4))}
        assert size == len(list(edition.all_quads()))
        assert str(edition.index.path) not in Path("/proc/self/maps").read_text()


def test_properties_and_classes_are_used_so_often_as_distinct_triples_say() -> None:
    edition = assemble(Root.open(TOY)).edition
    described = edition.root.graph("metadata")
    quads = ox.parse(b"".join(edition.nquads()), ox.RdfFormat.N_QUADS)
    triples = {quad.triple for quad in quads if quad.graph_name != described}
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    uses = edition.uses
    assert uses.triples == Counter(triple.predicate for triple in triples)
    members = Counter(triple.object for triple in triples if triple.predicate == kind)
    assert uses.members == {term: n for term, n in members.items() if isinstance(term, ox.NamedNode)}
    assert uses.members[edition.root.prefixes.expand("plant:Pump")] == 3


def test_a_contradiction_that_begins_with_a_literal_is_told_where_that_is_written(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(TOY, tmp_path / "copy"))
    (copy / "data/byte.ttl").write_text(
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        '<urn:p> rdfs:range xsd:byte . <urn:a> <urn:p> "300"^^xsd:byte .\n',
        encoding="utf-8",
    )
    with pytest.raises(RootInvalid) as refused:
        consistent(assemble(Root.open(copy)))
    (finding,) = refused.value.findings
    assert str(finding.place) == "data/byte.ttl:3"
    assert "By rule dt-not-type" in finding.message
    assert "300" in finding.message


DECIDING = (
    "edition/assembly.py",
    "metadata/__init__.py",
    "rdf/terms.py",
    "reasoning/inference.py",
    "reasoning/closure/fixpoint.py",
    "root/__init__.py",
)


@pytest.mark.parametrize("changed", [*DECIDING, "web/app.py"])
def test_what_a_program_made_that_decided_otherwise_is_not_recalled(changed: str, tmp_path: Path) -> None:
    here = Path(calcigraph.__file__).parent
    shutil.copytree(here, tmp_path / "calcigraph", ignore=shutil.ignore_patterns("static", "__pycache__"))
    program = (
        "import sys, pathlib; from calcigraph.edition.files import EditionCache, EditionFiles, WorkFolder\n"
        "folder = pathlib.Path(sys.argv[1]); (folder / 'first').mkdir(exist_ok=True)\n"
        "files, cache = EditionFiles(folder / 'first'), EditionCache(folder / 'cache')\n"
        "for path in (files.index, files.nquads, files.description, files.findings): path.write_bytes(b'')\n"
        "print(cache.recall('digest', 'none', WorkFolder.made(folder)) is not None)\n"
        "cache.keep('digest', 'none', files)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    said = []
    for text in ("", "", "\n# decides otherwise\n"):
        with (tmp_path / "calcigraph" / changed).open("a", encoding="utf-8") as module:
            module.write(text)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        said.append(done.stdout.strip())
    assert said == ["False", "True", str(changed not in DECIDING)]


def test_work_folders_are_apart(tmp_path: Path) -> None:
    one, other = WorkFolder.made(tmp_path), WorkFolder.made(tmp_path)
    assert one.path != other.path
    one.close()
    assert not one.path.exists()
    assert other.path.exists()
    other.close()


def test_the_cache_is_where_the_user_keeps_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG Base Directory Specification: $XDG_CACHE_HOME, and $HOME/.cache where that is unset or empty."""
    monkeypatch.setenv("HOME", "/nowhere/else")
    for stated, folder in (("/some/where", "/some/where"), ("", "/nowhere/else/.cache")):
        monkeypatch.setenv("XDG_CACHE_HOME", stated)
        assert EditionCache.of_user().folder == Path(folder) / "calcigraph"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert EditionCache.of_user().folder == Path("/nowhere/else/.cache/calcigraph")


@pytest.mark.parametrize("name", ["index.sqlite", "quads.nq", "description.pickle", "head.json"])
def test_no_byte_of_a_kept_edition_is_outside_the_check(
    name: str, cache: EditionCache, tmp_path: Path
) -> None:
    assemble(Root.open(TOY), cache=cache)
    root, file = Root.open(TOY), kept(cache)[0] / name
    content = file.read_bytes()
    places = range(0, len(content), max(1, len(content) // 40))
    for number, place in enumerate(places):
        file.unlink()
        file.write_bytes(content[:place] + bytes([content[place] ^ 0x01]) + content[place + 1 :])
        owner = WorkFolder.made(tmp_path)
        assert cache.recall(root.digest, "builtin", owner) is None, (name, place, number)
        assert not list(owner.path.glob("*/*"))
        owner.close()
    assert len(places) >= 40


def test_what_was_used_least_recently_goes_when_there_is_too_much(
    cache: EditionCache, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(TOY, tmp_path / "copy"))
    editions = []
    for number in range(4):
        (copy / "data/more.ttl").write_text(f"<urn:more> <urn:number> {number} .\n", encoding="utf-8")
        before = set(kept(cache)) if number else set()
        assemble(Root.open(copy), "none", cache=cache)
        (made,) = set(kept(cache)) - before
        os.utime(made, (number, number))
        editions.append((made, Root.read(copy)))
    each = sum(path.stat().st_size for path in editions[0][0].iterdir())
    owner = WorkFolder.made(tmp_path)
    assert cache.recall(editions[0][1].digest, "none", owner), "from now on it was used last"
    files = EditionFiles(owner.path / "first", owner)
    cache.keep("another", "none", files, most_bytes=int(each * 2.5))
    left = set(kept(cache))
    assert editions[0][0] in left
    assert len(left) == 2
    assert not {made for made, _ in editions[1:]} & left
    cache.keep("too big for it", "none", files, most_bytes=0)
    assert len(kept(cache)) == 1
    owner.close()


def test_what_does_not_fit_leaves_nothing_behind_and_is_told(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    command = [sys.executable, "-m", "calcigraph", "check", "--root", str(TOY)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    limited = ["bash", "-c", 'ulimit -f 40; exec "$0" "$@"', *command]
    done = subprocess.run(limited, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert "XDG_CACHE_HOME" in done.stderr
    assert "Traceback" not in done.stderr
    assert [
        path for path in (cache / "calcigraph").rglob("*") if path.is_file() and path.name != "lock"
    ] == []
    healed = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert healed.returncode == 0, healed.stdout
    assert len(kept(EditionCache(cache / "calcigraph"))) == 1


def test_processes_that_use_the_cache_at_once_do_not_disturb_one_another(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from calcigraph.edition import EditionCache, WorkFolder, assemble\n"
        "from calcigraph.root import Root\n"
        "cache, root = EditionCache(pathlib.Path(sys.argv[1])), Root.open(pathlib.Path(sys.argv[2]))\n"
        "made = assemble(root, 'none', cache=cache).edition\n"
        "for number in range(60):\n"
        "    owner = cache.work_folder()\n"
        "    found = cache.recall(root.digest, 'none', owner)\n"
        "    if number % 3 == 0: cache.keep(root.digest, 'none', made.files)\n"
        "    assert found is None or found.is_whole()\n"
        "    owner.close()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "cache"), str(TOY)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    ends = [(process.communicate()[1], process.returncode) for process in running]
    assert ends == [("", 0)] * 3
    owner = WorkFolder.made(tmp_path)
    assert EditionCache(tmp_path / "cache").recall(Root.read(TOY).digest, "none", owner)
    owner.close()


def test_a_user_without_a_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", _homeless)
    cache = EditionCache.of_user()
    assert cache.folder is None
    assert list(assemble(Root.open(TOY), "none", cache=cache).edition.all_quads())


def _homeless() -> Path:
    raise RuntimeError("Could not determine home directory.")
