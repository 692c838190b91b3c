"""Files in, a root around them out: the files in their folders, a prefix table, a catalogue, questions."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import InputUnreadable, Place
from calcigraph.evaluating import evaluating, working
from calcigraph.importing.catalogue import PATH, Catalogue, prefix_file
from calcigraph.importing.first_questions import first_questions
from calcigraph.importing.header import Header, header_of
from calcigraph.importing.namespace import namespace_of
from calcigraph.importing.plan import ROOMS, Planned, planned
from calcigraph.importing.report import lines_of
from calcigraph.importing.source import Source, read_source, slug
from calcigraph.importing.staging import unwritable
from calcigraph.importing.writer import Importer
from calcigraph.rdf.iris import IriMalformed, named_node
from calcigraph.rdf.prefix_table import WELL_KNOWN, merged
from calcigraph.rdf.prefixes import PREFIX, Prefixes
from calcigraph.root import Root

_PREFIXES: Final = "ontology/prefixes.ttl"
# What stands between a namespace and a name.
_ENDS: Final = tuple("/#:_=-?")


class FolderTaken(InputUnreadable):
    """A folder in which there is something already."""

    title = "The folder is not empty"


@dataclass(frozen=True)
class NewRoot:
    """What is asked for: a root in `folder` around `files`, whose own IRIs begin with `namespace`, which is
    that of most of their terms where it is empty; `base` is what relative IRIs are relative to, and `mark`
    what the name of the folder ends in that is there meanwhile."""

    folder: Path
    files: tuple[Path, ...]
    namespace: str
    base: str | None
    date: str
    mark: str = ""

    def remove_unfinished(self) -> None:
        """Remove what is left of work that was ended before its end."""
        beside = self.folder if self.folder.is_dir() else self.folder.resolve().parent
        for made in beside.glob(f".*-{self.mark}") if self.mark else ():
            rmtree(made, ignore_errors=True)


def created(asked: NewRoot) -> Iterator[str]:
    """Make the root, and tell it in lines. It is made beside its place and moved there when it is whole.

    Raises: FolderTaken, and what is wrong with a file; then there is nothing.
    """
    _refuse_taken(asked.folder)
    sources = []
    for path in asked.files:
        with evaluating("import", Place(path.name)):
            sources.append(read_source(path, asked.base))
    made = _temporary(asked.folder, asked.mark)
    try:
        lines = list(_filled(made, asked, sources))
        with working("the root is moved to its place"):
            _move(made, asked.folder)
    finally:
        rmtree(made, ignore_errors=True)
    yield from lines


def _filled(folder: Path, asked: NewRoot, sources: Sequence[Source]) -> Iterator[str]:
    for room in ROOMS:
        (folder / room).mkdir()
    name = asked.folder.resolve().name
    plans = [(source, planned(source, None)) for source in sources]
    space = _space(asked, [file for _, files in plans for file in files])
    headers = [header_of(quad.triple for quad in source.quads) for source in sources]
    table, clashing = merged(source.prefixes for source in sources)
    clashing = [prefix for prefix in clashing if prefix]
    prefixes = _with_own(merged((table, WELL_KNOWN))[0], space, headers, name)
    catalogue = Catalogue(name, space, tuple(headers), prefixes)
    root = catalogue.written(folder)
    (folder / _PREFIXES).write_bytes(prefix_file(root.graph("ontology/prefixes"), prefixes))
    yield f"{name}/: a root whose own IRIs begin with {space}"
    yield f"  {_PREFIXES}: {len(prefixes.mapping)} prefixes"
    if clashing:
        listed = ", ".join(f"{prefix}:" for prefix in clashing)
        yield f"    {listed} stand for something else in another file, and there only"
    if sources:
        for source, header, written in Importer(Root.read(folder), asked.date).write(plans, as_they_are=True):
            yield from lines_of(source, header, written)
    slugs = _write_questions(folder, [file for _, files in plans for file in files])
    yield from (f"  ontology/questions/{found}.rq: a first question, with its answer" for found in slugs)
    catalogue.written(folder, slugs[0] if slugs else "")
    yield f"  {PATH}: what this dataset is"
    yield from (f"    missing, as no file says it: {example}" for example in catalogue.missing)


def _space(asked: NewRoot, files: Sequence[Planned]) -> str:
    """The namespace of the root: that of most of what its files describe, where these are not shapes alone.

    Raises: IriMalformed for one that was asked for and is none.
    """
    if asked.namespace:
        if not asked.namespace.endswith(_ENDS):
            raise IriMalformed(
                f"The namespace `{asked.namespace}` ends in a name.",
                f"Write `{asked.namespace}/` or `{asked.namespace}#`: names are put right behind it.",
            )
        return named_node(asked.namespace).value
    described = [file for file in files if not file.path.startswith("shapes/") and file.quads]
    subjects = {quad.subject for file in described or files for quad in file.quads}
    named = sorted(node.value for node in subjects if isinstance(node, ox.NamedNode))
    return namespace_of(named) if named else f"https://example.org/{slug(asked.folder.resolve().name)}/"


def _with_own(table: Prefixes, space: str, headers: Sequence[Header], name: str) -> Prefixes:
    """The table in which the root's own namespace has a name, and the empty prefix, by which each file calls
    what it likes, has no meaning."""
    mapping = {prefix: iri for prefix, iri in table.mapping.items() if prefix}
    if space in mapping.values():
        return Prefixes(mapping)
    said = [value.value for header in headers for value in header.prefix if isinstance(value, ox.Literal)]
    stem = space.rstrip("#/_").rpartition("/")[2].removesuffix(".owl")
    names = (*said, stem, slug(stem), slug(name), "own")
    own = next(found for found in names if found and PREFIX.fullmatch(found) and found not in mapping)
    return Prefixes({**mapping, own: space})


def _write_questions(folder: Path, files: Iterable[Planned]) -> list[str]:
    """The slugs of the questions that were written: about what a query of the root sees of the files."""
    root = Root.read(folder)
    quads: list[ox.Quad] = []
    for file in files:
        if not file.path.startswith("shapes/"):
            graph = root.graph(file.path.rpartition(".")[0])
            quads += [ox.Quad(q.subject, q.predicate, q.object, _graph_of(q, graph)) for q in file.quads]
    graphs = {quad.graph_name for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
    found = list(first_questions(quads, sorted(graphs, key=str)))
    for question in found:
        goal = folder / "ontology" / "questions" / f"{question.slug}.rq"
        goal.parent.mkdir(exist_ok=True)
        goal.write_text(question.text, encoding="utf-8")
        goal.with_suffix(".csv").write_bytes(question.answer)
    return [question.slug for question in found]


def _graph_of(quad: ox.Quad, graph: ox.NamedNode) -> ox.NamedNode | ox.BlankNode:
    """The graph that a statement names, else that of its file."""
    return graph if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name


def _refuse_taken(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists():
        raise FolderTaken(
            "A new root needs a folder in which there is nothing.",
            "Name another one; `calcigraph import` adds files to a root that is there.",
            Place(folder.name),
        )


def _temporary(folder: Path, mark: str) -> Path:
    """A folder beside the one that is to be, or within it where it is there: it may be a file system of its
    own, or the folder that somebody is in. Raises: EnvironmentProblem."""
    try:
        beside = folder if folder.is_dir() else folder.resolve().parent
        beside.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.resolve().name}-", suffix=f"-{mark}", dir=beside))
        made.chmod(0o777 & ~_umask())
    except OSError as error:
        raise unwritable(error) from error
    return made


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _move(made: Path, folder: Path) -> None:
    try:
        if folder.is_dir():
            for part in made.iterdir():
                part.rename(folder / part.name)
        else:
            made.rename(folder)
    except OSError as error:
        raise unwritable(error) from error
