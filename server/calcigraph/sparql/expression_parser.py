"""Expressions of a text in, their nodes out (SPARQL 1.1, section 19.8, from Expression on)."""

from __future__ import annotations

import sys
from abc import abstractmethod
from typing import Final

from calcigraph.sparql.term_parser import TermParser
from calcigraph.sparql.token_stream import SparqlMalformed
from calcigraph.sparql.tree import (
    Aggregate,
    BlankNode,
    Bracketed,
    BuiltInCall,
    Exists,
    Expression,
    FunctionCall,
    Group,
    In,
    Iri,
    Operation,
    TripleTerm,
    Unary,
    Variable,
    walk,
)

_PRECEDENCE: Final = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("=", "!=", "<", ">", "<=", ">=", "IN", "NOT"), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/"), 5),
}
_COMPARISON: Final = 3
_PREFIXED: Final = ("!", "+", "-")
AGGREGATES: Final = frozenset(["COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"])
# The keywords of functions, of 1.1 and 1.2 (production BuiltInCall), and ADJUST (SPARQL Enhancement
# Proposal 2), by how many arguments they take at least and at most.
_OF_ONE: Final = """
    STR LANG LANGDIR DATATYPE BOUND IRI URI ABS CEIL FLOOR ROUND STRLEN UCASE LCASE ENCODE_FOR_URI
    YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 ISIRI ISURI ISBLANK
    ISLITERAL ISNUMERIC HASLANG HASLANGDIR ISTRIPLE SUBJECT PREDICATE OBJECT"""
_FUNCTION_NAMES: Final = {
    (0, 0): "RAND NOW UUID STRUUID",
    (0, 1): "BNODE",
    (1, 1): _OF_ONE,
    (2, 2): "LANGMATCHES CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER STRLANG STRDT SAMETERM ADJUST",
    (2, 3): "SUBSTR REGEX",
    (3, 3): "IF STRLANGDIR TRIPLE",
    (3, 4): "REPLACE",
    (0, sys.maxsize): "CONCAT COALESCE",
}
_ARGUMENTS: Final = {name: counts for counts, names in _FUNCTION_NAMES.items() for name in names.split()}
FUNCTIONS: Final = frozenset(_ARGUMENTS)


class _Operands:
    """Operands with operators of one precedence between them, of which the last one is still to be read."""

    def __init__(self, precedence: int) -> None:
        self.precedence = precedence
        self._operators: list[str] = []
        self._operands: list[Expression] = []

    def add(self, operand: Expression, operator: str) -> None:
        self._operands.append(operand)
        self._operators.append(operator)

    def closed(self, last: Expression) -> Operation:
        self._operands.append(last)
        return Operation(self._operands[0].start, last.end, tuple(self._operators), tuple(self._operands))


class ExpressionParser(TermParser):
    """Expressions and constraints. EXISTS needs the parser of groups, which is below."""

    @abstractmethod
    def group(self) -> Group:
        """`{ ... }`"""

    def expression(self) -> Expression:
        """An expression of any kind. Raises: SparqlMalformed, as all of these do.

        One call reads operators of every precedence, so that only brackets add to the depth of calls.
        """
        waiting: list[_Operands] = []
        left = self._unary()
        while True:
            operator = self._operator()
            precedence = _PRECEDENCE.get(operator, 0)
            while waiting and waiting[-1].precedence > precedence:
                left = waiting.pop().closed(left)
            if not precedence:
                return left
            is_open = bool(waiting) and waiting[-1].precedence == precedence
            after_list = isinstance(left, In) and precedence >= _COMPARISON
            if after_list or (precedence == _COMPARISON and is_open):
                # `a = b = c`, `a IN (b) + c`
                raise self.unexpected("`)`", "`&&`", "`||`")
            if operator in ("IN", "NOT"):
                left = self._in(left)
                continue
            if not is_open:
                waiting.append(_Operands(precedence))
            waiting[-1].add(left, operator)
            self.advance()
            left = self._unary()

    def constraint(self) -> Expression:
        """What may follow FILTER and HAVING: something in brackets, or a call."""
        return self.bracketed() if self.is_mark("(") else self.call()

    def bracketed(self) -> Bracketed:
        """`( expression )`"""
        start = self.expect_mark("(")
        inner = self.expression()
        self.expect_mark(")")
        return Bracketed(start, self.last, inner)

    def call(self) -> Expression:
        """A call of a function, an aggregate, or EXISTS."""
        if self.kind in ("iri", "name") and not self.value.startswith("_:"):
            function = self.iri()
            if not self.is_mark("("):
                raise self.unexpected("`(`")
            return self._function_call(function)
        if self.kind == "word":
            return self._named()
        raise self.unexpected("`(`", "a function")

    def _operator(self) -> str:
        """The operator that is next, behind an operand; what looks like an IRI or `<<` there begins with
        `<`."""
        if self.kind == "iri":
            self.split(2 if self.value.startswith("<=") else 1)
        elif self.kind == "operator" and self.value in ("<<", "<<("):
            self.split(1)
        if self.kind == "operator":
            return self.value
        return self.value if self.is_word("IN", "NOT") else ""

    def _in(self, operand: Expression) -> In:
        is_negated = self.take_word("NOT")
        self.expect_word("IN")
        items = self._list()
        return In(operand.start, self.last, operand, items, is_negated)

    def _unary(self) -> Expression:
        start, operators = self.start, []
        # `!` may stand several times (SPARQL 1.2), then one sign.
        while self.is_mark(*_PREFIXED) and not self.begins_literal():
            operators.append(self.value)
            self.advance()
            if operators[-1] != "!":
                break
        operand = self._primary()
        return Unary(start, self.last, tuple(operators), operand) if operators else operand

    def _primary(self) -> Expression:
        if self.is_mark("("):
            return self.bracketed()
        if self.kind == "variable":
            return self.variable()
        if self.is_mark("<<("):
            return self.triple_of_values(with_variables=True)
        if self.begins_literal():
            return self.literal()
        if self.kind in ("iri", "name") and not self.value.startswith("_:"):
            iri = self.iri()
            return self._function_call(iri) if self.is_mark("(") else iri
        if self.kind == "word":
            return self._named()
        raise self.unexpected("an expression")

    def triple_of_values(self, with_variables: bool) -> TripleTerm:
        """A triple term of an expression, or of data (productions ExprTripleTerm, TripleTermData): there is
        no blank node in it, and no triple is its subject."""
        found = self.triple_term()
        expected = ("a variable", "an IRI") if with_variables else ("an IRI",)
        for part in walk(found):
            is_subject = isinstance(part, TripleTerm) and isinstance(part.subject, TripleTerm)
            is_variable = isinstance(part, Variable) and not with_variables
            if is_subject or is_variable or isinstance(part, BlankNode):
                raise SparqlMalformed(self.text, part.start, expected)
        return found

    def _named(self) -> Expression:
        start, name = self.start, self.value
        if name in AGGREGATES:
            return self._aggregate()
        if name in ("NOT", "EXISTS"):
            is_negated = self.take_word("NOT")
            self.expect_word("EXISTS")
            group = self.group()
            return Exists(start, self.last, group, is_negated)
        if name not in FUNCTIONS:
            raise self.unexpected("a function", "an expression")
        self.advance()
        if name == "BOUND":
            self.expect_mark("(")
            arguments: tuple[Expression, ...] = (self.variable(),)
            self.expect_mark(")")
        else:
            arguments = self._list(*_ARGUMENTS[name])
        return BuiltInCall(start, self.last, name, arguments)

    def _function_call(self, function: Iri) -> FunctionCall:
        self.expect_mark("(")
        is_distinct = self.take_word("DISTINCT")
        arguments = self._rest_of_list(least=int(is_distinct))
        return FunctionCall(function.start, self.last, function, arguments, is_distinct)

    def _list(self, least: int = 0, most: int = sys.maxsize) -> tuple[Expression, ...]:
        self.expect_mark("(")
        return self._rest_of_list(least, most)

    def _rest_of_list(self, least: int = 0, most: int = sys.maxsize) -> tuple[Expression, ...]:
        items: list[Expression] = []
        while len(items) < most and not (self.is_mark(")") and len(items) >= least):
            if items:
                self.expect_mark(",")
            items.append(self.expression())
        self.expect_mark(")")
        return tuple(items)

    def _aggregate(self) -> Aggregate:
        start, name = self.start, self.value
        self.advance()
        self.expect_mark("(")
        is_distinct = self.take_word("DISTINCT")
        argument = None if name == "COUNT" and self.take_mark("*") else self.expression()
        separator = None
        if name == "GROUP_CONCAT" and self.take_mark(";"):
            self.expect_word("SEPARATOR")
            self.expect_mark("=")
            if self.kind != "string":
                raise self.unexpected("a string")
            separator = self.value
            self.advance()
        self.expect_mark(")")
        return Aggregate(start, self.last, name, argument, is_distinct, separator)
