"""What was perhaps meant by a name, and that to find it out stays cheap among very many names."""

from __future__ import annotations

from itertools import product
from string import ascii_lowercase

import pytest

from calcigraph.rdf import near_names
from calcigraph.rdf.near_names import NearNames

NAMES = ("altLabel", "base64Binary", "Tank", "Tram", "Pump", "Class00001", "Class00002")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("altLable", "altLabel"),
        ("ALTLABEL", "altLabel"),
        ("altLabell1", "altLabel"),
        ("base46Binary", "base64Binary"),
        ("Tnak", "Tank"),
        ("Takk", "Tank"),
        ("Tanm", "Tank"),  # which is one letter away, and Tram is two
        ("Tra", "Tram"),
        ("Tan", "Tank"),
        ("Klass00001", "Class00001"),
        ("Class00003", None),
        ("Fridge", None),
    ],
)
def test_a_name_within_two_slips_is_found(name: str, meant: str | None) -> None:
    assert NearNames(NAMES).nearest(name) == meant


def test_where_two_are_as_near_none_is_meant() -> None:
    assert NearNames(("Tank", "Tanks")).nearest("Tankx") is None


def test_only_names_that_a_slip_may_have_made_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    monkeypatch.setattr(near_names, "distance", lambda one, other: compared.append(other) or 9)
    names = NearNames(f"Class{number:04}" for number in range(3_000))

    for number in range(20):
        names.nearest(f"Klass{number:04}x")

    # Those with the same digits: at most all orders of four.
    assert len(compared) <= 20 * 24


def test_of_very_many_that_are_nearly_the_same_none_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    monkeypatch.setattr(near_names, "distance", lambda one, other: compared.append(other) or 9)
    alike = [f"Stone{one}{two}" for one, two in product(ascii_lowercase, repeat=2)]

    assert NearNames(alike).nearest("Stones") is None
    assert compared == []
