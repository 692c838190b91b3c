"""Triples in, the names under which resources are found out: labels, synonyms, identifiers, ends of IRIs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

import pyoxigraph as ox

from calcigraph.rdf.vocabulary import (
    DC,
    DCTERMS,
    FOAF,
    OBO,
    OBO_IN_OWL,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SCHEMA_HTTP,
    SKOS,
)

LABELS: Final = (
    RDFS["label"],
    SKOS["prefLabel"],
    SCHEMA["name"],
    SCHEMA_HTTP["name"],
    DCTERMS["title"],
    DC["title"],
    FOAF["name"],
)
"""In order of preference; what names a thing differs from one vocabulary to the next."""
DEFINITIONS: Final = (
    OBO["IAO_0000115"],
    SKOS["definition"],
    OBO["IAO_0000600"],
    PROV["definition"],
    RDFS["comment"],
    SCHEMA["description"],
    SCHEMA_HTTP["description"],
    DCTERMS["description"],
    DC["description"],
)
"""What says what a thing is, in order of preference; `IAO_0000115` is OBO's definition, `IAO_0000600` what
OBO says of terms that are too basic to be defined (elucidation)."""
SYNONYMS: Final = (
    SKOS["altLabel"],
    SKOS["hiddenLabel"],
    *(OBO_IN_OWL[f"has{kind}Synonym"] for kind in ("Exact", "Related", "Narrow", "Broad")),
    OBO["IAO_0000118"],
    SCHEMA["alternateName"],
    SCHEMA_HTTP["alternateName"],
    DCTERMS["alternative"],
    FOAF["nick"],
)
IDENTIFIERS: Final = (DCTERMS["identifier"], DC["identifier"], SKOS["notation"], OBO_IN_OWL["id"])
NAMING: Final = frozenset({*LABELS, *SYNONYMS, *IDENTIFIERS, RDF["type"]})
"""The properties of what has a name: their values are names, but for its class, which says that it is a thing
whose IRI is a name, should it have no other."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name: as it is written, as words, and run together ("XR-7" is also found as "xr7")."""

    node: ox.NamedNode
    text: str
    key: str
    compact: str


def names_of(triples: Iterable[ox.Triple]) -> Iterator[Name]:
    """The names that triples with a property of `NAMING` give to their subjects, each once; the end of the
    IRI is one of them."""
    seen: set[tuple[ox.NamedNode, str]] = set()
    for triple in triples:
        node, value = triple.subject, triple.object
        if isinstance(node, ox.NamedNode):
            texts = [value.value] if isinstance(value, ox.Literal) else []
            for text in (*texts, unquote(node.value.rstrip("/#").replace("#", "/").rpartition("/")[2])):
                key = key_of(text)
                if key and (node, key) not in seen:
                    seen.add((node, key))
                    yield Name(node, text, key, compact(key))


def key_of(text: str) -> str:
    """Words in lower case without marks above or below letters; hyphens part them as spaces do, and so does
    what parts a name from its prefix or is written for that (`RO:0002233`, `RO_0002233`)."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[-_:‐‑–]+", " ", plain.casefold()).split())  # noqa: RUF001 - hyphens and dashes


def compact(key: str) -> str:
    """A key without its spaces."""
    return key.replace(" ", "")
