"""A dataset in, its mappings as an SSSOM/TSV table out (https://mapping-commons.github.io/sssom/).

Each `sssom:Mapping` is a row, each of its SSSOM properties a column; entities are CURIEs, and the
prefixes that they use stand in the metadata block, as the specification asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from calcigraph.edition import Edition
from calcigraph.rdf.terms import Subject, Term
from calcigraph.rdf.vocabulary import RDF

_SSSOM = "https://w3id.org/sssom/"
MAPPING = ox.NamedNode(_SSSOM + "Mapping")
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


@dataclass(frozen=True)
class MappingSet:
    """What is said of the table as a whole: its lasting IRI, what it belongs to and how that is called, its
    licence, who made it and when it was published (a date); "" and none where that is not known.

    See https://mapping-commons.github.io/sssom/MappingSet/.
    """

    iri: str
    provider: str = ""
    title: str = ""
    licence: str = ""
    creators: tuple[ox.NamedNode, ...] = ()
    published: str = ""


def mappings_tsv(edition: Edition, about: MappingSet) -> str:
    """All mappings of the dataset, ordered by subject and object.

    Cost: linear in the mappings.
    """
    rows = sorted(
        (_row(edition, node) for node in edition.subjects(RDF["type"], MAPPING)),
        key=lambda row: (row.get("subject_id", ""), row.get("object_id", "")),
    )
    found = {name for row in rows for name in row}
    columns = [name for name in _FIRST if name in found] + sorted(found - set(_FIRST))
    lines = ["\t".join(columns)]
    lines += ["\t".join(row.get(name, "") for name in columns) for row in rows]
    return "\n".join([*_metadata(edition, about, rows), *lines]) + "\n"


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


def _metadata(edition: Edition, about: MappingSet, rows: Iterable[Row]) -> list[str]:
    """The metadata block, which is YAML, each line behind a `#`; a text in it is written as JSON has it."""
    prefixes = edition.root.prefixes
    creators = [prefixes.shrink(node).strip("<>") for node in about.creators]
    entities = [*creators, *(value for row in rows for value in row.values())]
    used = {entity.partition(":")[0] for entity in entities}
    known = {name: iri for name, iri in prefixes.mapping.items() if name in used}
    stated = {
        "license": about.licence,
        "mapping_set_title": about.title,
        "mapping_provider": about.provider,
        "publication_date": about.published,
        "mapping_set_version": edition.digest,
    }
    return [
        f"#mapping_set_id: {about.iri}",
        *(f"#{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in stated.items() if value),
        *_listed("creator_id", creators),
        *_listed("creator_label", [edition.label(node) for node in about.creators]),
        "#curie_map:",
        *(f'#  {name}: "{iri}"' for name, iri in sorted(known.items())),
    ]


def _listed(name: str, values: list[str]) -> list[str]:
    items = [f"#  - {json.dumps(_flat(value), ensure_ascii=False)}" for value in values]
    return [f"#{name}:", *items] if items else []
