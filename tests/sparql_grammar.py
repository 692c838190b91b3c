"""The grammar of SPARQL as a second judge, and random texts of it, from `sparql.lark`.

Texts are made from the productions themselves, so that each of them is met; a text is a list of tokens, which
can be written with any white space, comments and case of keywords between and in them.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lark import Lark, UnexpectedInput
from lark.grammar import NonTerminal, Rule, Symbol
from lark.lexer import PatternStr, TerminalDef

UNITS = {"query": "query_unit", "update": "update_unit"}
# Declared in front of every text, so that the engine takes the names below.
PROLOGUE = "PREFIX : <http://e.x/> PREFIX p: <http://e.x/p#> PREFIX é.b: <urn:é:>\n"
# Between tokens that do not run together, and between all others.
TIGHT = ("", "", " ")
GAPS = (" ", " ", "\n", "\t", "\r\n", "  ", "# SELECT { \" ' <<\n", "#\r", " # é}\n\t")
OPEN = frozenset("{}()[],;")
# More tokens than any production takes at least.
MOST = 10**6

_STRINGS = (
    "",
    "a",
    "é",
    "日本",
    "\U0001f600",
    "a b",
    r"\t\n\"\'\\",
    r"\u0041",
    r"\U0001F600",
    "#",
    "{",
    "<a>",
    "?x",
)
TEXTS = {
    "IRIREF": ("<>", "<a>", "<http://e.x/é?q=1#f>", "<#>", "<http://e.x/()'!*,;=%20>"),
    "PNAME_NS": (":", "p:", "é.b:"),
    "PNAME_LN": (
        *(":a", "p:b", "p:1", "é.b:c", ":a.b", ":a..b", ":a:b", "p:%41", r"p:\~a\.", ":é-1", "p:_"),
        *(":a·", "p::", r":a\,b", "p:a-b.c", ":SELECT", "p:a%20"),
    ),
    "BLANK_NODE_LABEL": ("_:a", "_:1", "_:é.b", "_:a-1", "_:_"),
    "VAR1": ("?a", "?b", "?c", "?d", "?1", "?é", "?a_1", "?SELECT", "?a·"),
    "VAR2": ("$a", "$b", "$e", "$1"),
    "LANG_DIR": ("@en", "@EN-gb", "@de-1996", "@ar--rtl", "@en-US--ltr"),
    "INTEGER": ("0", "1", "007", "20"),
    "DECIMAL": ("1.0", ".5", "007.70"),
    "DOUBLE": ("1e5", "1.e5", "1.5E-3", ".5e+1"),
    "STRING_LITERAL1": tuple(f"'{text}'" for text in (*_STRINGS, '"')),
    "STRING_LITERAL2": tuple(f'"{text}"' for text in (*_STRINGS, "'")),
    "STRING_LITERAL_LONG1": tuple(f"'''{text}'''" for text in (*_STRINGS, "a\nb", "''a", '"""')),
    "STRING_LITERAL_LONG2": tuple(f'"""{text}"""' for text in (*_STRINGS, "a\r\nb", '""a', "'''")),
    "NIL": ("()", "( )", "(\n\t)"),
    "ANON": ("[]", "[ ]", "[\r\n]"),
}
for _kind in ("INTEGER", "DECIMAL", "DOUBLE"):
    TEXTS |= {f"{_kind}_POSITIVE": tuple(f"+{text}" for text in TEXTS[_kind])}
    TEXTS |= {f"{_kind}_NEGATIVE": tuple(f"-{text}" for text in TEXTS[_kind])}


@cache
def grammar() -> Lark:
    text = (Path(__file__).parent / "sparql.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", start=[*UNITS.values()], maybe_placeholders=False)


def is_well_formed(text: str, unit: str) -> bool:
    """Whether the grammar takes the text as `query` or `update`."""
    try:
        grammar().parse(text, start=UNITS[unit])
    except UnexpectedInput:
        return False
    return True


@dataclass(frozen=True)
class Token:
    """What is written; `keyword` if its case does not matter."""

    text: str
    is_keyword: bool


class RandomTexts:
    """Random texts; `counts` says how often each production was used."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.counts: Counter[Rule] = Counter()
        self._terminals: dict[str, TerminalDef] = {each.name: each for each in grammar().terminals}
        self._productions: dict[Symbol, list[Rule]] = {}
        for rule in grammar().rules:
            self._productions.setdefault(rule.origin, []).append(rule)
        self._heights = _heights(grammar().rules)
        self._ways = {symbol: _ways(symbol) for symbol in self._productions}

    def unused(self) -> list[Rule]:
        return [rule for rule in grammar().rules if not self.counts[rule]]

    def tokens(self, unit: str, most: int = 60) -> list[Token]:
        """The tokens of one text, in which a production stands that came least often until now: of about
        `most` or, where it takes more to end it, somewhat longer."""
        start = NonTerminal(UNITS[unit])
        wanted = self._least_used(start)
        found: list[Token] = []
        # Each with whether the wanted production is to come of it.
        pending: list[tuple[Symbol, bool]] = [(start, True)]
        while pending:
            symbol, is_way = pending.pop()
            if not isinstance(symbol, NonTerminal):
                found.append(self._token(symbol.name))
                continue
            ways = self._ways[wanted.origin]
            if is_way:
                rule = wanted if symbol == wanted.origin else self._towards(symbol, ways)
            else:
                rule = self._choose(symbol, len(found) + len(pending) >= most)
            self.counts[rule] += 1
            next_way = -1
            if is_way and rule is not wanted:
                next_way = min(
                    range(len(rule.expansion)), key=lambda i: ways.get(rule.expansion[i], MOST), default=-1
                )
            pending += reversed([(part, i == next_way) for i, part in enumerate(rule.expansion)])
        return found

    def _least_used(self, start: Symbol) -> Rule:
        rules = [rule for rule in grammar().rules if start in self._ways[rule.origin]]
        least = min(self.counts[rule] for rule in rules)
        return self.chance.choice([rule for rule in rules if self.counts[rule] == least])

    def _towards(self, symbol: Symbol, ways: dict[Symbol, int]) -> Rule:
        def steps(rule: Rule) -> int:
            return min((ways.get(part, MOST) for part in rule.expansion), default=MOST)

        rules = self._productions[symbol]
        least = min(map(steps, rules))
        return self.chance.choice([rule for rule in rules if steps(rule) == least])

    def _choose(self, symbol: Symbol, is_late: bool) -> Rule:
        rules = self._productions[symbol]
        if is_late:
            least = min(self._heights[rule] for rule in rules)
            return self.chance.choice([rule for rule in rules if self._heights[rule] == least])
        # What came seldom comes now, as a rule.
        return min(self.chance.choices(rules, k=3), key=lambda rule: self.counts[rule])

    def _token(self, name: str) -> Token:
        if name in TEXTS:
            return Token(self.chance.choice(TEXTS[name]), False)
        if name in ("TRUE", "FALSE") and self.chance.random() < 0.99:
            # The engine knows them in small letters only.
            return Token(name.lower(), False)
        pattern = self._terminals[name].pattern
        assert isinstance(pattern, PatternStr), name
        return Token(pattern.value, "i" in pattern.flags)

    def written(self, tokens: list[Token]) -> str:
        """The tokens with random gaps, and keywords in random case."""
        pieces, before = [self.chance.choice(TIGHT)], "{"
        for token in tokens:
            is_tight = before in OPEN or token.text in OPEN
            pieces.append("" if not pieces else self.chance.choice(TIGHT if is_tight else GAPS))
            # Of `<` and what follows an IRI could be made.
            pieces.append(" " if before == "<" else "")
            pieces.append(self._cased(token))
            before = token.text
        return "".join([*pieces, self.chance.choice(GAPS)])

    def _cased(self, token: Token) -> str:
        if not token.is_keyword:
            return token.text
        change = self.chance.choice((str.upper, str.upper, str.lower, str.title, str.swapcase))
        return change(token.text)

    def broken(self, tokens: list[Token]) -> list[Token]:
        """The tokens with one left out, doubled, moved or replaced by one from elsewhere."""
        changed = list(tokens)
        at, other = self.chance.randrange(len(changed)), self.chance.randrange(len(changed))
        match self.chance.randrange(4):
            case 0:
                del changed[at]
            case 1:
                changed.insert(other, changed[at])
            case 2:
                changed[at], changed[other] = changed[other], changed[at]
            case _:
                changed[at] = self._token(self.chance.choice([*self._terminals.keys() - {"WS", "COMMENT"}]))
        return changed


def _heights(rules: list[Rule]) -> dict[Rule, int]:
    """How many tokens each production makes at least, counting each step as one."""
    of_symbol: dict[Symbol, int] = {}
    while True:
        found = {rule: 1 + sum(_height(part, of_symbol) for part in rule.expansion) for rule in rules}
        better: dict[Symbol, int] = {}
        for rule, height in found.items():
            better[rule.origin] = min(height, better.get(rule.origin, MOST))
        if better == of_symbol:
            return found
        of_symbol = better


def _height(symbol: Symbol, known: dict[Symbol, int]) -> int:
    return known.get(symbol, MOST) if isinstance(symbol, NonTerminal) else 1


def _ways(aim: Symbol) -> dict[Symbol, int]:
    """In how many steps the productions of each symbol come to `aim`; those that never do are left out."""
    found, latest, steps = {aim: 0}, {aim}, 0
    while latest:
        steps += 1
        above = {rule.origin for rule in grammar().rules if not latest.isdisjoint(rule.expansion)}
        latest = above - found.keys()
        found |= dict.fromkeys(latest, steps)
    return found
