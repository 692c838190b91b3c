"""A root directory in, its files as values out; reads and judges files, decides nothing else.

A root is a directory with `ontology/`, `data/` and `shapes/`. It is its editors' word and
trusted as such, but nothing is taken from a root in which any file is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from calcigraph.errors import Finding, Place, RootInvalid
from calcigraph.evaluating import evaluating
from calcigraph.manchester import ExpressionReader
from calcigraph.rdf.imports import missing_imports
from calcigraph.rdf.prefix_table import WELL_KNOWN, merged
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.terms import Subject, Term
from calcigraph.root.digests import (
    FOLDERS,
    UNREAD,
    RootMissing,
    closed_folders,
    digest_of,
    digests,
    total,
)
from calcigraph.root.file_notes import file_notes
from calcigraph.root.files import (
    LintFile,
    QuestionFile,
    RuleFile,
    csv_rows,
    read_bytes,
    read_lint,
    read_question,
    read_rdf,
    read_rule,
    stored_rdf,
)
from calcigraph.root.graph_names import MADE, shared_graphs
from calcigraph.root.import_catalogs import ImportCatalog, is_catalog, read_catalogs
from calcigraph.root.imports import ImportedFile, import_findings, is_catalogued
from calcigraph.root.names import (
    NO_NAMESPACE,
    URI_SPACE,
    base_of,
    document_base,
    nameless,
    spaces,
    stated_namespace,
    unusable,
)
from calcigraph.root.prefix_tables import prefixes_of
from calcigraph.root.rdf_file import SUFFIXES, Broken, RdfFile, RootChanged, StoredContent
from calcigraph.root.unread import beside, not_read

__all__ = [
    "MADE",
    "LintFile",
    "QuestionFile",
    "RdfFile",
    "Root",
    "RootChanged",
    "RootMissing",
    "RuleFile",
    "csv_rows",
    "digest_of",
]

_CATALOG = "data/catalog.ttl"
_PREFIXES = "ontology/prefixes.ttl"

T = TypeVar("T")


@dataclass(frozen=True)
class Root:
    """All files of a root.

    `namespace` is the `void:uriSpace` that `data/catalog.ttl` states: the IRI that the root's own IRIs begin
    with. Its graphs stand below `document_base` (`graph/<path of the file without suffix>`).
    """

    folder: Path = field(repr=False)
    ontology: tuple[RdfFile, ...]
    data: tuple[RdfFile, ...]
    shapes: tuple[RdfFile, ...]
    rules: tuple[RuleFile, ...]
    questions: tuple[QuestionFile, ...]
    lints: tuple[LintFile, ...]
    digest: str
    unreadable: tuple[Finding, ...] = ()
    unread: tuple[Finding, ...] = ()
    """What stands below the root and is not read, each with what to do about it."""
    file_prefixes: tuple[Prefixes, ...] = field(default=(), repr=False)
    """What the files declare, ontology first; the empty prefix only where all that have one agree."""

    @classmethod
    def open(cls, folder: Path) -> Root:
        """Read all files of `folder` and judge them.

        Cost: parses every file, about 20,000 triples a second.
        Raises: RootMissing where there is no such directory; RootInvalid with every finding of
        every file where any of them is broken.
        """
        root = cls.read(folder)
        root.judge()
        return root

    @classmethod
    def read(cls, folder: Path) -> Root:
        """Read all files of `folder` without judging them: for a root whose digest is known to be sound.

        The texts of data files stay on disk until they are asked for, as they are most of a root; who asks
        when they have changed is told so.
        Cost: reads every file. Raises: RootMissing where there is no such directory.
        """
        found = digests(folder)
        findings: list[Finding] = []

        namespace = _namespace_of(folder)

        def rdf(folder: Path, path: str) -> RdfFile | Broken:
            base = base_of(namespace, path)
            # What is small and asked for at any time stays in memory.
            if _in_memory(path) or found.get(path, UNREAD) == UNREAD:
                return read_rdf(folder, path, base)
            return stored_rdf(path, StoredContent(folder, path, found[path]), base)

        root = cls(
            folder,
            _read(folder, _rdf_paths(folder, "ontology"), rdf, findings),
            _read(folder, _rdf_paths(folder, "data"), rdf, findings),
            _read(folder, _rdf_paths(folder, "shapes"), rdf, findings),
            _read(folder, _paths(folder, "ontology/rules/*.rq"), read_rule, findings),
            _read(folder, _paths(folder, "ontology/questions/*.rq"), read_question, findings),
            _read(folder, _paths(folder, "shapes/lint/*.rq"), read_lint, findings),
            total(found),
        )
        findings += _answers_without_question(folder)
        findings += closed_folders(folder)
        # Else what is kept in memory would stand under the digest of something else.
        if digests(folder, _in_memory) != {p: digest for p, digest in found.items() if _in_memory(p)}:
            raise RootChanged("A file has changed while the root was read.", "Try again.")
        tables = prefixes_of((*root.ontology, *root.shapes, *root.data))
        return replace(
            root,
            unreadable=tuple(findings),
            unread=(*not_read(folder, FOLDERS), *beside(folder, FOLDERS)),
            file_prefixes=tables,
        )

    def without_contents(self) -> Root:
        """The same root, of which no statement is kept in memory, for a process that lives long and seldom
        asks for one: everything works as before, but what has to be parsed is parsed each time."""
        ontology, data, shapes = (
            tuple(file.without_contents() for file in files)
            for files in (self.ontology, self.data, self.shapes)
        )
        return replace(self, ontology=ontology, data=data, shapes=shapes)

    def notes(self) -> Iterator[Finding]:
        """What no one has to mend but may want to know: what is not read, what says nothing, what is imported
        and is not there, and IRIs that depend on where a file stands. Cost: reads what every file says."""
        yield from self.unread
        files = (*self.ontology, *self.data, *self.shapes)
        yield from file_notes(files)
        graphs = [ImportedFile(file, self.graph_of(file)) for file in files if not nameless(file.path)]
        catalog, findings = self._catalogs
        yield from findings
        yield from import_findings(graphs, catalog)

    def missing_imports(
        self, imports: Iterable[ox.Triple], there: Collection[ox.NamedNode]
    ) -> list[ox.Triple]:
        """Those of some imports that are none of the ontologies that are `there`, and no file of the root by
        a catalog. Cost: reads the catalogs, once."""
        paths = {file.path for file in self.sources}
        catalog, _ = self._catalogs
        return [t for t in missing_imports(imports, there) if not is_catalogued(t, catalog, paths)]

    @cached_property
    def _catalogs(self) -> tuple[ImportCatalog, list[Finding]]:
        """What the XML catalogs of the root say, and what is wrong with them."""
        found = (path for name in FOLDERS for path in _paths(self.folder, f"{name}/**/*.xml"))
        return read_catalogs(self.folder, [path for path in found if is_catalog(self.folder / path)])

    def judge(self) -> None:
        """Parse every file. Raises: RootInvalid with every finding of every file."""
        files = (*self.ontology, *self.data, *self.shapes)
        findings = list(self.unreadable)
        for file in files:
            with evaluating("files", Place(file.path)):
                findings += file.findings
        findings += [] if findings else unusable(spaces(self.catalogue), self._catalog_place)
        findings += [] if findings else shared_graphs(*self._file_graphs)
        if findings:
            raise RootInvalid(findings)

    @property
    def _file_graphs(self) -> tuple[list[tuple[RdfFile, ox.NamedNode]], dict[ox.NamedNode, str]]:
        """The files with their graphs, and the graphs that are made from them."""
        files = (*self.ontology, *self.data, *self.shapes)
        made = {self.graph(name): said for name, said in MADE.items()}
        return [(file, self.graph_of(file)) for file in files if not nameless(file.path)], made

    @cached_property
    def namespace(self) -> str:
        """The IRI that those of the root's own resources begin with, from `data/catalog.ttl`."""
        return stated_namespace(self.catalogue)

    @property
    def document_base(self) -> str:
        """The IRI that those of the root's own documents begin with: its graphs, its endpoint and so on."""
        return document_base(self.namespace)

    @property
    def _catalog_place(self) -> Place:
        """Where the namespace is stated."""
        subject = next((t.subject for t in self.catalogue if t.predicate == URI_SPACE), None)
        found = self.place(subject, URI_SPACE) if isinstance(subject, ox.NamedNode) else None
        return found or Place(_CATALOG)

    @property
    def is_named(self) -> bool:
        """Whether the root states a namespace; one that does not has no IRIs of its own."""
        return self.namespace != NO_NAMESPACE

    @cached_property
    def prefixes(self) -> Prefixes:
        """The root's one prefix table: what `ontology/prefixes.ttl` declares (`sh:declare`), then what files
        declare for themselves, in the order of their paths, then the prefixes that everyone knows. What
        stands earlier wins, and a namespace that has a prefix gets no second one."""
        return merged((Prefixes.from_triples(self.declarations), *self.file_prefixes, WELL_KNOWN))[0]

    @cached_property
    def catalogue(self) -> tuple[ox.Triple, ...]:
        """What `data/catalog.ttl` says of the root as a dataset."""
        return self._triples(_CATALOG)

    @cached_property
    def declarations(self) -> tuple[ox.Triple, ...]:
        """What `ontology/prefixes.ttl` says: the `sh:declare` statements of the prefix table."""
        return self._triples(_PREFIXES)

    def with_statements(self, catalogue: Iterable[ox.Triple], declarations: Iterable[ox.Triple]) -> Root:
        """The same root, of which a change has made the catalogue and the prefix table say this."""
        other = replace(self)
        other.__dict__.update(catalogue=tuple(catalogue), declarations=tuple(declarations))
        return other

    @property
    def catalogue_graph(self) -> ox.NamedNode:
        """The graph that holds the catalogue."""
        return self.graph(_CATALOG.removesuffix(".ttl"))

    @property
    def declarations_graph(self) -> ox.NamedNode:
        """The graph that holds the prefix table."""
        return self.graph(_PREFIXES.removesuffix(".ttl"))

    def _triples(self, path: str) -> tuple[ox.Triple, ...]:
        return next((file.triples for file in chain(self.ontology, self.data) if file.path == path), ())

    @property
    def sources(self) -> Iterator[RdfFile]:
        """The files whose triples a query sees, each in a named graph of its own. Shapes are not
        among them: they say what must hold and how it is shown, not what is the case."""
        return chain(self.ontology, self.data)

    @cached_property
    def expressions(self) -> ExpressionReader:
        """What the blank nodes of the files say as expressions. Cost: one pass over all files, once."""
        said: dict[Subject, dict[ox.NamedNode, list[Term]]] = {}
        for triple in (triple for file in self.sources for triple in file.triples):
            if isinstance(triple.subject, ox.BlankNode):
                said.setdefault(triple.subject, {}).setdefault(triple.predicate, []).append(triple.object)
        return ExpressionReader(lambda node: said.get(node, {}))

    def graph(self, name: str) -> ox.NamedNode:
        """The IRI of the graph `name` (a file's path without its suffix, "inferred", "derived")."""
        return ox.NamedNode(f"{self.document_base}graph/{name}")

    def graph_of(self, file: RdfFile) -> ox.NamedNode:
        """The named graph that holds the triples of `file`, but for those of graphs that it names itself."""
        return self.graph(file.name)

    def graphs_of(self, file: RdfFile) -> tuple[ox.NamedNode, ...]:
        """All graphs that hold triples of `file`. Cost: parses it once where its format can name graphs."""
        return tuple(dict.fromkeys((self.graph_of(file), *file.graphs)))

    def quads_of(self, file: RdfFile) -> Iterator[ox.Quad]:
        """What `file` says, each quad once, each in its graph. Cost: see `RdfFile.document`."""
        document = file.document
        for graph, triples in ((self.graph_of(file), document.triples), *document.named.items()):
            for t in dict.fromkeys(triples):
                yield ox.Quad(t.subject, t.predicate, t.object, graph)

    @property
    def inferences(self) -> tuple[str, str]:
        """The graphs that hold what nobody asserted: what rules derived and axioms entail."""
        return self.graph("derived").value, self.graph("inferred").value

    def place(
        self,
        node: ox.NamedNode | ox.BlankNode,
        predicate: ox.NamedNode | None = None,
        value: Term | None = None,
    ) -> Place | None:
        """Where the root's files say of `node` that `predicate` leads to `value`, data first; without a
        value, where they first say what it leads to.

        Where nothing says that (it is inferred, or what is wrong is that it misses), and without a predicate:
        the block of the node, in the file that says what kind of thing it is, of several in that which says
        most; else where it is first mentioned. None where no file names it. Cost: see `RdfFile.document`.
        """
        files = self._files_for_places
        if predicate is not None:
            stated = (file.place(node, predicate, value) for file in files)
            found = next((place for place in stated if place), None)
            if found is not None:
                return found
        # Of equal ones the first.
        place = max(files, key=lambda file: file.weight(node)).place(node) if files else None
        return place or next((place for file in files if (place := file.mention(node))), None)

    def place_of(self, triple: ox.Triple) -> Place | None:
        """Where a file says just this; None where none does. Cost: see `RdfFile.document`."""
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        if isinstance(subject, ox.Triple):
            return None
        stated = (file.place(subject, predicate, value) for file in self._files_for_places)
        return next((place for place in stated if place), None)

    @property
    def _files_for_places(self) -> tuple[RdfFile, ...]:
        return (*self.data, *self.ontology, *self.shapes)

    def question(self, slug: str) -> QuestionFile | None:
        """The question with that slug."""
        return next((q for q in self.questions if q.slug == slug), None)


def _namespace_of(folder: Path) -> str | None:
    """What the catalogue states for a namespace, before its own relative IRIs can be resolved; None where no
    IRI begins so."""
    raw = read_bytes(folder, _CATALOG) if (folder / _CATALOG).is_file() else b""
    catalog = RdfFile(_CATALOG, raw if isinstance(raw, bytes) else b"", NO_NAMESPACE)
    try:
        stated = catalog.triples
    except RootInvalid:
        return None
    return None if unusable(spaces(stated), Place(_CATALOG)) else stated_namespace(stated)


def _rdf_paths(folder: Path, name: str) -> list[str]:
    found = (path for path in _paths(folder, f"{name}/**/*") if path.lower().endswith(SUFFIXES))
    return [path for path in found if not is_catalog(folder / path)]


def _paths(folder: Path, pattern: str) -> list[str]:
    # An editor may keep a link to nowhere beside a file that it has open.
    found = (path for path in folder.glob(pattern) if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _read(
    folder: Path, paths: Iterable[str], read: Callable[[Path, str], T | Broken], findings: list[Finding]
) -> tuple[T, ...]:
    """The files at some paths; what is broken goes to `findings`."""
    values: list[T] = []
    for path in paths:
        value = read(folder, path)
        if isinstance(value, list):
            findings += value
        else:
            values.append(value)
    return tuple(values)


def _answers_without_question(folder: Path) -> Iterable[Finding]:
    for path in _paths(folder, "ontology/questions/*.csv"):
        if not (folder / path).with_suffix(".rq").is_file():
            yield Finding(
                "questions",
                Place(path),
                "An answer without its question.",
                f"Write the question into {path.removesuffix('.csv')}.rq or remove the answer.",
            )


def _in_memory(path: str) -> bool:
    """Whether what a file says is kept in memory: all but data, which are most of a root."""
    return path == _CATALOG or not path.startswith("data/")
