"""Texts of many scripts are found by what a person types, and what differs stays apart."""

from __future__ import annotations

import unicodedata

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcigraph.engine.engine_problems import SearchMalformed
from calcigraph.engine.folding import folded
from calcigraph.engine.fts_query import expression
from calcigraph.engine.text_index import TextIndex

FOUND = [
    ("日本語", "日本語のテキスト"),
    ("本", "日本語のテキスト"),
    ("テキスト", "日本語のﾃｷｽﾄ"),
    ("ﾊﾟ", "パ"),
    ("中文 test", "这是中文test"),
    ("dna検査", "DNA検査です"),
    ("日本*", "日本語"),
    ('"本語の"', "日本語のテキスト"),
    ("한국", "한국의 역사"),
    (unicodedata.normalize("NFD", "한국"), "한국의 역사"),
    ("ไทย", "ภาษาไทย"),
    ("strasse", "Straße"),
    ("Straße", "STRASSE"),
    ("αθηναι", "Ἀθῆναι"),
    ("ΟΔΟΣ", "ὁδός"),
    ("istanbul", "İstanbul"),
    ("İstanbul", "istanbul"),
    ("ISPARTA", "\u0131sparta"),
    ("file", "ﬁle"),
    ("sjogren", "Sjøgren"),
    ("lodz", "Łódź"),
    ("oeuvre", "Œuvre"),
    ("ежик", "ёжик"),
    ("Å", "A\u030a"),
    ("A\u030a", "Å"),
    ("angstrom", "Ångström"),
    ("calcium", "cal\u00adcium"),
    ("שלום", "שָׁלוֹם"),
    ("محمد", "مُحَمَّد"),
    ("محمد", "محـــمد"),
    ("ABC", "\uff21\uff22\uff23"),
    ("1/2", "½"),
    ("½", "1/2"),
    ("३", "3"),
    ("हिन्दी", "हिन्दी भाषा"),
    ("da nang", "Đà Nẵng"),
    ("co2", "CO₂"),
    ("foo", "Foo™"),
    ("mail", "e‐mail"),  # noqa: RUF001 - a hyphen that is none of ASCII
    ("obrien OR brien", "O’Brien"),  # noqa: RUF001 - an apostrophe of print
    ("carotene", "β-carotene"),
]
APART = [
    ("か", "が"),
    ("が", "か"),
    ("語本", "日本語"),
    ("pump", "pumps"),
    ("กา", "กี"),
    ("ab", "a b"),
    ("हिन्दी", "हन्दा"),
    ("日语", "日本語"),
]


def finds(search: str, text: str) -> bool:
    quad = ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(text))
    return bool(TextIndex([quad]).find(expression(search), (), None, 10))


@pytest.mark.parametrize(("search", "text"), FOUND)
def test_what_a_person_types_finds_the_text(search: str, text: str) -> None:
    assert finds(search, text)


@pytest.mark.parametrize(("search", "text"), APART)
def test_what_is_another_word_finds_nothing(search: str, text: str) -> None:
    assert not finds(search, text)


@given(st.text(min_size=1, max_size=30))
def test_every_text_is_found_by_itself_in_every_form_and_case(text: str) -> None:
    for form in ("NFC", "NFD"):
        try:
            words = expression(unicodedata.normalize(form, text).replace('"', " "))
        except SearchMalformed:
            continue
        quad = ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(text))
        if not {"OR", "AND", "NOT"} & set(text.split()):
            assert TextIndex([quad]).find(words, (), None, 10)


@given(st.text(max_size=30))
def test_folding_again_changes_nothing_but_spaces(text: str) -> None:
    assert folded(folded(text)).split() == folded(text).split()
