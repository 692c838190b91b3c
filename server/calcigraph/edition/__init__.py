"""A root and changes in; editions out: immutable versions of everything that depends on the data.

- `assembly` makes the first edition of a root, or finds it made;
- `edition` is one version, to be asked; `labels` and `search` are what it calls things;
- `writer` makes the next one from a change, and proves what an edition says; `process` runs it apart;
- `change` is what may be asked of it;
- `index`, `writing`, `layout`, `names`, `spellings` and `files` are how editions lie on disk.
"""

from calcigraph.edition.assembly import Assembled, assemble, clash_finding, consistent, construct_rules
from calcigraph.edition.edition import Edition, Facts
from calcigraph.edition.files import EditionCache, EditionFiles
from calcigraph.edition.labels import Labels
from calcigraph.edition.lookups import LookUps, Subject
from calcigraph.edition.names import LABELS
from calcigraph.edition.search import Match, Names

__all__ = [
    "LABELS",
    "Assembled",
    "Edition",
    "EditionCache",
    "EditionFiles",
    "Facts",
    "Labels",
    "LookUps",
    "Match",
    "Names",
    "Subject",
    "assemble",
    "clash_finding",
    "consistent",
    "construct_rules",
]
