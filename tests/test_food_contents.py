"""Amounts of vitamin K in foods, as they were read in the works that measured them."""

from __future__ import annotations

import pytest

from test_claims import CG, DCTERMS, ID, TYPE, graph

# DOI; food, form, low, high, unit.
READ = [
    ("10.3177/jnsv.53.464", "natto", "mk-7", 939, 939, "ug/(100.g)"),
    ("10.3177/jnsv.53.464", "spinach", "vitamin-k1", 498, 498, "ug/(100.g)"),
    ("10.3177/jnsv.53.464", "broccoli", "vitamin-k1", 307, 307, "ug/(100.g)"),
    ("10.1016/j.foodchem.2024.139382", "kale", "vitamin-k1", 565, 565, "ug/(100.g)"),
    ("10.1016/j.foodchem.2024.139382", "baby-spinach", "vitamin-k1", 255, 255, "ug/(100.g)"),
    ("10.1021/jf00022a028", "olive-oil", "vitamin-k1", 55, 55, "ug/(100.g)"),
    ("10.1016/j.foodchem.2022.133772", "chicken-leg-meat", "mk-4", 58, 58, "ug/(100.g)"),
    ("10.1016/j.foodchem.2022.133772", "cheddar", "mk-9", 8, 8, "ug/(100.g)"),
    ("10.1016/j.idairyj.2017.07.005", "raclette", "mk-9", 167, 167, "ug/kg"),
    ("10.1016/j.idairyj.2017.07.005", "emmental", "mk-4", 48, 48, "ug/kg"),
    ("10.3945/cdn.117.000638", "soft-cheese", "vitamin-k", 506, 506, "ug/(100.g)"),
    ("10.1016/j.foodchem.2024.141651", "blue-cheese", "vitamin-k", 49, 49, "ug/(100.g)"),
    ("10.3390/foods10122938", "cheese", "vitamin-k", 0.5, 32, "ug/(100.g)"),
    ("10.3390/foods9111619", "egg", "mk-4", 46, 51, "ug/(100.g)"),
]


@pytest.mark.parametrize("row", READ, ids=lambda row: f"{row[1]}-{row[2]}-{row[0]}")
def test_an_amount_is_the_one_that_its_work_gives(row: tuple[str, str, str, float, float, str]) -> None:
    g = graph()
    found = [
        (doi, food, form, float(low), float(high), unit)
        for node in g.back[TYPE, CG + "FoodContent"]
        for name in [node.removeprefix(ID)]
        for source in g.out[node, DCTERMS + "source"]
        for doi in g.out[source, CG + "doi"]
        for food in g.ids(name, "contentFood")
        for form in g.ids(name, "contentSubstance")
        for low in g.ids(name, "low")
        for high in g.ids(name, "high")
        for unit in g.ids(name, "unit")
    ]

    assert found.count(row) == 1
