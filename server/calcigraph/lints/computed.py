"""The built-in lints that are no query: each with its texts and what finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from calcigraph.lints import (
    alien_classes,
    emptiness_of_classes,
    headers,
    hierarchy,
    iris,
    lists,
    literals,
    term_names,
)
from calcigraph.lints.hit import Hit, Rule
from calcigraph.lints.own_names import OwnNames
from calcigraph.lints.statements import Statements

Find = Callable[[Statements, OwnNames], Iterator[Hit]]
COMPUTED: Final[Mapping[Rule, Find]] = MappingProxyType(
    {
        emptiness_of_classes.UNSATISFIABLE: emptiness_of_classes.unsatisfiable,
        alien_classes.ALIEN: alien_classes.aliens,
        hierarchy.CLASSES_IN_CIRCLE: hierarchy.class_circles,
        hierarchy.PROPERTIES_IN_CIRCLE: hierarchy.property_circles,
        hierarchy.CONCEPTS_IN_CIRCLE: hierarchy.concept_circles,
        lists.BROKEN: lists.broken,
        literals.ILL_TYPED: literals.ill_typed,
        literals.NO_URI: literals.no_uris,
        literals.UNKNOWN_LANGUAGE: literals.unknown_languages,
        literals.CARDINALITY: literals.cardinalities,
        literals.CARDINALITY_TYPE: literals.cardinality_types,
        term_names.NO_TERM: term_names.unknown_terms,
        term_names.NEAR_TERM: term_names.unfamiliar_terms,
        term_names.NAMESPACE: term_names.misspelt_namespaces,
        term_names.SYNTAX_NAME: term_names.syntax_names,
        term_names.SCHEMA_MIXED: term_names.mixed_schema,
        term_names.OWN_SPELT: term_names.misspelt_own,
        term_names.OWN_SPACE: term_names.misspelt_space,
        term_names.UNDECLARED: term_names.undeclared,
        iris.OF_FILE: iris.of_files,
        iris.WITHOUT_HOST: iris.without_host,
        iris.WITH_BLANK: iris.with_blanks,
        iris.ABBREVIATED: iris.abbreviated,
        headers.LOST: headers.lost,
        headers.NONE: headers.missing,
        headers.DOUBLED: headers.doubled,
        headers.TWICE: headers.in_two_files,
        headers.OTHER_GRAPH: headers.of_other_file,
    }
)
