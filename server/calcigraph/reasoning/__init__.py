"""Asserted triples and rules in; derived and inferred triples, clashes and proofs out.

The rooms inside, each using those below it only (`tests/test_layers.py` holds the order):

- `inference` is the whole: asserted triples in, everything that follows out, kept up to date;
- `engines` closes, with the builtin engine, with owlrl, or not at all;
- `outside_rl` names the axioms that OWL 2 RL does not reason with;
- `clashes` finds what contradicts the ontology;
- `maintenance` brings a closure up to date with changed facts;
- `proofs` finds proofs, and checks each step a second time;
- `closure` is how facts follow from facts until nothing new does;
- `constructs` keeps what the root's CONSTRUCT rules build, and `queries` reads their text;
- `rules` are the W3C's, and what the compiler makes of them with a schema;
- `facts` are sorted columns of numbers, one for each predicate and class;
- `terms` are what the numbers stand for, and the values of literals;
- `limits` bounds all of it.

Each name of the door is imported when it is first asked for: whoever shows a proof waits for no array.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from calcigraph.reasoning.clashes import Clash
    from calcigraph.reasoning.inference import Cache, Consequences, Inference, infer
    from calcigraph.reasoning.limits import LimitMet, Limits
    from calcigraph.reasoning.outside_rl import AxiomUse, OutsideKind, axiom_use
    from calcigraph.reasoning.proofs.checking import check_proof, check_step
    from calcigraph.reasoning.proofs.proof import Proof, Proofs, StepWrong, leaves_first
    from calcigraph.reasoning.queries.rule import ConstructRule, RuleRefused
    from calcigraph.reasoning.terms.statements import GeneralizedTriple, Statement

__all__ = [
    "AxiomUse",
    "Cache",
    "Clash",
    "Consequences",
    "ConstructRule",
    "GeneralizedTriple",
    "Inference",
    "LimitMet",
    "Limits",
    "OutsideKind",
    "Proof",
    "Proofs",
    "RuleRefused",
    "Statement",
    "StepWrong",
    "axiom_use",
    "check_proof",
    "check_step",
    "infer",
    "leaves_first",
]

# Where each name stands, by module.
_HOMES = {
    "clashes": ("Clash",),
    "inference": ("Cache", "Consequences", "Inference", "infer"),
    "limits": ("LimitMet", "Limits"),
    "outside_rl": ("AxiomUse", "OutsideKind", "axiom_use"),
    "proofs.checking": ("check_proof", "check_step"),
    "proofs.proof": ("Proof", "Proofs", "StepWrong", "leaves_first"),
    "queries.rule": ("ConstructRule", "RuleRefused"),
    "terms.statements": ("GeneralizedTriple", "Statement"),
}


def __getattr__(name: str) -> object:
    """A name of the door, imported from its home."""
    for home, names in _HOMES.items():
        if name in names:
            globals()[name] = found = getattr(import_module(f"{__name__}.{home}"), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
