"""Publications: who wrote them, when and where they appeared, how much was read, and how they are cited.

`publications.tsv` was typed from the notes of reading, not from the files of the graph.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from calcigraph.edition import Edition
from calcigraph.reasoning.constructs.asking import asked
from datasets import dataset_of

HERE = Path(__file__).parent
CG = "https://w3id.org/calcigraph/ontology/"
ID = "https://w3id.org/calcigraph/id/"
DCTERMS = "http://purl.org/dc/terms/"
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
RULES = HERE.parent / "ontology" / "rules"
INITIALS = r" [A-Z\u00c0-\u00de](?:[A-Z\u00c0-\u00de.]|-\w)*( Jr)?$"
WITHOUT_AUTHOR_OR_YEAR_AT_MOST = 0.1

# As a medical journal prints them: six authors at most, title, journal, numbers, identifier.
CITED = {
    "pmc-pmc4414672": (
        "Leopold JA. Vascular Calcification: Mechanisms of Vascular Smooth Muscle Cell Calcification. "
        "Trends in Cardiovascular Medicine. 2015;25(4):267-274. doi:10.1016/j.tcm.2014.10.021"
    ),
    "doi-10-1016-j-jacc-2009-10-061": (
        "Vlachopoulos C, Aznaouridis K, Stefanadis C. Prediction of cardiovascular "
        "events and all-cause mortality "
        "with arterial stiffness: a systematic review and meta-analysis. Journal of the American College of "
        "Cardiology. 2010;55(13):1318-27. doi:10.1016/j.jacc.2009.10.061"
    ),
    "doi-10-1007-s00018-019-03054-z": (
        "Voelkl J, Lang F, Eckardt K-U, Amann K, Kuro-o M, Pasch A, et al. Signaling "
        "pathways involved in vascular "
        "smooth muscle cell calcification during hyperphosphatemia. Cellular and "
        "Molecular Life Sciences. 2019. "
        "doi:10.1007/s00018-019-03054-z"
    ),
    "pmid-17875939": (
        "Igarashi M, Yogiashi Y, Mihara M, Takada I, Kitagawa H, Kato S. Vitamin K induces osteoblast "
        "differentiation through pregnane X receptor-mediated transcriptional control of the Msx2 gene. "
        "[Retracted.] Molecular and Cellular Biology. 2007;27(22):7947-7954. doi:10.1128/MCB.00813-07"
    ),
    "doi-10-5772-63712": (
        "Walther B, Chollet M. Menaquinones, Bacteria, and Foods: Vitamin K2 in the "
        "Diet. In: Vitamin K2 - Vital "
        "for Health and Wellbeing. 2017. doi:10.5772/63712"
    ),
    "pmid-3530901": (
        "Hauschka PV. Osteocalcin: the vitamin K-dependent Ca2+-binding protein of bone matrix. Haemostasis. "
        "1986;16(3-4):258-272. PMID 3530901"
    ),
    "torgerson-2018": (
        "Torgerson DJ. Caution to Readers About Systematic Review on Vitamin K and "
        "Prevention of Fractures That "
        "Included Problematic Trials. JAMA Internal Medicine. 2018;178(6):863-864. "
        "doi:10.1001/jamainternmed.2018.1127"
    ),
    "diederichsen-2022": (
        "Diederichsen ACP, et al. Vitamin K2 and D in Patients With Aortic Valve Calcification: A Randomized "
        "Double-Blinded Clinical Trial. Circulation. 2022;145(18):1387-1397. "
        "doi:10.1161/CIRCULATIONAHA.121.057008"
    ),
    "de-vries-2025": (
        "de Vries F, Bittner R, Maresz K, Machuron F, Gåserød O, Jeanne JF, et al. "
        "Effects of One-Year Menaquinone-7 Supplementation on "
        "Vascular Stiffness and Blood "
        "Pressure in Post-Menopausal Women. Nutrients. 2025;17(5):815. doi:10.3390/nu17050815"
    ),
    "geleijnse-2004": (
        "Geleijnse JM, Vermeer C, Grobbee DE, Schurgers LJ, Knapen MHJ, van der Meer IM, "
        "et al. Dietary intake of "
        "menaquinone is associated with a reduced risk of coronary heart disease: the "
        "Rotterdam Study. Journal of "
        "Nutrition. 2004;134(11):3100-3105. doi:10.1093/jn/134.11.3100"
    ),
    "hruby-2013-abstract": (
        "Hruby A, O'Donnell CJ, Jacques PF, Meigs JB, Wood RJ, McKeown NM. Associations "
        "of magnesium intake with "
        "coronary artery calcification in the Framingham Heart Study. FASEB Journal. "
        "2013;27(1 supplement):622.6. "
        "doi:10.1096/fasebj.27.1_supplement.622.6"
    ),
    "ma-2022": (
        "Ma M-l, Ma Z-j, He Y-l, Sun H, Yang B, Ruan B-j, et al. Efficacy of vitamin K2 "
        "in the prevention and "
        "treatment of postmenopausal osteoporosis: A systematic review and meta-analysis "
        "of randomized controlled "
        "trials. Frontiers in Public Health. 2022;10:979649. doi:10.3389/fpubh.2022.979649"
    ),
    "iom-vitamin-k-intakes": (
        "Institute of Medicine, Food and Nutrition Board, Panel on Micronutrients. "
        "Dietary Reference Intakes for "
        "Vitamin A, Vitamin K, Arsenic, Boron, Chromium, Copper, Iodine, Iron, "
        "Manganese, Molybdenum, Nickel, "
        "Silicon, Vanadium, and Zinc. National Academy Press. 2001."
    ),
}
# The same twelve: kind of entry, authors, and fields that are easily wrong.
BIBTEX = {
    "pmc-pmc4414672": ("article", "Leopold, J. A.", {"pages": "267--274", "number": "4"}),
    "doi-10-1016-j-jacc-2009-10-061": (
        "article",
        "Vlachopoulos, C. and Aznaouridis, K. and Stefanadis, C.",
        {"pages": "1318--27", "pmid": "20338492"},
    ),
    "doi-10-1007-s00018-019-03054-z": (
        "article",
        "Voelkl, J. and Lang, F. and Eckardt, K.-U. and Amann, K. and Kuro-o, M. and "
        "Pasch, A. and Pieske, B. and "
        "Alesutan, I.",
        {"year": "2019"},
    ),
    "pmid-17875939": (
        "article",
        "Igarashi, M. and Yogiashi, Y. and Mihara, M. and Takada, I. and Kitagawa, H. and Kato, S.",
        {"note": "Retracted"},
    ),
    "doi-10-5772-63712": (
        "incollection",
        "Walther, B. and Chollet, M.",
        {"booktitle": "Vitamin K2 - Vital for Health and Wellbeing"},
    ),
    "pmid-3530901": ("article", "Hauschka, P. V.", {"number": "3-4", "pages": "258--272"}),
    "torgerson-2018": ("article", "Torgerson, D. J.", {"volume": "178"}),
    "diederichsen-2022": ("article", "Diederichsen, A. C. P. and others", {"journal": "Circulation"}),
    "de-vries-2025": (
        "article",
        "de Vries, F. and Bittner, R. and Maresz, K. and Machuron, F. and Gåserød, O. and Jeanne, J. F. and "
        "Schurgers, L. J.",
        {"journal": "Nutrients"},
    ),
    "geleijnse-2004": (
        "article",
        "Geleijnse, J. M. and Vermeer, C. and Grobbee, D. E. and Schurgers, L. J. and Knapen, M. H. J. and "
        "van der Meer, I. M. and Hofman, A. and Witteman, J. C. M.",
        {"doi": "10.1093/jn/134.11.3100"},
    ),
    "hruby-2013-abstract": (
        "article",
        "Hruby, A. and O'Donnell, C. J. and Jacques, P. F. and Meigs, J. B. and Wood, R. "
        "J. and McKeown, N. M.",
        {"number": "1 supplement", "doi": "10.1096/fasebj.27.1_supplement.622.6"},
    ),
    "ma-2022": (
        "article",
        "Ma, M.-l. and Ma, Z.-j. and He, Y.-l. and Sun, H. and Yang, B. and Ruan, B.-j. and Zhan, W.-d. and "
        "Li, S.-x. and Dong, H. and Wang, Y.-x.",
        {"pages": "979649"},
    ),
    "iom-vitamin-k-intakes": (
        "book",
        "{Institute of Medicine, Food and Nutrition Board, Panel on Micronutrients}",
        {"publisher": "National Academy Press"},
    ),
}


@cache
def graph() -> Edition:
    return dataset_of("shipped")


def texts(work: str, name: str) -> list[str]:
    """What the graph says of a work by a property, as text."""
    node = ox.NamedNode(work if work.startswith("http") else ID + work)
    found = graph().objects(node, ox.NamedNode(name if name.startswith("http") else CG + name))
    return [value.value for value in found if isinstance(value, ox.Literal | ox.NamedNode)]


def one(work: str, name: str) -> str:
    (value,) = texts(work, name)
    return value


def named(nodes: Iterable[object]) -> set[str]:
    return {node.value for node in nodes if isinstance(node, ox.NamedNode)}


@cache
def works() -> list[str]:
    found = {
        n.value
        for n in graph().subjects(TYPE, ox.NamedNode(CG + "Publication"))
        if isinstance(n, ox.NamedNode)
    }
    return sorted(found)


@cache
def table() -> list[dict[str, str]]:
    with (HERE / "publications.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def by_identifier(kind: str, value: str) -> str:
    (node,) = {
        t.subject
        for t in graph().triples(None, ox.NamedNode(CG + kind), None)
        if isinstance(t.object, ox.Literal) and t.object.value.lower() == value.lower()
    }
    assert isinstance(node, ox.NamedNode)
    return node.value


def fields(entry: str) -> tuple[str, str, dict[str, str]]:
    """Kind, key and fields of a BibTeX entry; braces must be balanced."""
    found = re.fullmatch(r"@(\w+)\{([\w.-]+),\n(.*)\n\}", entry, re.DOTALL)
    assert found, entry
    plain = re.sub(r"\\[{}]", "", entry)
    assert plain.count("{") == plain.count("}"), entry
    lines = [re.fullmatch(r"  (\w+) = \{(.*)\},?", line) for line in found[3].split("\n")]
    assert all(lines), entry
    pairs = [(line[1], line[2]) for line in lines if line]
    assert len(dict(pairs)) == len(pairs), entry
    return found[1], found[2], dict(pairs)


def test_what_was_noted_while_reading_is_what_the_graph_says() -> None:
    rows = table()
    assert len(rows) >= 60
    wrong = []
    for row in rows:
        work = by_identifier("doi", row["doi"]) if row["doi"] else by_identifier("pmid", row["pmid"])
        first = one(work, "authorList").split("; ")[0]
        said = (first, one(work, "publishedYear"), one(work, "journal"))
        if said != (row["first author"], row["year"], row["journal"]):
            wrong.append((work, said, row))
        if row["doi"] and row["pmid"]:
            assert one(work, "pmid") == row["pmid"], work
    assert wrong == []


@pytest.mark.parametrize("work", CITED)
def test_a_work_is_cited_as_journals_do(work: str) -> None:
    assert one(work, DCTERMS + "bibliographicCitation") == CITED[work]


@pytest.mark.parametrize("work", BIBTEX)
def test_a_work_has_a_valid_entry_for_bibtex(work: str) -> None:
    kind, authors, some = BIBTEX[work]
    entry, key, said = fields(one(work, "bibTeX"))
    assert (entry, key, said["author"]) == (kind, work, authors)
    assert {name: said[name] for name in some} == some
    assert said["title"].startswith("{")
    assert texts(work, "https://w3id.org/calcigraph/server#bibTeX") == [one(work, "bibTeX")]


def test_every_entry_for_bibtex_is_valid_and_no_two_have_one_key() -> None:
    keys = Counter(fields(entry)[1] for work in works() for entry in texts(work, "bibTeX"))
    assert len(keys) > 140
    assert set(keys.values()) == {1}


HOSTILE = """
@prefix cg: <https://w3id.org/calcigraph/ontology/> . @prefix dcterms: <http://purl.org/dc/terms/> .
<http://x/id/a> cg:publicationType cg:t ;
  dcterms:title "100 % of $x_1 & {all} #1 ~ 2^2 \\\\end{document}"@en ;
  cg:authorList "O'Neill & Sons, Ltd; van der Berg A-M; Smith J Jr; Doe; Roe ABCD" ;
  cg:journal "Food & Function" ; cg:publishedYear 2020 ; cg:pages "1-2" .
cg:t cg:bibTeXEntryType "article" .
"""


def test_what_has_a_meaning_to_tex_is_escaped() -> None:
    store = ox.Store()
    store.load(HOSTILE, format=ox.RdfFormat.TURTLE)
    answer = asked(store, [ox.DefaultGraph()], (RULES / "publication-bibtex.rq").read_text(encoding="utf-8"))
    (entry,) = [t.object.value for t in answer if isinstance(t.object, ox.Literal)]
    said = fields(entry)[2]
    assert said["title"] == (
        r"{100 \% of \$x\_1 \& \{all\} \#1 \textasciitilde{} "
        r"2\textasciicircum{}2 \textbackslash{}end\{document\}}"
    )
    assert said["author"] == (
        r"{O'Neill \& Sons, Ltd} and van der Berg, A.-M. and Smith, Jr, J. and {Doe} and Roe, A. B. C. D."
    )
    assert said["journal"] == r"Food \& Function"


def test_every_author_stands_alone_too() -> None:
    for work in works():
        listed = {name for text in texts(work, "authorList") for name in text.split("; ")}
        assert set(texts(work, DCTERMS + "creator")) == listed, work


def test_every_publication_has_author_and_year_or_the_reason() -> None:
    without = [w for w in works() if not (texts(w, "authorList") and texts(w, "publishedYear"))]
    assert [w for w in without if not texts(w, "bibliographicGap")] == []
    assert len(works()) > 160
    assert len(without) <= WITHOUT_AUTHOR_OR_YEAR_AT_MOST * len(works()), len(without)


def test_a_label_names_author_year_and_journal_and_is_no_bare_number() -> None:
    labels = {work: one(work, LABEL.value) for work in works()}
    assert [w for w, count in Counter(labels.values()).items() if count > 1] == []
    for work, label in labels.items():
        if texts(work, "authorList") and texts(work, "publishedYear") and texts(work, "journal"):
            family = re.sub(INITIALS, "", one(work, "authorList").split("; ")[0])
            begun = f"{family} {one(work, 'publishedYear')}, {one(work, 'journal')}"
            assert label == begun or label.startswith(begun + ": "), work
        assert re.search(r"[A-Za-z]{4}", re.sub(r"doi|PMC|PMID", "", label)), label


def test_every_report_with_a_finding_and_every_source_says_how_much_was_read() -> None:
    reported = named(t.object for t in graph().triples(None, ox.NamedNode(CG + "reportedIn"), None))
    stated = named(t.object for t in graph().triples(None, ox.NamedNode(CG + "statedIn"), None))
    passages = named(graph().subjects(TYPE, ox.NamedNode(CG + "Passage")))
    assert len(reported) > 80
    for source in sorted((reported | stated | set(works())) - passages):
        extent = one(source, "extentRead").removeprefix(CG)
        if source in reported | stated:
            assert extent != "nothingRead", source
        if extent == "extentNotRecorded":
            assert texts(source, "note"), source


# --- what was read of works of the last years


def test_figures_read_in_further_works_stand_in_findings_of_them() -> None:
    with (HERE / "recent_findings.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) > 30
    reported = ox.NamedNode(CG + "reportedIn")
    for row in rows:
        if row["doi"] or row["pmid"]:
            kind = "doi" if row["doi"] else "pmid"
            work = by_identifier(kind, row[kind])
        else:
            (work,) = (w for w in works() if texts(w, DCTERMS + "title") == [row["title"].rstrip(".")])
        figures = {
            tuple(float(value) if value else None for value in map(_first, (f, f, f), FIGURE))
            for f in named(graph().subjects(reported, ox.NamedNode(work)))
        }
        wanted = tuple(float(row[name]) if row[name] else None for name in ("value", "low", "high"))
        assert wanted in figures, (work, row["outcome"], figures)


FIGURE = ("value", "ciLow", "ciHigh")


def _first(finding: str, name: str) -> str:
    return next(iter(texts(finding, name)), "")


def test_the_literature_was_considered_until_the_last_search() -> None:
    searches = sorted(named(graph().subjects(TYPE, ox.NamedNode(CG + "LiteratureSearch"))))
    assert len(searches) > 70
    days = {one(search, "searchedOn") for search in searches}
    until = graph().objects(
        ox.NamedNode(ID + "calcigraph"), ox.NamedNode("https://w3id.org/calcigraph/server#literatureUntil")
    )
    assert [value.value for value in until if isinstance(value, ox.Literal)] == [max(days)]
    for search in searches:
        assert int(one(search, "resultsSeen")) >= len(texts(search, "entered"))


def test_what_is_known_and_unread_can_be_asked_for_by_what_it_might_bear_on() -> None:
    bears = ox.NamedNode(CG + "mightBearOn")
    about = named(graph().subjects(bears, ox.NamedNode(ID + "vitamin-k")))
    assert len(about) > 5
    for work in named(t.subject for t in graph().triples(None, bears, None)):
        assert not named(graph().subjects(ox.NamedNode(CG + "reportedIn"), ox.NamedNode(work))), work
