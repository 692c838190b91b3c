"""N-Triples in, the class expressions that the OWL API reads in them out, in its own Manchester syntax.

Run as a script it is the child process of `expressions`: see `owlapi`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import owlapi

Said = list[tuple[str, str, str]]
"""A named class, "sub" or "same", and the expression, each name between angle brackets."""


def expressions(texts: Sequence[str], *, deadline_s: float = 300) -> list[Said]:
    """What each ontology says of its named classes by expressions. Cost: 2 s for the JVM, then some seconds
    for 10,000 triples."""
    answer = owlapi.asked_of(__file__, list(texts), deadline_s)
    found: list[Said] = [[tuple(one) for one in said] for said in answer]
    return found


def _renderer() -> Any:
    import jpype
    from org.semanticweb.owlapi.manchestersyntax.renderer import (
        ManchesterOWLSyntaxOWLObjectRendererImpl,
    )

    @jpype.JImplements("org.semanticweb.owlapi.util.ShortFormProvider")  # type: ignore[untyped-decorator]
    class Whole:
        """Whole IRIs in place of short forms."""

        @jpype.JOverride  # type: ignore[untyped-decorator]
        def getShortForm(self, entity: Any) -> str:  # noqa: N802 - the interface's own name
            return f"<{entity.getIRI()}>"

        @jpype.JOverride  # type: ignore[untyped-decorator]
        def dispose(self) -> None:
            """Nothing is held."""

    renderer = ManchesterOWLSyntaxOWLObjectRendererImpl()
    renderer.setShortFormProvider(Whole())
    return renderer


def _said(text: str, renderer: Any) -> list[list[str]]:
    from org.semanticweb.owlapi.model import AxiomType

    _, ontology, _ = owlapi._load(text)
    found = []
    for axiom in ontology.getAxioms(AxiomType.SUBCLASS_OF):
        if not axiom.getSubClass().isAnonymous() and axiom.getSuperClass().isAnonymous():
            name = str(axiom.getSubClass().asOWLClass().getIRI())
            found.append([name, "sub", str(renderer.render(axiom.getSuperClass()))])
    for axiom in ontology.getAxioms(AxiomType.EQUIVALENT_CLASSES):
        operands = [*axiom.getClassExpressions()]
        named = [one for one in operands if not one.isAnonymous()]
        for one in operands:
            if one.isAnonymous():
                said = str(renderer.render(one))
                found += [[str(name.asOWLClass().getIRI()), "same", said] for name in named]
    return found


if __name__ == "__main__":
    asked = json.loads(sys.stdin.read())
    owlapi._start_jvm()
    rendering = _renderer()
    print(json.dumps([_said(text, rendering) for text in asked]))
