"""Base facts in, closed facts out: stratified semi-naive evaluation of the compiled rules.

A `Closure` is a `State` that knows how to reach its fixpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from calcigraph.reasoning.closure import literals
from calcigraph.reasoning.closure.join import UNIT, Bindings, Joiner, scan
from calcigraph.reasoning.closure.state import State
from calcigraph.reasoning.closure.transitivity import is_long, transitive_closure
from calcigraph.reasoning.facts.arrays import NONE, by_object, member, merge, most_often, remove, unique
from calcigraph.reasoning.facts.base import Base
from calcigraph.reasoning.facts.columns import Columns, Key, class_key, filled
from calcigraph.reasoning.facts.copies import STRUCTURE, Copies
from calcigraph.reasoning.facts.encoding import axioms
from calcigraph.reasoning.facts.equality import Equality
from calcigraph.reasoning.facts.relations import Relation, Relations
from calcigraph.reasoning.limits import LimitMet
from calcigraph.reasoning.rules.compiler import compile_program, schema_rules
from calcigraph.reasoning.rules.program import CompiledRule
from calcigraph.reasoning.rules.schema import Schema
from calcigraph.reasoning.rules.strata import Stratum, stratify
from calcigraph.reasoning.terms import vocabulary as v
from calcigraph.reasoning.terms.numbering import MASK, SHIFT, Ids


class Closure(State):
    """The closed relations over some base facts, and how they are closed."""

    @property
    def joiner(self) -> Joiner:
        """Joins over the relations, within the limits."""
        return Joiner(self.relations, self.limits.rows)

    def fork(self) -> Closure:
        """The same closure, to be brought up to date while others read this one. Cost: the keys."""
        return replace(self, given=dict(self.given), relations=self.relations.copy())

    def close(self, base: Columns) -> None:
        """Start anew from these base facts. Cost: the rules' joins; see bench/reasoning.

        Raises LimitMet, naming the rule, when a bound of `Limits` is met.
        """
        self.copies = Copies.found(base, self.terms)
        self._close(base)
        if self.copies and not self.keeps_copies_apart:
            self.copies = self.copies.refused()
            self._close(base)
        self.copies = self.copies.shown_within(self.relations, self.limits.copies)
        self.made = None

    def _close(self, base: Columns) -> None:
        base = self.copies.merged(base)
        self.base, self.given, self.things = Base(base), {}, False
        self.equality, self.relations, self.made = Equality(), Relations(), {}
        for key, column in base.items():
            self.relations[key] = Relation(key, column)
        self.commit(literals.give(self, axioms()))
        self.merge_equal()
        while True:
            self.compile()
            before = self._versions()
            self.run(self.program.rules, "rules")
            if not self.merge_equal()[0] and before == self._versions():
                return

    def compile(self) -> None:
        """Close the schema, then compile it; add the typed literals that the rules ask for."""
        schema = Schema(self.terms, self.relations, self.equality, self.limits, self.copies.own)
        self.run(schema_rules(schema, self.things), "schema")
        self.program = compile_program(schema)
        if not self.things and self._asks_for_things():
            self.things = True
            self.compile()
            return
        if self.program.reflective and not self.relations.reflective:
            self._reflect()
        self.commit(literals.typed(self, literals.mentioned(self, self.base.columns)))

    def _asks_for_things(self) -> bool:
        thing, nothing = (self.equality.key(class_key(i)) for i in (v.THING, v.NOTHING))
        return thing in self.program.asked or len(self.relations[nothing].facts) > 0

    @property
    def keeps_copies_apart(self) -> bool:
        """Whether no rule reads or makes structure as if it were data, and no copy is somebody's equal.

        A property above rdf:first, say, would otherwise tell of one copy what another was written with.
        """
        copies = self.copies.groups.representative.keys()
        if self.relations.reflective or copies & self.equality.representative.keys():
            return False
        if any(self.equality.of(key) != key or key in self.equality.members for key in (*STRUCTURE, v.TYPE)):
            return False
        rules = (*self.program.rules, *self.program.clashes)
        atoms = [atom for rule in rules for atom in (*rule.body, *filter(None, [rule.head]))]
        if not self.program.disjoint.isdisjoint((*STRUCTURE, class_key(v.CLASS))):
            return False
        return not any(
            atom.key in STRUCTURE
            or atom.key == class_key(v.CLASS)
            or any(slot in copies for slot in atom.slots if isinstance(slot, int))
            for atom in atoms
        )

    def _versions(self) -> dict[Key, int]:
        return {key: len(self.relations[key].facts) for key in self.program.reads}

    def _reflect(self) -> None:
        self.relations.reflective = True
        pairs = [(r.facts.array << SHIFT) | np.int64(~key) for key, r in self.relations.items() if key < 0]
        if pairs:
            self.relations[v.TYPE] = self.relations[v.TYPE].plus(unique(np.concatenate(pairs)))

    def commit(self, new: Columns) -> Columns:
        """Add facts that are not there yet; what was added, bridged facts included."""
        return self.relations.commit(new)

    def run(self, rules: Sequence[CompiledRule], stage: str) -> None:
        """Evaluate rules to their fixpoint, group by group."""
        reflective = v.TYPE if self.relations.reflective else None
        asserted = sum(map(len, self.base.columns.values()))
        for stratum in stratify(rules, reflective):
            new = self.commit(self.fire_all(stratum.rules))
            while stratum.recursive and new:
                new = self.commit(self.fire(stratum.rules, new))
            size = self.relations.size()
            self.progress(stage, size)
            if size - asserted > self.limits.inferred:
                raise self._too_many(stratum)

    def _too_many(self, stratum: Stratum) -> LimitMet:
        rule = max(stratum.rules, key=lambda rule: len(self.relations[_head(rule)].facts))
        facts = self.relations[_head(rule)].facts.array
        return LimitMet(
            f"After {rule.name} there are more than {self.limits.inferred:,} inferred facts.",
            "Look for a transitive or symmetric hub under that axiom, or raise the bound (--limit inferred).",
            axioms=rule.axioms,
            hub=most_often(facts >> SHIFT if _head(rule) >= 0 else facts[:0]),
        )

    def fire_all(self, rules: Iterable[CompiledRule]) -> Columns:
        """What each rule makes of all facts, known facts left out."""
        made: dict[Key, list[Ids]] = {}
        for rule in rules:
            facts = self._pathwise(rule, None) if self._follows_paths(rule) else self._whole(rule)
            if len(facts):
                made.setdefault(rule.head.key, []).append(facts)  # type: ignore[union-attr]
        return self._news(made)

    def fire(self, rules: Iterable[CompiledRule], delta: Columns) -> Columns:
        """What each rule makes with at least one fact of `delta`, known facts left out."""
        made: dict[Key, list[Ids]] = {}
        for rule in rules:
            paths = self._follows_paths(rule)
            for facts in [self._pathwise(rule, delta)] if paths else self.derive(rule, delta):
                made.setdefault(rule.head.key, []).append(facts)  # type: ignore[union-attr]
        return self._news(made)

    def _follows_paths(self, rule: CompiledRule) -> bool:
        return self.made is not None and rule.transitive

    def _pathwise(self, rule: CompiledRule, delta: Columns | None) -> Ids:
        """What a transitive relation lacks, of all its facts or with one of `delta`; `made` remembers it."""
        assert self.made is not None
        key = _head(rule)
        relation, known = self.relations[key], self.made.get(key, NONE)
        seeds = relation.facts.array if delta is None else delta.get(key, NONE)
        if self.is_long(relation, seeds):
            found = self._closed_by_paths(rule, remove(relation.facts.array, known))
        else:
            joined = [self._whole(rule)] if delta is None else self.derive(rule, delta)
            found = np.concatenate((NONE, *joined))
        found = self.relations.news(key, [found])
        self.made[key] = merge(known, found)
        return found

    def is_long(self, relation: Relation, seeds: Ids) -> bool:
        """Whether a transitive relation is closed by looking for paths, not by joining `seeds` with it."""
        return is_long(relation, seeds, self.limits.rows)

    def _closed_by_paths(self, rule: CompiledRule, pairs: Ids) -> Ids:
        closed = transitive_closure(pairs, self.limits.rows)
        if closed is None:
            raise LimitMet(
                f"By {rule.name} there are more than {self.limits.rows:,} pairs.",
                "Look for a chain or a hub under that axiom that is not meant, or raise the bound"
                " (--limit rows).",
                axioms=rule.axioms,
                hub=most_often(np.concatenate((pairs >> SHIFT, pairs & MASK))),
            )
        return closed

    def derive(self, rule: CompiledRule, delta: Columns) -> Iterable[Ids]:
        """The heads of one rule with at least one fact of `delta`, known ones included.

        What a rule says of equal terms has become a pair of one and the same representative.
        """
        assert rule.head is not None
        if rule.about_one:
            # One seed of all atoms together: an intersection of thousands is looked through once.
            seeds = [delta[atom.key] for atom in rule.body if atom.key in delta]
            if seeds:
                table = scan(rule.body[0], unique(np.concatenate(seeds)))
                yield self.heads(rule, table, rule.body)
            return
        for index, atom in enumerate(rule.body):
            seed = delta.get(atom.key)
            if seed is not None and len(seed):
                rest = rule.body[:index] + rule.body[index + 1 :]
                yield self.heads(rule, scan(atom, seed), rest)

    def heads(self, rule: CompiledRule, table: Bindings, rest: Sequence[object]) -> Ids:
        """The head facts of a rule for the rows that `table` and the other atoms allow."""
        assert rule.head is not None
        wanted = rule.head.variables
        rows = self.joiner.solve(table, rest, wanted, rule)  # type: ignore[arg-type]
        return rows.pack(rule.head.slots)

    def _whole(self, rule: CompiledRule) -> Ids:
        if rule.star:
            return self._neighbours(rule)
        if not rule.body:
            return self.heads(rule, UNIT, ())
        sizes = [len(self.relations[atom.key].facts) for atom in rule.body]
        first = sizes.index(min(sizes))
        seed = rule.body[first]
        rest = rule.body[:first] + rule.body[first + 1 :]
        return self.heads(rule, scan(seed, self.relations[seed.key].facts.array), rest)

    def _neighbours(self, rule: CompiledRule) -> Ids:
        """Equal terms of a functional property, each linked with the next one only."""
        relation = self.relations[rule.body[0].key]
        column = (relation.facts if rule.name == "prp-fp" else relation.inverse).array
        same = (column[1:] >> SHIFT) == (column[:-1] >> SHIFT)
        return np.asarray(((column[:-1] & MASK)[same] << SHIFT) | (column[1:] & MASK)[same])

    def _news(self, made: dict[Key, list[Ids]]) -> Columns:
        if v.SAME_AS in made:
            made[v.SAME_AS] = [self.linking(column) for column in made[v.SAME_AS]]
        out = {key: self.relations.news(key, columns) for key, columns in made.items()}
        return filled(out)

    def linking(self, pairs: Ids) -> Ids:
        """What rules say of equal terms, as far as it has to be kept: each link once, none with itself."""
        left, right = pairs >> SHIFT, pairs & MASK
        pairs = (np.minimum(left, right) << SHIFT) | np.maximum(left, right)
        return np.asarray(pairs[left != right])

    def merge_equal(self) -> tuple[bool, Columns]:
        """Make terms equal that owl:sameAs links, and literals of one value in their classes.

        Returns whether terms were merged, and the facts that are new over the representatives.
        """
        changed: dict[Key, list[Ids]] = {}
        merged = False
        while True:
            pairs = np.concatenate((self._linked(), literals.equal(self)))
            moved = self.equality.merge(pairs, self.limits)
            if not len(moved):
                break
            merged = True
            self._rewrite_made()
            for key, column in self._rewrite(moved).items():
                changed.setdefault(key, []).append(column)
        if merged:
            for key, column in self.commit(literals.of_classes(self)).items():
                changed.setdefault(key, []).append(column)
        new = {key: unique(np.concatenate(columns)) for key, columns in changed.items()}
        return merged, filled(new)

    def _rewrite_made(self) -> None:
        """Bring `made` over the new representatives: what it holds still comes of the other pairs."""
        same = [key for key in self.made or () if self.equality.all(key) == [key]]
        out: Columns = {}
        for key in same:
            assert self.made is not None
            made, facts = self.made[key], self.relations[key].facts.array
            first = self.equality.rewrite(remove(facts, made), pairs=True)
            out[key] = remove(unique(self.equality.rewrite(made, pairs=True)), unique(first))
        self.made = None if self.made is None else out

    def _linked(self) -> Ids:
        """The pairs that owl:sameAs links, under whatever name: it may be said to equal rdf:type, say."""
        name = self.equality.of(v.SAME_AS)
        if name != v.TYPE:
            return self.relations[name].facts.array
        members = [(r.facts.array << SHIFT) | np.int64(~key) for key, r in self.relations.items() if key < 0]
        return np.concatenate(members)

    def _rewrite(self, moved: Ids) -> Columns:
        """Put every fact that mentions a moved id on representatives; what is new there."""
        gone = set(moved.tolist())
        changed: Columns = {}
        for key in list(self.relations):
            relation = self.relations[key]
            if (~key if key < 0 else key) in gone:
                facts = relation.facts.array
                del self.relations[key]
            else:
                facts = (
                    relation.mentions(moved)
                    if relation.indexed and len(moved) < 64
                    else _mentions(relation.facts.array, moved, key >= 0)
                )
                if not len(facts):
                    continue
                self.relations[key] = relation.minus(facts)
            for target, new in self._placed(key, unique(self.equality.rewrite(facts, key >= 0))):
                new = new[~self.relations[target].facts.member(new)]
                self.relations[target] = self.relations[target].plus(new)
                changed[target] = unique(np.concatenate((changed.get(target, new[:0]), new)))
        return changed

    def _placed(self, key: Key, facts: Ids) -> Iterator[tuple[Key, Ids]]:
        """Facts of one key, over representatives, by the keys under which they stand now."""
        target = self.equality.key(key)
        if target != v.TYPE or self.relations.reflective:
            yield target, facts
        if target == v.TYPE and key != v.TYPE:
            yield from ((class_key(class_id), members) for class_id, members in by_object(facts))


def _head(rule: CompiledRule) -> Key:
    assert rule.head is not None
    return rule.head.key


def _mentions(facts: Ids, moved: Ids, pairs: bool) -> Ids:
    mask = member(facts & MASK, moved)
    return facts[mask | member(facts >> SHIFT, moved)] if pairs else facts[mask]
