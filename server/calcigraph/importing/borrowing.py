"""Ontologies and the names of some of their terms in, files with these terms and what they need out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from calcigraph.errors import InputUnreadable, Place
from calcigraph.evaluating import evaluating
from calcigraph.importing.header import Header, header_of
from calcigraph.importing.module import Module, Ontology, module_of
from calcigraph.importing.plan import Planned, as_quads, target
from calcigraph.importing.source import Source
from calcigraph.importing.writer import Importer
from calcigraph.rdf.prefix_table import WELL_KNOWN, merged
from calcigraph.rdf.prefixes import Prefixes
from calcigraph.rdf.serialise import useful_prefixes
from calcigraph.rdf.terms import parse_iri
from calcigraph.rdf.vocabulary import DCTERMS, OBO, OWL, RDF, RDFS
from calcigraph.root import Root

_IMPORTED_FROM = OBO["IAO_0000412"]


class TermMissing(InputUnreadable):
    """A term of which the files say nothing."""

    title = "There is no such term"


def borrowed(
    sources: Sequence[Source],
    root: Root,
    importer: Importer,
    terms: Sequence[str],
    upper: Sequence[str],
    to: str | None,
) -> list[tuple[Source, list[Planned]]]:
    """For each source a file of the root with its part of `terms` (see `module_of`), by default below
    `ontology/imports/`; with those that an earlier import took from it into the same file.

    Raises: TermMissing for a term that stands in none of the sources; TermMalformed, PrefixUnknown,
    TargetUnfit.
    """
    plans = []
    asked_of_all: set[ox.NamedNode] = set()
    for source in sources:
        ontology = Ontology(quad.triple for quad in source.quads)
        asked = {_node(text, root, source, ontology) for text in terms}
        asked_of_all |= asked
        there = asked - set(ontology.missing(asked))
        if not there:
            continue
        path = target(to, source.slug, ".ttl") if to else f"ontology/imports/{source.slug}.ttl"
        former = {ox.NamedNode(iri) for iri in importer.terms_of(path)}
        gone = ontology.missing(former)
        ends = {_node(text, root, source, ontology) for text in upper}
        with evaluating("import", Place(source.name)):
            module = module_of((quad.triple for quad in source.quads), there | (former - set(gone)), ends)
        plans.append((source, [_planned(path, source, module, root, gone)]))
    _refuse_missing(asked_of_all, sources)
    return plans


def _planned(path: str, source: Source, module: Module, root: Root, gone: Iterable[ox.NamedNode]) -> Planned:
    header = header_of(quad.triple for quad in source.quads)
    graph = root.graph(path.removesuffix(".ttl"))
    quads = as_quads({*module.triples, *_head(graph, header, source), *_origins(module, header)})
    table, _ = merged((source.prefixes, root.prefixes, WELL_KNOWN))
    shown = useful_prefixes(quads, table)
    terms = tuple(sorted(node.value for node in module.asked))
    return Planned(path, quads, shown, terms, list(_notes(module, table, gone)))


def _notes(module: Module, prefixes: Prefixes, gone: Iterable[ox.NamedNode]) -> Iterator[str]:
    yield (
        f"{len(module.asked):,} terms with all that is said of them; {len(module.above):,} above them and"
        f" {len(module.used):,} that these use, with kind, labels, definitions and what they stand below"
    )
    if module.left_out:
        yield (
            f"{module.left_out:,} other triples about the latter are left out: name them with --terms to have"
            " them"
        )
    if module.of_others:
        yield (
            f"{module.of_others:,} triples in which other terms say something of those asked for are left"
            " out, such as that they stand below them"
        )
    for node in gone:
        yield f"{prefixes.shrink(node)}, imported before, is not in this version any more and was taken out"


def _head(graph: ox.NamedNode, header: Header, source: Source) -> Iterator[ox.Triple]:
    """What the file says of itself."""
    yield ox.Triple(graph, RDF["type"], OWL["Ontology"])
    name = (
        header.title[0].value if header.title and not isinstance(header.title[0], ox.Triple) else source.name
    )
    yield ox.Triple(graph, RDFS["label"], ox.Literal(f"Terms imported from {name}", language="en"))
    yield ox.Triple(graph, DCTERMS["source"], header.iri or ox.Literal(source.name))
    yield from (ox.Triple(graph, DCTERMS["source"], iri) for iri in header.version_iri)
    yield from (ox.Triple(graph, OWL["versionInfo"], version) for version in header.version)
    yield from (ox.Triple(graph, DCTERMS["license"], value) for value in header.license)


def _origins(module: Module, header: Header) -> Iterator[ox.Triple]:
    """Where each term came from: as OBO says it among OBO's terms, else as Dublin Core does. What says so is
    declared, as OWL 2 DL wants it of each annotation property."""
    if header.iri is None:
        return
    for node in module.terms:
        says = _IMPORTED_FROM if node.value.startswith(OBO.iri) else DCTERMS["source"]
        yield ox.Triple(node, says, header.iri)
        yield ox.Triple(says, RDF["type"], OWL["AnnotationProperty"])


def _node(text: str, root: Root, source: Source, ontology: Ontology) -> ox.NamedNode:
    """The term that a text names: an IRI, or a name with a prefix of the source, of the root, or, where the
    ontology has it, of OBO (`RO:0002233`)."""
    table, _ = merged((source.prefixes, root.prefixes, WELL_KNOWN))
    prefix, colon, local = text.partition(":")
    obo = OBO.iri + f"{prefix}_{local}"
    if colon and prefix.isalpha() and local.isalnum() and ox.NamedNode(obo) in ontology.about:
        return ox.NamedNode(obo)
    return parse_iri(text, table)


def _refuse_missing(asked: set[ox.NamedNode], sources: Sequence[Source]) -> None:
    said = {quad.subject for source in sources for quad in source.quads}
    missing = sorted((node for node in asked if node not in said), key=lambda node: node.value)
    if not missing:
        return
    names = ", ".join(f"<{node.value}>" for node in missing[:3])
    iris = [node.value for node in said if isinstance(node, ox.NamedNode)]
    near = difflib.get_close_matches(missing[0].value, iris, 3)
    files = ", ".join(source.name for source in sources)
    remedy = (
        "Did you mean " + " or ".join(f"<{iri}>" for iri in near) + "?" if near else "Look for its IRI there."
    )
    raise TermMissing(f"{files} says nothing of {names}.", remedy)
