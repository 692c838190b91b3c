"""Queries and updates of a text in, their nodes out (SPARQL 1.1, section 19.8, from QueryUnit and
UpdateUnit on)."""

from __future__ import annotations

from typing import Final

from calcigraph.sparql.pattern_parser import PatternParser
from calcigraph.sparql.token_stream import END
from calcigraph.sparql.tree import (
    ChangeData,
    DatasetClause,
    Declaration,
    Described,
    Group,
    Iri,
    ManageGraph,
    Modify,
    Node,
    Prologue,
    Quads,
    QuadsOfGraph,
    Query,
    Star,
    Template,
    TriplesBlock,
    Update,
    UpdateOperation,
)

_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_MANAGING: Final = ("LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY")
_CHANGING: Final = ("INSERT", "DELETE", "WITH")
UPDATES: Final = frozenset((*_MANAGING, "INSERT", "DELETE"))


class QueryParser(PatternParser):
    """Whole texts."""

    def query(self) -> Query:
        """The query that the text is. Raises: SparqlMalformed, SparqlTooDeep."""
        prologue, start = self._prologue(), self.start
        if not self.is_word(*_FORMS):
            raise self.unexpected(*_FORMS)
        form = self.value
        head: Node | None = None
        where: Group | None = None
        if form == "SELECT":
            head = self.select_clause()
        else:
            self.advance()
            head = self._described() if form == "DESCRIBE" else None
        if form == "CONSTRUCT" and self.is_mark("{"):
            head = self._template()
        datasets = self._datasets("FROM")
        if form == "CONSTRUCT" and head is None:
            where = self._where_of_triples()
        elif form != "DESCRIBE" or self.is_word("WHERE") or self.is_mark("{"):
            where = self.where()
        modifiers = self.modifiers()
        values = self.values()
        self._expect_end()
        return Query(
            min(prologue.start, start), self.last, prologue, form, head, datasets, where, modifiers, values
        )

    def update(self) -> Update:
        """The update that the text is. Raises: SparqlMalformed, SparqlTooDeep."""
        start, parts = self.start, list[Node]()
        while True:
            prologue = self._prologue()
            if prologue.declarations:
                parts.append(prologue)
            if self.kind == END:
                break
            parts.append(self._operation())
            if not self.take_mark(";"):
                break
        self._expect_end()
        return Update(start, max(start, self.last), tuple(parts))

    def _expect_end(self) -> None:
        if self.kind != END:
            raise self.unexpected("the end")

    def _prologue(self) -> Prologue:
        start, found = self.start, []
        while self.is_word("BASE", "PREFIX", "VERSION"):
            found.append(self._declaration())
        return Prologue(start, self.last if found else start, tuple(found))

    def _declaration(self) -> Declaration:
        start, word = self.start, self.value
        self.advance()
        if word == "VERSION":
            if self.kind != "string" or self.value.startswith(("'''", '"""')):
                raise self.unexpected("a string that is not in three quotes")
            self.advance()
            return Declaration(start, self.last, None, None)
        prefix = None
        if word == "PREFIX":
            if self.kind != "name" or self.value.find(":") != len(self.value) - 1 or self.value == "_:":
                raise self.unexpected("a prefix with its colon")
            prefix = self.value[:-1]
            self.advance()
        if self.kind != "iri":
            raise self.unexpected("an IRI in angle brackets")
        iri = self.iri()
        return Declaration(start, self.last, prefix, iri)

    def _described(self) -> Described:
        start = self.start
        if self.take_mark("*"):
            return Described(start, self.last, (Star(start, self.last),))
        items: list[Node] = [self.variable_or_iri()]
        while self.kind in ("variable", "iri", "name"):
            items.append(self.variable_or_iri())
        return Described(start, self.last, tuple(items))

    def _template(self) -> Template:
        start = self.expect_mark("{")
        triples = self.template()
        self.expect_mark("}")
        return Template(start, self.last, triples)

    def _where_of_triples(self) -> Group:
        self.expect_word("WHERE")
        start = self.expect_mark("{")
        first, triples = self.start, self.template()
        block = (TriplesBlock(first, self.last, triples),) if triples else ()
        self.expect_mark("}")
        return Group(start, self.last, block)

    def _datasets(self, word: str) -> tuple[DatasetClause, ...]:
        found = []
        while self.is_word(word):
            start = self.start
            self.advance()
            is_named = self.take_word("NAMED")
            iri = self.iri()
            found.append(DatasetClause(start, self.last, iri, is_named))
        return tuple(found)

    def _operation(self) -> UpdateOperation:
        if self.is_word(*_MANAGING):
            return self._managing()
        if not self.is_word(*_CHANGING):
            raise self.unexpected("INSERT", "DELETE", *_MANAGING)
        start, keyword = self.start, self.value
        if keyword == "WITH":
            return self._modify(start)
        self.advance()
        what = self.value if self.kind == "word" else ""
        if what == "DATA" or (what == "WHERE" and keyword == "DELETE"):
            self.advance()
            quads = self._quads()
            return ChangeData(start, self.last, keyword, what, quads)
        return self._modify(start, keyword)

    def _modify(self, start: int, keyword: str = "") -> Modify:
        """`keyword` is DELETE or INSERT where that has been read already."""
        graph: Iri | None = None
        if not keyword:
            self.expect_word("WITH")
            graph = self.iri()
            keyword = self.value if self.is_word("DELETE", "INSERT") else ""
            if not keyword:
                raise self.unexpected("DELETE", "INSERT")
            self.advance()
        deleted = self._quads() if keyword == "DELETE" else None
        inserted = None
        if keyword == "INSERT" or self.take_word("INSERT"):
            inserted = self._quads()
        using = self._datasets("USING")
        self.expect_word("WHERE")
        where = self.group()
        return Modify(start, self.last, graph, deleted, inserted, using, where)

    def _quads(self) -> Quads:
        start, parts = self.expect_mark("{"), list[Node]()
        while not self.is_mark("}"):
            if self.is_word("GRAPH"):
                parts.append(self._quads_of_graph())
                self.take_mark(".")
            elif self.begins_term():
                parts += self.template()
                if not self.is_mark("}") and not self.is_word("GRAPH"):
                    raise self.unexpected("`.`", "`}`")
            else:
                raise self.unexpected("a triple", "GRAPH", "`}`")
        self.expect_mark("}")
        return Quads(start, self.last, tuple(parts))

    def _quads_of_graph(self) -> QuadsOfGraph:
        start = self.expect_word("GRAPH")
        name = self.variable_or_iri()
        self.expect_mark("{")
        triples = self.template()
        self.expect_mark("}")
        return QuadsOfGraph(start, self.last, name, triples)

    def _managing(self) -> ManageGraph:
        start, keyword = self.start, self.value
        self.advance()
        is_silent = self.take_word("SILENT")
        names: list[Iri] = []
        keywords: list[str] = []
        if keyword == "LOAD":
            names.append(self.iri())
            if self.take_word("INTO"):
                self.expect_word("GRAPH")
                names.append(self.iri())
        else:
            self._graph_named(names, keywords, keyword)
            if keyword in ("ADD", "MOVE", "COPY"):
                self.expect_word("TO")
                self._graph_named(names, keywords, keyword)
        return ManageGraph(start, self.last, keyword, is_silent, tuple(names), tuple(keywords))

    def _graph_named(self, names: list[Iri], keywords: list[str], keyword: str) -> None:
        """Read one of the graphs that an operation names: an IRI, or a keyword."""
        allowed = {"CREATE": (), "CLEAR": ("DEFAULT", "NAMED", "ALL"), "DROP": ("DEFAULT", "NAMED", "ALL")}
        words = allowed.get(keyword, ("DEFAULT",))
        if self.is_word(*words):
            keywords.append(self.value)
            self.advance()
            return
        is_bare = keyword in ("ADD", "MOVE", "COPY")
        if not self.take_word("GRAPH") and not (is_bare and self.kind in ("iri", "name")):
            raise self.unexpected("GRAPH", *words)
        names.append(self.iri())
