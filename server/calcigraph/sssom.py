"""A dataset in, its mappings as an SSSOM/TSV table out (https://mapping-commons.github.io/sssom/).

Each `sssom:Mapping` is a row, each of its SSSOM properties a column; entities are CURIEs, and the
prefixes that they use stand in the metadata block, as the specification asks.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import DCTERMS, RDF

_SSSOM = "https://w3id.org/sssom/"
# The slots of the SSSOM data model that the tables begin with, in its own order.
_FIRST = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
)
# Slots whose range is an entity: a text there is no reference, and is kept as a comment instead.
_ENTITIES = {"subject_id", "predicate_id", "object_id", "mapping_justification", "mapping_source"}

Row = dict[str, str]


def mappings_tsv(edition: Edition, set_id: str) -> str:
    """All mappings of the dataset, ordered by subject and object; `set_id` is the IRI of the table.

    Cost: linear in the mappings.
    """
    rows = sorted(
        (_row(edition, node) for node in edition.subjects(RDF["type"], ox.NamedNode(_SSSOM + "Mapping"))),
        key=lambda row: (row.get("subject_id", ""), row.get("object_id", "")),
    )
    found = {name for row in rows for name in row}
    columns = [name for name in _FIRST if name in found] + sorted(found - set(_FIRST))
    lines = ["\t".join(columns)]
    lines += ["\t".join(row.get(name, "") for name in columns) for row in rows]
    return "\n".join([*_metadata(edition, set_id, rows), *lines]) + "\n"


def _row(edition: Edition, node: Subject) -> Row:
    row: Row = {}
    comments: list[str] = []
    for triple in sorted(edition.triples(node), key=str):
        name = triple.predicate.value.removeprefix(_SSSOM)
        if not triple.predicate.value.startswith(_SSSOM):
            continue
        if name in _ENTITIES and isinstance(triple.object, ox.Literal):
            comments.append(f"{name}: {triple.object.value}")
        else:
            row[name] = _cell(edition, triple.object)
            if name == "subject_id":
                row["subject_label"] = edition.label(triple.object)
    return {name: _flat(text) for name, text in row.items()} | (
        {"comment": _flat("; ".join(comments))} if comments else {}
    )


def _cell(edition: Edition, term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return edition.root.prefixes.shrink(term).strip("<>")
    return term.value if isinstance(term, ox.Literal) else str(term)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _metadata(edition: Edition, set_id: str, rows: Iterable[Row]) -> list[str]:
    used = {value.partition(":")[0] for row in rows for value in row.values()}
    known = {name: iri for name, iri in edition.root.prefixes.mapping.items() if name in used}
    licences = sorted(
        {
            t.object.value
            for t in edition.triples(None, DCTERMS["license"])
            if isinstance(t.object, ox.NamedNode)
        }
    )
    return [
        f"#mapping_set_id: {set_id}",
        *(f"#license: {licence}" for licence in licences[:1]),
        f'#mapping_set_version: "{edition.digest}"',
        "#curie_map:",
        *(f'#  {name}: "{iri}"' for name, iri in sorted(known.items())),
    ]
