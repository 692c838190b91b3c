"""What an import did in, lines that tell it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calcigraph.importing.header import Header
from calcigraph.importing.source import Source
from calcigraph.importing.writer import Written


def lines_of(source: Source, header: Header, written: Sequence[Written]) -> Iterator[str]:
    """What was read, where it stands now, and what could not be kept."""
    about = [f"{len(source.quads):,} triples", _called(source)]
    about += [f"<{header.iri.value}>"] if header.iri is not None else []
    about += [_version(header.release)] if header.release else []
    yield f"{source.name}: {', '.join(about)}, SHA-256 {source.digest[:12]}…"
    for one in written:
        state = (", copied as it is" if one.is_copy else "") + ("" if one.is_new else ", as it was")
        yield f"  {one.planned.path}: {len(one.planned.quads):,} triples{state}"
        yield from (f"    {note}" for note in one.planned.notes)
    yield from (f"  {note}" for note in _lost(source, all(one.is_copy for one in written)))


def _called(source: Source) -> str:
    return source.form.w3c.replace("_", "/")


def _version(release: str) -> str:
    return release if release.lower().startswith("version") else f"version {release}"


def _lost(source: Source, is_copied: bool) -> Iterator[str]:
    if source.comments and not is_copied:
        yield f"{source.comments:,} comments are not kept: triples have none"
    if source.is_misnamed:
        yield f"it was read as {_called(source)}, which it is, whatever its name says"
    if source.is_guessed:
        yield f"its relative IRIs were read against <{source.base}>; --base names another one"
    if source.unwritten:
        listed = ", ".join(f"{prefix}:" for prefix in source.unwritten)
        yield f"its prefixes {listed} are not declared, as they are not made of ASCII letters"
