"""A root and changes in; editions out: immutable versions of everything that depends on the data.

- `assembly` makes the first edition of a root, or finds it made;
- `axiom_findings` says which axioms OWL 2 RL does not reason with;
- `clash_findings` says of a contradiction what an editor has to know;
- `edition` is one version, to be asked; `labels`, `languages` and `search` are what it calls things;
- `writer` makes the next one from a change, and proves what an edition says; `process` runs it apart;
- `change` is what may be asked of it;
- `deprecation` is how the data say that a term is not to be used any more;
- `near_terms` is what may have been meant by an IRI that it does not have;
- `index`, `writing`, `layout`, `names`, `spellings` and `files` are how editions lie on disk.
"""

from calcigraph.edition.assembly import Assembled, assemble, consistent
from calcigraph.edition.change import Change, ChangeRefused
from calcigraph.edition.clash_findings import clash_finding
from calcigraph.edition.deprecation import DEPRECATING, deprecates
from calcigraph.edition.edition import Edition
from calcigraph.edition.edition_facts import EditionFacts
from calcigraph.edition.files import EditionCache, EditionFiles, WorkFolder
from calcigraph.edition.labels import Labels
from calcigraph.edition.languages import PAGE_LANGUAGE, Languages
from calcigraph.edition.lookups import LookUps
from calcigraph.edition.names import DEFINITIONS, LABELS, SYNONYMS
from calcigraph.edition.near_terms import near_iris
from calcigraph.edition.rules import construct_rules
from calcigraph.edition.search import Match, Names
from calcigraph.edition.writer import ChangeOutcome, EditionPassed, Writer

__all__ = [
    "DEFINITIONS",
    "DEPRECATING",
    "LABELS",
    "PAGE_LANGUAGE",
    "SYNONYMS",
    "Assembled",
    "Change",
    "ChangeOutcome",
    "ChangeRefused",
    "Edition",
    "EditionCache",
    "EditionFacts",
    "EditionFiles",
    "EditionPassed",
    "Labels",
    "Languages",
    "LookUps",
    "Match",
    "Names",
    "WorkFolder",
    "Writer",
    "assemble",
    "clash_finding",
    "consistent",
    "construct_rules",
    "deprecates",
    "near_iris",
]
