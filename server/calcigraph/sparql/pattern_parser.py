"""Group graph patterns of a text in, their nodes out (SPARQL 1.1, section 19.8, from GroupGraphPattern
on)."""

from __future__ import annotations

import re
from typing import Final

from calcigraph.sparql.expression_parser import AGGREGATES, FUNCTIONS, ExpressionParser
from calcigraph.sparql.tree import (
    As,
    Bind,
    Filter,
    GraphPattern,
    Group,
    GroupBy,
    Having,
    Lateral,
    Minus,
    Modifier,
    Node,
    Optional,
    OrderBy,
    OrderCondition,
    Pattern,
    SelectClause,
    Service,
    Slice,
    Star,
    SubSelect,
    Term,
    Triples,
    TriplesBlock,
    Union,
    Values,
    Variable,
)

# What rows of VALUES mostly are: nothing in them but terms, which are not looked at one by one. A comment
# or a `<<` ends it, and so does a string in three quotes; then the rows are read token by token.
_ROWS: Final = re.compile(
    r"""(?:[^<"'#{}\\]++|<[^<>"{}|^`\x00-\x20]++>|"(?!"")(?:[^"\\\n\r]++|\\.)*+"|'(?!'')(?:[^'\\\n\r]++|\\.)*+'"""
    r"""|""(?!")|''(?!')|\\.)*+"""
)
_SMALL: Final = 200


class PatternParser(ExpressionParser):
    """Groups and sub-selects."""

    def group(self) -> Group:
        """`{ ... }`. Raises: SparqlMalformed, as all of these do."""
        start = self.expect_mark("{")
        outer, self._allows_paths = self._allows_paths, True
        elements: list[Pattern] = []
        if self.is_word("SELECT"):
            elements.append(self._sub_select())
        else:
            self._elements(elements)
        self._allows_paths = outer
        self.expect_mark("}")
        return Group(start, self.last, tuple(elements))

    def _elements(self, found: list[Pattern]) -> None:
        is_block_allowed = True
        while not self.is_mark("}"):
            if self.begins_term():
                if not is_block_allowed:
                    raise self.unexpected("`.`", "`}`")
                found.append(self._block())
                is_block_allowed = False
                continue
            found.append(self._element())
            # After any other element one dot may stand.
            self.take_mark(".")
            is_block_allowed = True

    def _block(self) -> TriplesBlock:
        start, triples, end = self.start, [], self.start
        while self.begins_term():
            triples.append(self.triples(with_paths=True))
            end = self.last
            if not self.take_mark("."):
                break
            end = self.last
        return TriplesBlock(start, end, tuple(triples))

    def _element(self) -> Pattern:
        start = self.start
        if self.is_mark("{"):
            return self._group_or_union()
        word = self.value if self.kind == "word" else ""
        if word not in _ELEMENTS:
            raise self.unexpected("a triple pattern", "`}`")
        self.advance()
        if word in ("OPTIONAL", "MINUS", "LATERAL"):
            kind = {"OPTIONAL": Optional, "MINUS": Minus, "LATERAL": Lateral}[word]
            group = self.group()
            return kind(start, self.last, group)
        if word == "GRAPH":
            name, group = self.variable_or_iri(), self.group()
            return GraphPattern(start, self.last, name, group)
        if word == "SERVICE":
            is_silent = self.take_word("SILENT")
            name, group = self.variable_or_iri(), self.group()
            return Service(start, self.last, name, group, is_silent)
        if word == "FILTER":
            constraint = self.constraint()
            return Filter(start, self.last, constraint)
        return self._bind(start) if word == "BIND" else self.values_behind(start)

    def _group_or_union(self) -> Pattern:
        groups = [self.group()]
        while self.take_word("UNION"):
            groups.append(self.group())
        if len(groups) == 1:
            return groups[0]
        return Union(groups[0].start, self.last, tuple(groups))

    def _bind(self, start: int) -> Bind:
        self.expect_mark("(")
        expression = self.expression()
        self.expect_word("AS")
        variable = self.variable()
        self.expect_mark(")")
        return Bind(start, self.last, expression, variable)

    def values(self) -> Values | None:
        """The VALUES clause that is next, if there is one."""
        start = self.start
        return self.values_behind(start) if self.take_word("VALUES") else None

    def values_behind(self, start: int) -> Values:
        """What stands behind the keyword VALUES, which is at `start`."""
        variables: list[Variable] = []
        has_brackets = self.kind != "variable"
        if has_brackets:
            self.expect_mark("(")
            while not self.take_mark(")"):
                variables.append(self.variable())
        else:
            variables.append(self.variable())
        if not self.is_mark("{"):
            raise self.unexpected("`{`")
        rows_start = self.end
        self._skip_rows(has_brackets, len(variables))
        rows_end = self.start
        self.expect_mark("}")
        return Values(start, self.last, tuple(variables), has_brackets, rows_start, rows_end)

    def _skip_rows(self, has_brackets: bool, width: int) -> None:
        """Go to the brace that ends the rows. Few are checked one by one; of many the engine tells what
        is wrong."""
        end = self.text.find("}", self.end)
        if end - self.end > _SMALL:
            match = _ROWS.match(self.text, self.end)
            if match is not None and self.text[match.end() : match.end() + 1] == "}":
                self.advance_to(match.end())
                return
        self.expect_mark("{")
        while not self.is_mark("}"):
            self.row(has_brackets, width)

    def advance_to(self, end: int) -> None:
        """Go to what stands at `end`, and take all before it as read."""
        self.expect_mark("{")
        self.jump(end)

    def row(self, has_brackets: bool, width: int) -> tuple[Term | None, ...]:
        """One row of VALUES; None stands for UNDEF."""
        if not has_brackets:
            return (self._cell(),)
        self.expect_mark("(")
        cells = [self._cell() for _ in range(width)]
        self.expect_mark(")")
        return tuple(cells)

    def _cell(self) -> Term | None:
        if self.take_word("UNDEF"):
            return None
        if self.is_mark("<<("):
            return self.triple_of_values(with_variables=False)
        if self.kind == "variable" or self.value.startswith("_:") or self.is_mark("[", "(", ")", "<<"):
            raise self.unexpected("an IRI", "a literal", "UNDEF")
        return self.term()

    def _sub_select(self) -> SubSelect:
        start, select = self.start, self.select_clause()
        where = self.where()
        modifiers = self.modifiers()
        values = self.values()
        return SubSelect(start, self.last, select, where, modifiers, values)

    def where(self) -> Group:
        """`[WHERE] { ... }`"""
        if not self.take_word("WHERE") and not self.is_mark("{"):
            raise self.unexpected("WHERE", "`{`")
        return self.group()

    def select_clause(self) -> SelectClause:
        """`SELECT ...` up to what it selects from."""
        start = self.expect_word("SELECT")
        quantifier = self.value if self.is_word("DISTINCT", "REDUCED") else None
        if quantifier:
            self.advance()
        if self.take_mark("*"):
            return SelectClause(start, self.last, quantifier, (Star(self.last - 1, self.last),))
        items: list[Node] = []
        while self.kind == "variable" or self.is_mark("("):
            items.append(self.variable() if self.kind == "variable" else self._as())
        if not items:
            raise self.unexpected("a variable", "`*`")
        return SelectClause(start, self.last, quantifier, tuple(items))

    def _as(self, may_be_missing: bool = False) -> As:
        start = self.expect_mark("(")
        expression = self.expression()
        variable = None
        if not may_be_missing or self.is_word("AS"):
            self.expect_word("AS")
            variable = self.variable()
        self.expect_mark(")")
        return As(start, self.last, expression, variable)

    def modifiers(self) -> tuple[Modifier, ...]:
        """GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET, in this order."""
        found: list[Modifier] = []
        if self.is_word("GROUP"):
            found.append(self._group_by())
        if self.is_word("HAVING"):
            found.append(self._having())
        if self.is_word("ORDER"):
            found.append(self._order_by())
        sliced: set[str] = set()
        while self.is_word("LIMIT", "OFFSET") and self.value not in sliced:
            sliced.add(self.value)
            found.append(self._slice())
        return tuple(found)

    def _begins_constraint(self) -> bool:
        if self.kind in ("iri", "name") or self.is_mark("("):
            return True
        return self.kind == "word" and self.value in _CALLED

    def _group_by(self) -> GroupBy:
        start = self.expect_word("GROUP")
        self.expect_word("BY")
        conditions: list[Node] = []
        while self.kind == "variable" or self._begins_constraint():
            if self.kind == "variable":
                conditions.append(self.variable())
            else:
                conditions.append(self._as(may_be_missing=True) if self.is_mark("(") else self.call())
        if not conditions:
            raise self.unexpected("a variable", "`(`")
        return GroupBy(start, self.last, tuple(conditions))

    def _having(self) -> Having:
        start = self.expect_word("HAVING")
        constraints = [self.constraint()]
        while self._begins_constraint():
            constraints.append(self.constraint())
        return Having(start, self.last, tuple(constraints))

    def _order_by(self) -> OrderBy:
        start = self.expect_word("ORDER")
        self.expect_word("BY")
        conditions = [self._order_condition()]
        while self.kind == "variable" or self.is_word("ASC", "DESC") or self._begins_constraint():
            conditions.append(self._order_condition())
        return OrderBy(start, self.last, tuple(conditions))

    def _order_condition(self) -> OrderCondition:
        start, word = self.start, self.value
        if self.take_word("ASC", "DESC"):
            expression: Node = self.bracketed()
            return OrderCondition(start, self.last, expression, word == "DESC")
        expression = self.variable() if self.kind == "variable" else self.constraint()
        return OrderCondition(start, self.last, expression, is_descending=False)

    def _slice(self) -> Slice:
        start, keyword = self.start, self.value
        self.advance()
        if self.kind != "number" or not self.value.isdecimal():
            raise self.unexpected("a whole number")
        number = int(self.value[:20])
        self.advance()
        return Slice(start, self.last, keyword, number)

    def template(self) -> tuple[Triples, ...]:
        """The triples of a template or of data, up to the brace that ends them."""
        found = []
        while self.begins_term():
            found.append(self.triples(with_paths=False))
            if not self.take_mark("."):
                break
        return tuple(found)


_ELEMENTS: Final = frozenset(["OPTIONAL", "MINUS", "LATERAL", "GRAPH", "SERVICE", "FILTER", "BIND", "VALUES"])
_CALLED: Final = FUNCTIONS | AGGREGATES | {"NOT", "EXISTS"}
