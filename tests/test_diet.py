"""What foods support and oppose: through forms that they contain, by what was accepted of those very forms.

Held against a walk of its own over what curators wrote: propositions and decisions, not edges or the closure.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pyoxigraph as ox

from datasets import dataset_of

CG = "https://w3id.org/calcigraph/ontology/"
ID = "https://w3id.org/calcigraph/id/"
SRV = "https://w3id.org/calcigraph/server#"
SIGNS = {"directlyPromotes": 1, "directlyInhibits": -1, "requiresCofactor": 1}

# Food and form by the records that give an amount: DOI, amount in ug/100 g.
AMOUNTS = {
    ("natto", "mk-7"): ("10.3177/jnsv.53.464", "939"),
    ("kale", "vitamin-k1"): ("10.1016/j.foodchem.2024.139382", "565"),
}


def short(node: str) -> str:
    return node.removeprefix(ID).removeprefix(CG).removeprefix(SRV)


@cache
def graph(asserted: bool) -> dict[str, dict[str, set[str]]]:
    """Subject, property, values; of the files alone, or with all that was built and inferred."""
    built = dataset_of("shipped")
    made = {built.inferred_graph, built.derived_graph}
    facts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for quad in built.quads():
        if asserted and quad.graph_name in made:
            continue
        if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode):
            facts[short(quad.subject.value)][short(quad.predicate.value)].add(short(quad.object.value))
    return facts


def accepted(relation: str) -> set[tuple[str, str]]:
    """Subject and object of the unconditional propositions that were accepted and not rejected."""
    facts, verdicts = graph(True), defaultdict(set)
    for node in list(facts):
        for proposition in facts[node]["accepts"]:
            verdicts[proposition] |= facts[node]["verdict"]
    return {
        (subject, value)
        for proposition, given in verdicts.items()
        if given == {"accepted"} and facts[proposition]["propositionRelation"] == {relation}
        if not facts[proposition]["condition"]
        for subject in facts[proposition]["propositionSubject"]
        for value in facts[proposition]["propositionObject"]
    }


def forms() -> set[tuple[str, str]]:
    families = {family for _, family in accepted("isFormOf")}
    return {(food, substance) for food, substance in accepted("contains") if substance not in families}


def reached(start: str) -> set[tuple[str, int]]:
    """What a substance leads to, and with which sign, step by accepted step."""
    steps: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for relation, sign in SIGNS.items():
        for subject, value in accepted(relation):
            if relation == "requiresCofactor":
                steps[value].add((subject, sign))
            else:
                steps[subject].add((value, sign))
    found: set[tuple[str, int]] = set()
    ahead = [(start, 1)]
    while ahead:
        node, sign = ahead.pop()
        for value, own in steps[node]:
            if (value, sign * own) not in found:
                found.add((value, sign * own))
                ahead.append((value, sign * own))
    return found


def dietary() -> set[tuple[str, str, int]]:
    facts = graph(False)
    return {
        (food, value, sign)
        for food in list(facts)
        for name, sign in (("dietarySupports", 1), ("dietaryOpposes", -1))
        for value in facts[food][name]
    }


def test_no_food_does_what_no_form_in_it_was_accepted_to_do() -> None:
    walked = {(food, value, sign) for food, form in forms() for value, sign in reached(form)}
    assert dietary()
    assert dietary() - walked == set()


def test_a_food_of_which_only_the_family_is_known_does_nothing() -> None:
    known = {food for food, _ in forms()}
    without = {food for food, _ in accepted("contains")} - known
    assert "liver-food" in without
    assert {food for food, _, _ in dietary()} & without == set()


def test_gouda_does_not_support_clotting_and_kale_nothing_that_k1_was_not_shown_to_do() -> None:
    assert not [row for row in dietary() if row[0] == "gouda"]
    of_k1 = reached("vitamin-k1")
    assert {(value, sign) for food, value, sign in dietary() if food == "kale"} <= of_k1


def test_supply_climbs_to_the_family_and_nothing_follows_from_it() -> None:
    facts = graph(False)
    assert {"vitamin-k2", "vitamin-k"} <= facts["cheese"]["supplies"]
    assert not facts["cheese"]["dietarySupports"] | facts["cheese"]["dietaryOpposes"]


def test_every_dietary_triple_has_its_form_and_says_whether_the_amount_is_known() -> None:
    facts = graph(False)
    relation = {"dietarySupports": 1, "dietaryOpposes": -1}
    told: dict[tuple[str, str, int], set[tuple[str, str]]] = defaultdict(set)
    for node in list(facts):
        if facts[node]["effectOfFood"]:
            (food,), (form,) = facts[node]["effectOfFood"], facts[node]["effectThrough"]
            (way,), (value,), (status,) = (
                facts[node][name] for name in ("effectRelation", "effectOn", "amountStatus")
            )
            told[food, value, relation[way]].add((form, status))
    assert set(told) == dietary()
    for (food, _, _), ways in told.items():
        assert {form for form, _ in ways} <= {form for holder, form in forms() if holder == food}
        for form, status in ways:
            measured = any(
                facts[n]["contentFood"] == {food} and facts[n]["contentSubstance"] == {form}
                for n in list(facts)
            )
            assert status == ("amountKnown" if measured else "amountUnknown"), (food, form)


def test_amounts_are_those_of_the_records() -> None:
    facts = graph(True)
    held = {
        (*facts[n]["contentFood"], *facts[n]["contentSubstance"], source.removeprefix("https://doi.org/")): {
            str(value) for value in facts[n]["low"] | facts[n]["high"]
        }
        for n in list(facts)
        if facts[n]["contentFood"]
        for source in facts[n]["http://purl.org/dc/terms/source"]
        for source in facts[source]["doi"] or {source}
    }
    for (food, form), (doi, amount) in AMOUNTS.items():
        assert {value.split(".")[0] for value in held[food, form, doi]} == {amount}
