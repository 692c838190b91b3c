"""Files that are planned in; a root with them, and a record of where they came from, out.

Nothing is overwritten but what an earlier import made and nobody has changed since, and all files are written
or none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from calcigraph.errors import InputUnreadable, Place
from calcigraph.evaluating import evaluating
from calcigraph.importing import record
from calcigraph.importing.header import Header, header_of
from calcigraph.importing.plan import Planned, as_quads
from calcigraph.importing.record import Record
from calcigraph.importing.source import Source
from calcigraph.importing.staging import Staging
from calcigraph.rdf.canonical import canonical
from calcigraph.rdf.prefix_table import WELL_KNOWN, merged
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.serialise import useful_prefixes
from calcigraph.rdf.trig import write_trig
from calcigraph.root import Root


class WouldOverwrite(InputUnreadable):
    """A file that is there, and that no import made or somebody has changed since."""

    title = "A file is in the way"


@dataclass(frozen=True)
class Written:
    """A file that an import wrote, or found to be so already; `is_copy` is whether it has the bytes of its
    source."""

    planned: Planned
    record: Record
    is_new: bool
    is_copy: bool


class Importer:
    """A root in which files are imported: what it has and what an earlier import made of it."""

    def __init__(self, root: Root, date: str, *, force: bool = False, mark: str = "") -> None:
        """Raises: WouldOverwrite where the record of earlier imports cannot be read."""
        self._root = root
        self._date = date
        self._force = force
        self._mark = mark
        self._base = root.graph("").value
        self._records = _records(root.folder, self._base)
        self._files = (*root.ontology, *root.data, *root.shapes)

    def terms_of(self, path: str) -> tuple[str, ...]:
        """The terms that an earlier import was asked for in a file."""
        return self._records[path].terms if path in self._records else ()

    def write(
        self, sources: Sequence[tuple[Source, Sequence[Planned]]], *, as_they_are: bool = False
    ) -> list[tuple[Source, Header, list[Written]]]:
        """Write all that is planned, and the record of it.

        With `as_they_are`, a source that is Turtle and goes to one file keeps its bytes. Raises:
        WouldOverwrite, WrittenWrong, EnvironmentProblem; then nothing is changed.
        """
        _refuse_twins(sources)
        done = []
        with Staging(self._root.folder, self._mark) as staging:
            for source, files in sources:
                header = header_of(quad.triple for quad in source.quads)
                keeps = as_they_are and source.is_turtle and len(files) == 1
                written = [self._stage(staging, source, header, file, keeps) for file in files]
                done.append((source, header, written))
            self._stage_record(staging, [one.record for _, _, written in done for one in written])
            staging.commit()
        return done

    def _stage(self, staging: Staging, source: Source, header: Header, file: Planned, keeps: bool) -> Written:
        with evaluating("import", Place(source.name)):
            quads = canonical(file.quads)
        data = source.data if keeps else self._text(quads, file)
        digest = hashlib.sha256(data).hexdigest()
        made = Record(
            file.path, digest, source.name, source.digest, *_of_header(header), self._date, file.terms
        )
        before = self._records.get(file.path)
        if before is not None and replace(made, date=before.date) == before:
            made = before
        is_new = self._judge(file.path, digest, source)
        if is_new:
            with evaluating("import", Place(source.name)):
                staging.add(file.path, data, quads)
        return Written(file, made, is_new, keeps)

    def _text(self, quads: set[ox.Quad], file: Planned) -> bytes:
        """With the prefixes that the file has already, so that a program which calls them otherwise changes
        no line, and those of the source; of the root's and the well-known ones with those of use."""
        prefixes, _ = merged((self._prefixes_of(file.path), file.prefixes))
        table, _ = merged((prefixes, self._root.prefixes, WELL_KNOWN))
        useful = useful_prefixes(quads, table)
        return write_trig(quads, merged((prefixes, useful))[0]).encode()

    def _prefixes_of(self, path: str) -> Prefixes:
        found = [file for file in self._files if file.path == path and not file.findings]
        return Prefixes.of_file(found[0].prefixes) if found else Prefixes()

    def _judge(self, path: str, digest: str, source: Source) -> bool:
        """Whether a file has to be written; it need not where it is so already. Raises: WouldOverwrite."""
        for other in self._same_graph(path):
            raise WouldOverwrite(
                f"{other} makes the graph that {path} would make.",
                f"Remove {other}, or name another file with --to.",
                Place(path),
            )
        goal = self._root.folder / path
        if goal.is_dir():
            raise WouldOverwrite(f"{path} is a folder.", "Name another file with --to.", Place(path))
        if not goal.exists():
            return True
        found = hashlib.sha256(goal.read_bytes()).hexdigest()
        if found == digest:
            return False
        before = self._records.get(path)
        if self._force or (before is not None and before.written == found):
            return True
        why = "has been changed since it was imported" if before else "is there, and no import made it"
        raise WouldOverwrite(
            f"{path} {why}.",
            f"Write what is yours into a file of its own, name another one for {source.name} with --to, or"
            " overwrite it with --force.",
            Place(path),
        )

    def _same_graph(self, path: str) -> Iterator[str]:
        """Other files of the root whose graph has the name that this one's has."""
        for file in self._files:
            if file.path != path and file.name == path.rpartition(".")[0]:
                yield file.path

    def _stage_record(self, staging: Staging, made: Iterable[Record]) -> None:
        records = self._records | {one.path: one for one in made}
        quads = canonical(as_quads(record.to_triples(records.values(), self._base)))
        table, _ = merged((self._root.prefixes, WELL_KNOWN))
        data = (_HEAD + write_trig(quads, useful_prefixes(quads, table))).encode()
        goal = self._root.folder / record.PATH
        if not goal.exists() or goal.read_bytes() != data:
            staging.add(record.PATH, data, quads)


_HEAD: Final = """\
# Where imported files came from. `calcigraph import` writes this file, and overwrites with its help only what
# it made itself: edit others.

"""


def _refuse_twins(sources: Iterable[tuple[Source, Sequence[Planned]]]) -> None:
    """Raises: WouldOverwrite where two files would go to one, or make one graph."""
    homes: dict[str, Source] = {}
    for source, files in sources:
        for file in files:
            other = homes.setdefault(file.path.rpartition(".")[0], source)
            if other is not source:
                raise WouldOverwrite(
                    f"{other.name} and {source.name} would both become {file.path}.",
                    "Rename one of them, or import it by itself with --to.",
                    Place(source.name),
                )


def _of_header(header: Header) -> tuple[str, str, str]:
    """The ontology, its version as an IRI and as a text."""
    return (
        header.iri.value if header.iri is not None else "",
        next((term.value for term in header.version_iri if isinstance(term, ox.NamedNode)), ""),
        header.release if header.version else "",
    )


def _records(folder: Path, base: str) -> dict[str, Record]:
    path = folder / record.PATH
    if not path.exists():
        return {}
    try:
        said = frozenset(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))
    except (SyntaxError, ValueError, OSError):
        raise WouldOverwrite(
            "The record of earlier imports cannot be read.",
            "Mend it, as `calcigraph check` says, or remove it; then nothing counts as imported.",
            Place(record.PATH),
        ) from None
    triples = [quad.triple for quad in said]
    records = record.from_triples(triples)
    # Where the root has got another namespace since, the record still speaks of the former one.
    former = record.graph_base_of(triples) or base
    if canonical(said) != canonical(as_quads(record.to_triples(records.values(), former))):
        raise WouldOverwrite(
            "It says something else than what was imported, which would be lost.",
            "Move that to a file of another name.",
            Place(record.PATH),
        )
    return records
