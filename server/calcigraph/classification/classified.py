"""What a classification asks and answers, as values."""

from __future__ import annotations

from dataclasses import dataclass

from calcigraph.settings import ClassifierName

Subsumption = tuple[str, str]
"""The IRIs of a class and of one that it is below."""


@dataclass(frozen=True)
class ReasonerAsked:
    """Which reasoner is asked, how long it may take and how much memory it may have."""

    name: ClassifierName
    limit_s: float
    memory_mib: int = 4096


@dataclass(frozen=True)
class Axiom:
    """An axiom of a justification: in functional syntax, the IRI that it begins with, and all IRIs in it."""

    text: str
    subject: str
    signature: frozenset[str]


@dataclass(frozen=True)
class Unsatisfiable:
    """A class that can have no member; the axioms that make it so, no one of which can be left out. There
    are none where others come first, or the time was over."""

    iri: str
    axioms: tuple[Axiom, ...]


@dataclass(frozen=True)
class Classified:
    """What a reasoner found. Where the ontology is `inconsistent` nothing else is known: all follows."""

    inconsistent: bool
    axioms: tuple[Axiom, ...]
    """Why it is inconsistent, as far as that was found out."""
    unsatisfiable: tuple[Unsatisfiable, ...]
    subsumptions: frozenset[Subsumption]
    """Of every class with a name that may have members, the classes with names above it but owl:Thing."""
    unread: int
    """Triples that the OWL API could not read as part of an axiom."""
    passed_over: int
    """Axioms of which the reasoner passes over a part at least, as they are outside its profile."""
    seconds: float
