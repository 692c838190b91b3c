"""The terms of SHACL, each with what its values have to be (SHACL sections 2 to 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from calcigraph.rdf.vocabulary import SH


@dataclass(frozen=True)
class ShapeParameter:
    """What is asked of the values of a property of shapes: their kind, whether there is one at most, and
    whether it stands on property shapes alone."""

    kind: str
    single: bool = False
    on_paths_only: bool = False
    section: str = ""


_ONE = True
# By the local name of the property. The kinds are those of `value_kinds`.
PARAMETERS: Final = {
    "targetNode": ShapeParameter("an IRI or a literal", section="2.1.3.1"),
    "targetClass": ShapeParameter("an IRI", section="2.1.3.2"),
    "targetSubjectsOf": ShapeParameter("an IRI", section="2.1.3.4"),
    "targetObjectsOf": ShapeParameter("an IRI", section="2.1.3.5"),
    "severity": ShapeParameter("an IRI", _ONE, section="2.1.4"),
    "message": ShapeParameter("a text", section="2.1.5"),
    "deactivated": ShapeParameter("true or false", _ONE, section="2.1.6"),
    "class": ShapeParameter("an IRI", section="4.1.1"),
    "datatype": ShapeParameter("an IRI", _ONE, section="4.1.2"),
    "nodeKind": ShapeParameter("a kind of node", _ONE, section="4.1.3"),
    "minCount": ShapeParameter("a whole number", _ONE, True, "4.2.1"),
    "maxCount": ShapeParameter("a whole number", _ONE, True, "4.2.2"),
    "minExclusive": ShapeParameter("a literal", _ONE, section="4.3.1"),
    "minInclusive": ShapeParameter("a literal", _ONE, section="4.3.2"),
    "maxExclusive": ShapeParameter("a literal", _ONE, section="4.3.3"),
    "maxInclusive": ShapeParameter("a literal", _ONE, section="4.3.4"),
    "minLength": ShapeParameter("a whole number", _ONE, section="4.4.1"),
    "maxLength": ShapeParameter("a whole number", _ONE, section="4.4.2"),
    "pattern": ShapeParameter("a string", section="4.4.3"),
    "flags": ShapeParameter("a string", _ONE, section="4.4.3"),
    "languageIn": ShapeParameter("a list of strings", _ONE, section="4.4.4"),
    "uniqueLang": ShapeParameter("true or false", _ONE, True, "4.4.5"),
    "equals": ShapeParameter("an IRI", section="4.5.1"),
    "disjoint": ShapeParameter("an IRI", section="4.5.2"),
    "lessThan": ShapeParameter("an IRI", False, True, "4.5.3"),
    "lessThanOrEquals": ShapeParameter("an IRI", False, True, "4.5.4"),
    "not": ShapeParameter("a shape", section="4.6.1"),
    "and": ShapeParameter("a list of shapes", section="4.6.2"),
    "or": ShapeParameter("a list of shapes", section="4.6.3"),
    "xone": ShapeParameter("a list of shapes", section="4.6.4"),
    "node": ShapeParameter("a node shape", section="4.7.1"),
    "property": ShapeParameter("a property shape", section="4.7.2"),
    "qualifiedValueShape": ShapeParameter("a shape", _ONE, True, "4.7.3"),
    "qualifiedMinCount": ShapeParameter("a whole number", _ONE, True, "4.7.3"),
    "qualifiedMaxCount": ShapeParameter("a whole number", _ONE, True, "4.7.3"),
    "qualifiedValueShapesDisjoint": ShapeParameter("true or false", _ONE, True, "4.7.3"),
    "closed": ShapeParameter("true or false", _ONE, section="4.8.1"),
    "ignoredProperties": ShapeParameter("a list of IRIs", _ONE, section="4.8.1"),
    "hasValue": ShapeParameter("anything", section="4.8.2"),
    "in": ShapeParameter("a list", _ONE, section="4.8.3"),
    "sparql": ShapeParameter("a constraint", section="5.1"),
    "name": ShapeParameter("a text", section="2.3.2.1"),
    "description": ShapeParameter("a text", section="2.3.2.1"),
    "order": ShapeParameter("anything", _ONE, section="2.3.2.2"),
    "group": ShapeParameter("anything", section="2.3.2.3"),
    "defaultValue": ShapeParameter("anything", section="2.3.2.4"),
    "path": ShapeParameter("a path", _ONE, section="2.3.1"),
}
# The other properties and classes of the Recommendation.
_OTHERS: Final = (
    *("inversePath", "alternativePath", "zeroOrMorePath", "zeroOrOnePath", "oneOrMorePath"),
    *("select", "ask", "prefixes", "declare", "prefix", "namespace", "parameter", "optional"),
    *("labelTemplate", "validator", "nodeValidator", "propertyValidator", "construct", "update"),
    *("shapesGraph", "suggestedShapesGraph", "entailment", "shapesGraphWellFormed"),
    *("conforms", "result", "detail", "focusNode", "value", "resultPath", "resultMessage", "resultSeverity"),
    *("sourceShape", "sourceConstraint", "sourceConstraintComponent"),
    *("Shape", "NodeShape", "PropertyShape", "PropertyGroup", "Parameter", "Parameterizable", "Validator"),
    *("ConstraintComponent", "SPARQLConstraint", "SPARQLAskValidator", "SPARQLSelectValidator"),
    *("SPARQLExecutable", "SPARQLAskExecutable", "SPARQLSelectExecutable", "SPARQLConstructExecutable"),
    *("SPARQLUpdateExecutable", "PrefixDeclaration", "ValidationReport", "ValidationResult"),
    *("AbstractResult", "ResultAnnotation", "resultAnnotation", "annotationProperty", "annotationValue"),
    *("annotationVarName", "Severity", "Violation", "Warning", "Info", "NodeKind", "IRI", "BlankNode"),
    *("Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"),
)
# What SHACL has outside of the Recommendation and no engine here looks at: Advanced Features (rules, targets
# by query, functions, expressions), JavaScript, and SHACL 1.2.
NOT_LOOKED_AT: Final = frozenset(
    (
        *("rule", "Rule", "TripleRule", "SPARQLRule", "condition", "subject", "predicate", "object", "this"),
        *("target", "Target", "TargetType", "SPARQLTarget", "SPARQLTargetType", "JSTarget", "JSTargetType"),
        *("Function", "SPARQLFunction", "JSFunction", "returnType", "expression", "ExpressionConstraint"),
        *(
            "filterShape",
            "nodes",
            "intersection",
            "union",
            "minus",
            "distinct",
            "if",
            "then",
            "else",
            "exists",
        ),
        *("js", "jsFunctionName", "jsLibrary", "jsLibraryURL", "JSConstraint", "JSValidator", "JSLibrary"),
        *("JSRule", "JSExecutable", "values", "targetWhere", "shape", "ShapeClass", "ByTypes", "singleLine"),
        *("memberShape", "minListLength", "maxListLength", "uniqueMembers", "reifierShape", "subsetOf"),
        *(
            "reificationRequired",
            "someValue",
            "rootClass",
            "uniqueValuesFor",
            "nodeByExpression",
            "codeIdentifier",
        ),
        *("agentInstruction", "ShapesGraph", "unit", "count", "groupConcat", "max", "min", "sum", "orderBy"),
        *("asc", "desc", "limit", "offset", "values", "defaultPrefix"),
    )
)
KNOWN: Final = frozenset(
    {
        *PARAMETERS,
        *_OTHERS,
        *(
            f"{name[:1].upper()}{name[1:]}ConstraintComponent"
            for name in (*PARAMETERS, "qualifiedMinCount", "qualifiedMaxCount", "sPARQL")
        ),
        *(
            f"{name}ConstraintComponent-{parameter}"
            for name in ("Pattern",)
            for parameter in ("flags", "pattern")
        ),
    }
)
NODE_KINDS: Final = frozenset(
    SH[name]
    for name in ("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
)
# What goes to the engine of SHACL Core: nothing that means something to it alone.
CORE: Final = frozenset(SH[name] for name in (*PARAMETERS, *_OTHERS[:5]) if name != "sparql")
# What one parameter says is nothing without these.
TOGETHER: Final = (
    frozenset(SH[n] for n in ("pattern", "flags")),
    frozenset(SH[n] for n in ("closed", "ignoredProperties")),
    frozenset(
        SH[n]
        for n in (
            *("qualifiedValueShape", "qualifiedMinCount", "qualifiedMaxCount"),
            "qualifiedValueShapesDisjoint",
        )
    ),
)
