"""Asserted triples and rules in; derived and inferred triples, clashes and proofs out."""

from calcigraph.reasoning.clashes import Clash
from calcigraph.reasoning.construct_rule import ConstructRule
from calcigraph.reasoning.inference import Cache, Change, Inference, infer
from calcigraph.reasoning.limits import LimitMet, Limits
from calcigraph.reasoning.proof import Proof, Proofs
from calcigraph.reasoning.terms import GeneralizedTriple, Statement

__all__ = [
    "Cache",
    "Change",
    "Clash",
    "ConstructRule",
    "GeneralizedTriple",
    "Inference",
    "LimitMet",
    "Limits",
    "Proof",
    "Proofs",
    "Statement",
    "infer",
]
