"""Asserted triples and rules in; derived and inferred triples, clashes and proofs out.

The rooms inside, each using those below it only (`tests/test_layers.py` holds the order):

- `inference` is the whole: asserted triples in, everything that follows out, kept up to date;
- `engines` closes, with the builtin engine, with owlrl, or not at all;
- `clashes` finds what contradicts the ontology;
- `maintenance` brings a closure up to date with changed facts;
- `proofs` finds proofs, and checks each step a second time;
- `closure` is how facts follow from facts until nothing new does;
- `constructs` keeps what the root's CONSTRUCT rules build, and `queries` reads their text;
- `rules` are the W3C's, and what the compiler makes of them with a schema;
- `facts` are sorted columns of numbers, one for each predicate and class;
- `terms` are what the numbers stand for, and the values of literals;
- `limits` bounds all of it.
"""

from calcigraph.reasoning.clashes import Clash
from calcigraph.reasoning.inference import Cache, Consequences, Inference, infer
from calcigraph.reasoning.limits import LimitMet, Limits
from calcigraph.reasoning.proofs.checking import StepWrong, check_proof, check_step
from calcigraph.reasoning.proofs.proof import Proof, Proofs
from calcigraph.reasoning.queries.rule import ConstructRule, RuleRefused
from calcigraph.reasoning.terms.statements import GeneralizedTriple, Statement

__all__ = [
    "Cache",
    "Clash",
    "Consequences",
    "ConstructRule",
    "GeneralizedTriple",
    "Inference",
    "LimitMet",
    "Limits",
    "Proof",
    "Proofs",
    "RuleRefused",
    "Statement",
    "StepWrong",
    "check_proof",
    "check_step",
    "infer",
]
