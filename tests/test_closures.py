"""The cache of closures: what comes out is what went in, and a damaged file is only a slow start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from calcigraph.closures import ClosureCache
from calcigraph.dataset import Dataset, build
from calcigraph.root import Root
from canonical_form import canonical_hash

TOY = Path(__file__).parent / "toy"


@pytest.fixture
def cache(tmp_path: Path) -> ClosureCache:
    return ClosureCache(tmp_path / "cache")


def same(one: Dataset, other: Dataset) -> bool:
    return (
        canonical_hash(one.quads) == canonical_hash(other.quads)
        and one.inference.inferred == other.inference.inferred
        and one.inference.derived == other.inference.derived
        and {one.explain(t) for t in one.inference.inferred}
        == {other.explain(t) for t in one.inference.inferred}
    )


def test_a_recalled_dataset_equals_the_one_that_was_built(cache: ClosureCache) -> None:
    root = Root.open(TOY)

    built, recalled = build(root, cache=cache), build(Root.read(TOY), cache=cache)

    assert len(list(cache.folder.iterdir())) == 1
    assert built.inference.inferred
    assert same(built, recalled)


@pytest.mark.parametrize("damage", [b"", b"not a closure", None])
def test_a_damaged_file_is_built_anew(damage: bytes | None, cache: ClosureCache) -> None:
    root = Root.open(TOY)
    built = build(root, cache=cache)
    (file,) = cache.folder.iterdir()
    content = file.read_bytes()
    file.write_bytes(content[:-20] if damage is None else damage)

    assert same(built, build(Root.open(TOY), cache=cache))
    assert file.read_bytes() == content


def test_another_digest_or_reasoner_is_another_closure(cache: ClosureCache, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(TOY, tmp_path / "copy"))
    build(Root.open(copy), cache=cache)
    build(Root.open(copy), "none", cache=cache)
    (copy / "data/plant.ttl").write_text("", encoding="utf-8")
    emptied = build(Root.open(copy), cache=cache)

    assert len(list(cache.folder.iterdir())) == 3
    assert not list(emptied.triples(emptied.root.prefixes.expand("id:valve-9")))


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    dataset = build(Root.open(TOY), cache=ClosureCache(tmp_path / "file" / "cache"))

    assert dataset.inference.inferred


def test_what_is_inconsistent_is_not_kept(cache: ClosureCache, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(TOY, tmp_path / "copy"))
    path = copy / "data/plant.ttl"
    path.write_text(
        path.read_text(encoding="utf-8").replace("a plant:Tank ;", "a plant:Tank , plant:Pump ;"),
        encoding="utf-8",
    )

    dataset = build(Root.open(copy), cache=cache)

    assert dataset.inference.clashes
    assert not cache.folder.exists()
