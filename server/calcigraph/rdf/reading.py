"""RDF files in any format in, their triples and prefixes out; what is broken names file and line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from calcigraph.errors import InputUnreadable, Place
from calcigraph.rdf.formats import by_path
from calcigraph.rdf.native_formats import NATIVE_GRAPHS
from calcigraph.rdf.prefixes import Prefixes


class FileMalformed(InputUnreadable):
    """A file that is not what its suffix says."""

    title = "The file cannot be read"


@dataclass(frozen=True)
class Reading:
    """The triples of some files, graph names left out, and the prefixes that they declared, as far as they
    are written here (see `Prefixes.of_file`)."""

    triples: frozenset[ox.Triple]
    prefixes: Prefixes


def read_files(paths: Iterable[Path]) -> Reading:
    """Parse the files, each by its suffix; blank nodes of two files stay apart.

    Cost: about half a million triples a second. Raises: FormatUnknown, FileMalformed.
    """
    triples: set[ox.Triple] = set()
    prefixes: dict[str, str] = {}
    for path in paths:
        try:
            parser = ox.parse(
                path=str(path),
                format=NATIVE_GRAPHS[by_path(path).key],
                rename_blank_nodes=True,
                base_iri=path.resolve().as_uri(),
            )
            triples.update(quad.triple for quad in parser)
        except OSError as error:
            raise FileMalformed(
                f"It cannot be read: {error.strerror}.", "Let this program read it.", Place(path.name)
            ) from None
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 0
            detail = str(getattr(error, "msg", error))
            raise FileMalformed(
                detail.rstrip(".") + ".", "Mend the file there.", Place(path.name, line)
            ) from None
        prefixes |= parser.prefixes
    return Reading(frozenset(triples), Prefixes.of_file(prefixes))
