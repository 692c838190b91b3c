"""All texts of the pages that are not from the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Strings:
    """The texts, each named after the place where it stands."""

    skip: str = "Skip to the content"
    navigation: str = "Main"
    nav_front: str = "Start"
    nav_questions: str = "Questions"
    nav_ontology: str = "Ontology"
    nav_query: str = "Query"
    search_label: str = "Search labels, synonyms, identifiers"
    search_placeholder: str = "Name or ID"
    search_button: str = "Search"
    search_title: str = "Search"
    search_none: str = "Nothing is called that here."
    search_hint: str = "Try a shorter word, a prefixed name or a whole IRI."
    search_start: str = "Type a label, a synonym, an identifier, a prefixed name or an IRI."
    search_near: str = "Did you mean one of these?"
    search_found: str = "found, the most exact first"
    search_found_one: str = "found"
    search_first: str = "The first"
    front_answered: str = "One question, answered"
    front_busy: str = "The server is busy; the answer will be here when it has time."
    front_answer_all: str = "The question, its query and all formats of the answer"
    front_questions: str = "Questions that this graph answers"
    front_more_questions: str = "more questions"
    front_use: str = "Use it from elsewhere"
    front_use_text: str = (
        "Each question has an address that answers as data; "
        "so does each IRI of the graph, and so does any query."
    )
    front_use_query: str = "Any query has an address that answers as data."
    front_downloads: str = "Everything at once"
    front_terms: str = "Its terms"
    front_all_terms: str = "all"
    front_examples: str = "Ask it"
    example_classes: str = "Which classes have how many members?"
    example_properties: str = "Which properties are used how often?"
    example_below: str = "What is below"
    example_search: str = "What has a text with"
    example_inferred: str = "What follows that nobody wrote?"
    front_numbers: str = "What is in it"
    front_empty: str = (
        "Nothing is in this graph yet. It is filled by Turtle files in its folders ontology/ and data/, "
        "and data/catalog.ttl says what it is called and how its IRIs begin."
    )
    numbers_propositions: str = "propositions"
    numbers_lines: str = "lines of evidence on them"
    numbers_contested: str = "of them contested"
    numbers_sources: str = "sources"
    numbers_asserted: str = "asserted triples"
    numbers_derived: str = "triples that rules built"
    numbers_inferred: str = "inferred triples"
    numbers_graphs: str = "named graphs"
    numbers_questions: str = "answered questions"
    numbers_shapes: str = "files of shapes, which judge the data and are no part of it"
    literature_until: str = "Literature considered until"
    untitled: str = "A graph without a name"
    licence: str = "Licence"
    question_query: str = "The query"
    question_answer: str = "The answer"
    question_edit: str = "Change the query and run it"
    question_rows_one: str = "1 row"
    question_rows: str = "rows"
    question_more: str = "more rows; see the whole answer"
    question_as: str = "The answer as"
    questions_title: str = "Questions"
    questions_none: str = "This graph has no questions yet."
    questions_lead: str = "Each is a file of the graph: its query beside its whole recorded answer."
    resource_other: str = "Also stated"
    resource_facts: str = "What is stated"
    resource_cut: str = "more of it elsewhere on this page, or in the data"
    resource_aside: str = "Further inferences"
    resource_entailed: str = "more that follow"
    resource_axioms: str = "Axioms with it"
    malformed: str = "malformed"
    expression_cut: str = "shown in part"
    resource_incoming: str = "What links here"
    resource_previous: str = "Previous links"
    resource_next: str = "Next links"
    resource_nanopublication: str = "nanopublication"
    resource_as: str = "As data:"
    resource_links: str = "Links"
    resource_uses: str = "Triples with this property"
    resource_members: str = "Members of this class"
    resource_uses_lead: str = "Examples, taken from the data:"
    cite_title: str = "How to cite"
    cite_work: str = "The work itself"
    cite_page: str = "What stands here about it"
    cite_bibtex: str = "BibTeX"
    use_label: str = "From a program"
    resource_formats: str = "This resource as data"
    resource_graph: str = "A named graph of"
    resource_triples: str = "triples"
    resource_outside: str = "Follow the IRI itself"
    resource_iri: str = "Its IRI"
    resource_why: str = "Why?"
    resource_why_about: str = "Why does this hold?"
    resource_legend: str = (
        "Facts without a mark are asserted in a file. Derived ones were built by a rule of this graph, "
        "inferred ones follow from the axioms of the ontology; each can be asked why."
    )
    deprecated: str = "This term is retired."
    deprecated_instead: str = "Use instead:"
    deprecated_mark: str = "retired"
    standing_derived: str = "derived"
    standing_inferred: str = "inferred"
    openapi_title: str = "Interface for programs"
    openapi_lead: str = (
        "Every address of this server: what it takes and what it sends. Errors are problem documents."
    )
    openapi_base: str = "All below"
    openapi_takes: str = "What it takes"
    openapi_required: str = "needed"
    openapi_example: str = "such as"
    openapi_body: str = "In the body:"
    openapi_sends: str = "It sends"
    openapi_redirects: str = "It leads to the document that is asked for (303)."
    openapi_formats: str = "The same for programs"
    ontology_title: str = "Ontology"
    tree_titles: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType(
            {
                "classes": "Classes",
                "object-properties": "Object properties",
                "datatype-properties": "Datatype properties",
                "annotation-properties": "Annotation properties",
                "properties": "Properties",
                "concepts": "Concepts",
                "collections": "Collections",
                "individuals": "Individuals by class",
                "deprecated": "Retired terms",
            }
        )
    )
    tree_more: str = "more"
    tree_below: str = "below it"
    tree_of: str = "of"
    tree_whole: str = "The whole tree"
    tree_cut: str = "Only a part: too much is below too much for all of it to be shown."
    tree_nothing: str = "Nothing is below it here."
    tree_portions: str = "Portions"
    tree_previous: str = "Previous ones"
    tree_next: str = "Next ones"
    ontology_contents: str = "Contents"
    ontology_profile: str = "What inference makes of it"
    ontology_classify: str = "What a reasoner of OWL 2 DL finds beyond OWL 2 RL:"
    ontology_counts: str = "The number beside a term is that of its members or of the triples that have it."
    ontology_formats: str = "The whole ontology as data"
    mappings: str = "mappings to other vocabularies"
    vocabulary_title: str = "Server vocabulary"
    vocabulary_lead: str = "What the server itself knows about; each root's own properties refine these."
    explanation_title: str = "Why does this hold?"
    explanation_spellings: str = "Queries answer by value. The same value is written in the data as"
    explanation_all: str = "Show every derivation"
    explanation_shortest: str = "Show only the shortest"
    explanation_short: str = "In short: what sources speak about"
    explanation_whole: str = "Step by step"
    explanation_proof: str = "Derivation"
    explanation_incomplete: str = "There are more derivations than are shown."
    explanation_text: str = "The same as text"
    explanation_by_rule: str = "by rule"
    explanation_asserted: str = "asserted in"
    explanation_axioms: str = "Axioms it uses"
    explanation_read: str = "Facts that the rule read"
    explanation_because: str = "because"
    explanation_evidence: str = "What is known about this"
    explanation_contested: str = "contested"
    explanation_retracted: str = "retracted"
    explanation_condition: str = "only"
    explanation_context: str = "context"
    explanation_no_evidence: str = "Nothing is recorded about who says so."
    explanation_formats: str = "This explanation as data"
    explanation_checker: str = "the program that checks proof files"
    explanation_position: str = "position"
    explanation_decision: str = "Decision"
    explanation_basis: str = "on"
    proposition_title: str = "The evidence side by side"
    proposition_condition: str = "only"
    proposition_context: str = "context"
    proposition_grades: str = "Grades"
    proposition_sources: str = "Sources"
    proposition_in: str = "in"
    proposition_line: str = "this line of evidence"
    proposition_more: str = "more; all of them are among what links here."
    proposition_by: str = "Compare by"
    proposition_caption: str = "Lines of evidence by stance"
    proposition_unsaid: str = "not said"
    proposition_nothing: str = "none"
    proposition_to: str = "to"
    proposition_details: str = "All that is recorded of it"
    durations: tuple[tuple[str, str], ...] = (
        ("year", "years"),
        ("month", "months"),
        ("week", "weeks"),
        ("day", "days"),
    )
    works_title: str = "What is told of a work, beside what came out of it"
    works_said: str = "A source says"
    works_work: str = "of the work"
    works_found: str = "which found"
    works_nothing: str = "No result of it is recorded."
    works_elsewhere: str = "None of its results bears on this proposition; these bear on others."
    works_more: str = "more; see the work."
    proposition_decisions: str = "What was decided about it"
    conformance_title: str = "Conformance"
    conformance_lead: str = (
        "What became of the tests that the W3C and others have published for the standards this program "
        "follows. Where a standard is about HTTP, its tests are run over HTTP. Terms are compared as they "
        "are written: the right value in another spelling has failed, and its owner is named."
    )
    conformance_differences: str = "Answered otherwise than by the letter"
    conformance_differences_lead: str = (
        "What the engine cannot have, and what is taken beyond the standard. An error is an expression "
        "without a value; refused is a query with status 400. The reasons stand in "
        "docs/sparql-differences.md."
    )
    conformance_columns: tuple[str, ...] = ("Expression", "By the letter of SPARQL 1.1", "Answered")
    conformance_link: str = "How this program does in the test suites of the standards"
    conformance_totals: str = "Tests by suite and outcome"
    conformance_suite: str = "Suite"
    conformance_tests: str = "Tests"
    conformance_of: str = "of"
    conformance_passed: str = "tests have passed."
    conformance_source: str = "Where the suite comes from"
    conformance_formats: str = "Every test and its outcome as data (EARL)"
    conformance_outcomes: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType(
            {
                "passed": "passed",
                "failed": "failed",
                "cantTell": "undecided",
                "inapplicable": "not applicable",
                "untested": "not tested",
            }
        )
    )
    query_title: str = "Query"
    query_lead: str = "SPARQL 1.1; every graph of the root and what follows from it."
    query_text: str = "Query"
    query_run: str = "Run"
    query_format: str = "Answer as"
    query_format_page: str = "a page"
    query_inference: str = "Inferences"
    query_on: str = "with what is derived and inferred"
    query_off: str = "only what is asserted"
    query_examples: str = "Examples"
    results_title: str = "Answer"
    results_why_empty: str = "Why there is nothing"
    empty_title: str = "Why there is nothing"
    empty_terms: str = "In no triple"
    empty_near: str = "These are in the data"
    empty_values: str = "Some values that it saw"
    results_none: str = "No rows: nothing matches all of the query."
    results_true: str = "Yes"
    results_false: str = "No"
    results_graph: str = "The answer is a graph; here it is in Turtle."
    results_limited: str = "Only the first rows are shown here; take another format for all of them."
    problem_hint: str = "What to do"
    problem_ways: str = "From here:"
    problem_nearest: str = "Did you mean one of these?"
    problem_line: str = "line"
    problem_column: str = "column"
    footer_version: str = "Version of the data"
    footer_formats: str = "VoID"
    footer_licences: str = "Software in these pages"
    footer_conformance: str = "Conformance"
    datatype: str = "datatype"
    blank: str = "a node without a name"
    rules: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType(
            {
                "metadata": "the server says this of the data, and counted them",
                "cax-sco": "what belongs to a class belongs to the classes above it",
                "cax-eqc1": "equivalent classes have the same members",
                "cax-eqc2": "equivalent classes have the same members",
                "cls-hv1": "members of the class have this value",
                "cls-hv2": "what has this value is a member of the class",
                "cls-int1": "what is in all of these classes is in their intersection",
                "cls-int2": "what is in the intersection is in each of the classes",
                "cls-svf1": "what has such a value is a member of the class",
                "cls-uni": "what is in one of these classes is in their union",
                "eq-rep-o": "the same thing under another name",
                "eq-rep-p": "the same property under another name",
                "eq-rep-s": "the same thing under another name",
                "eq-sym": "sameness goes both ways",
                "eq-trans": "what is the same as the same is the same",
                "prp-dom": "only members of the class have this property",
                "prp-eqp1": "equivalent properties hold of the same things",
                "prp-eqp2": "equivalent properties hold of the same things",
                "prp-fp": "the property has one value at most",
                "prp-ifp": "the value belongs to one thing at most",
                "prp-inv1": "the inverse property holds the other way round",
                "prp-inv2": "the inverse property holds the other way round",
                "prp-rng": "only members of the class are values of this property",
                "prp-spo1": "the more general property holds too",
                "prp-spo2": "a chain of properties makes this one",
                "prp-symp": "the property goes both ways",
                "prp-trp": "the property carries on from step to step",
                "scm-sco": "what stands above stands above all below",
                "scm-spo": "what stands above stands above all below",
            }
        )
    )
    http_details: Mapping[int, str] = field(
        default_factory=lambda: MappingProxyType(
            {
                400: "The request cannot be read.",
                404: "There is nothing at this address.",
                405: "This address does not take that method; `Allow` lists those it takes.",
                413: "The request is larger than this server takes.",
                415: "This address does not take a body of that media type.",
                500: "An unexpected error happened here. Report it, with the request and the time.",
            }
        )
    )


STRINGS = Strings()
