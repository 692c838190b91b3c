"""Triples of an ontology in; what a reasoner of OWL 2 DL or EL finds of its classes out.

The reasoners are ELK and HermiT, by the OWL API (`java_process`): Java, which comes with the optional extra
`classify` and runs in a process of its own, ended when its time is over. Nothing of it is imported here.

- `classifier` asks that process, and says what is missing;
- `classified` is what it answers;
- `against_rl` sets it beside what OWL 2 RL found, as findings at files and lines.
"""

from calcigraph.classification.against_rl import classification_findings
from calcigraph.classification.classified import Classified, ReasonerAsked
from calcigraph.classification.classifier import classify, require

__all__ = [
    "Classified",
    "ReasonerAsked",
    "classification_findings",
    "classify",
    "require",
]
