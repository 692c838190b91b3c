"""What a file says in, the files of a root that hold it out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final, get_args

import pyoxigraph as ox

from calcigraph.errors import Problem
from calcigraph.importing.placement import Room, placed
from calcigraph.importing.source import Source
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.root.names import nameless

ROOMS: Final = get_args(Room)
_SUFFIXES: Final = (".ttl", ".trig")
# What a root keeps about itself (without the suffix), so that a file which happens to be called so makes way.
_OWN: Final = {"data/catalog", "data/imports", "ontology/prefixes"}


class TargetUnfit(Problem):
    """A place that no file of a root can be written to."""

    title = "Nothing can be written there"


@dataclass(frozen=True)
class Planned:
    """A file that is to be written: its path below the root, its statements and prefixes, the `terms` that it
    was asked for where it is a part of an ontology, and what there is to tell about it."""

    path: str
    quads: frozenset[ox.Quad]
    prefixes: Prefixes
    terms: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


def planned(source: Source, to: str | None) -> list[Planned]:
    """The files that hold all that `source` says: by folder (see `placed`), or the one that `to` names.

    Statements that name graphs go to one file of `data/`, in TriG, as all of them are about what is the case.
    Raises: TargetUnfit.
    """
    has_graphs = any(not isinstance(quad.graph_name, ox.DefaultGraph) for quad in source.quads)
    suffix = ".trig" if has_graphs else ".ttl"
    if to is not None:
        return [Planned(target(to, source.slug, suffix), source.quads, source.prefixes)]
    if has_graphs:
        return [Planned(_path("data", source.slug, suffix), source.quads, source.prefixes)]
    placement = placed(quad.triple for quad in source.quads)
    files = [
        Planned(_path(room, source.slug, suffix), as_quads(triples), source.prefixes)
        for room, triples in placement.rooms.items()
    ]
    if placement.repeated:
        files[-1].notes.append(
            f"{placement.repeated:,} of these triples stand in both files: a class is the target of a shape"
            " of its name only where the shapes say that it is a class (SHACL, section 2.1.3.3)"
        )
    return files


def as_quads(triples: Iterable[ox.Triple]) -> frozenset[ox.Quad]:
    """Triples as statements of the default graph."""
    return frozenset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)


def target(to: str, slug: str, suffix: str) -> str:
    """The path that somebody asked for: a folder, or a file below one that ends in `suffix`.

    Raises: TargetUnfit.
    """
    if to.rstrip("/") in ROOMS:
        return _path(to.rstrip("/"), slug, suffix)
    path = PurePosixPath(to)
    folders = ", ".join(f"{room}/" for room in ROOMS)
    if path.is_absolute() or ".." in path.parts or path.parts[:1] not in {(room,) for room in ROOMS}:
        raise TargetUnfit(f"`{to}` is in no folder of a root.", f"Begin with one of {folders}.")
    if path.suffix not in _SUFFIXES or (path.suffix == ".ttl" and suffix == ".trig"):
        why = "its statements name graphs" if suffix == ".trig" else "files are written as Turtle"
        raise TargetUnfit(f"`{to}` does not end in {suffix}; {why}.", f"Write {path.with_suffix(suffix)}.")
    if path.with_suffix("").as_posix() in _OWN:
        raise TargetUnfit(f"`{to}` is what the root keeps about itself.", "Name another file.")
    wrong = nameless(to)
    if wrong:
        raise TargetUnfit(wrong[0].message, wrong[0].remedy)
    return path.as_posix()


def _path(room: str, slug: str, suffix: str) -> str:
    name = f"{room}/{slug}"
    return f"{name}-file{suffix}" if name in _OWN else f"{name}{suffix}"
