"""Every IRI of the data has its page and its data, whatever the namespace of the root looks like."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask import Flask

from calcigraph.errors import RootInvalid
from calcigraph.root import Root
from calcigraph.store import DOCUMENT_SUFFIXES
from calcigraph.web.representations import DOCUMENT_OFFERS
from calcigraph.web.taken_paths import taken_paths
from conftest import BROWSER
from in_process import Answered, ask, local_app
from suites import SUITES

RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SUFFIXES = {".ttl": "text/turtle", ".nt": "application/n-triples", ".html": "text/html"}
HASH, OBO, PLAIN = "https://example.org/tool.owl#", "https://example.org/obo/", "https://example.org/plain/"
ELSEWHERE = "https://other.example/v#"
# Below the namespace in which they are written: name, and the path at which it is answered for, if any.
NAMES = {
    "RO_0002233": "/RO_0002233",
    "deep/er": "/deep/er",
    "dotted.ttl": "/dotted.ttl",
    "a%20b": "/a%20b",
    "caf\u00e9": "/caf%C3%A9",
    "why?so": "/why%3Fso",
    "id/x": "/id/x",
    "ontology/T": "/ontology/T",
    # At the address of one, or of a document about it, is the other.
    "core": None,
    "core.html": "/core.html",
    "id/y": None,
    "id/y.ttl": "/id/y.ttl",
    "frag": None,
    "frag.nt#part": None,
    "k?b": None,
    "k%3Fb": "/k%3Fb",
    "na\u00efve": None,
    "na%C3%AFve": "/na%C3%AFve",
    # Taken, changed on the way, or one of very many.
    "sparql": None,
    "describe": None,
    "questions/mine": None,
    "sitemap-3.xml": None,
    "graph/none": None,
    "../up": None,
    "/twice": None,
    "part#one": None,
    "": None,
}


def root(folder: Path, turtle: str, namespace: str = "") -> Root:
    for name in ("ontology", "data", "shapes"):
        (folder / name).mkdir()
    (folder / "ontology/terms.ttl").write_text(turtle, encoding="utf-8")
    if namespace:
        said = f'<{PLAIN}me> <http://rdfs.org/ns/void#uriSpace> "{namespace}" .'
        (folder / "data/catalog.ttl").write_text(said, encoding="utf-8")
    return Root.open(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Flask]:
    """An application for a root with a namespace, each made once: some names in it and some of others."""
    apps: dict[str, Flask] = {}

    def of(namespace: str) -> Flask:
        if namespace not in apps:
            own = namespace or PLAIN
            names = [own + name for name in (NAMES if own != HASH else ("A", "b-c", "d%20e", "\u00e9"))]
            lines = [f'<{iri}> <{RDFS}label> "called {place}" .' for place, iri in enumerate(names)]
            lines += [
                f"<{ELSEWHERE}Tank> a <{OWL}Class> ; <{RDFS}subClassOf> <{ELSEWHERE}Unsaid>, <{names[0]}> ."
            ]
            lines += [f"<{own.rstrip('#/')}> a <{OWL}Ontology> ; <{RDFS}label> 'The tool' ."]
            apps[namespace] = local_app(root(tmp_path_factory.mktemp("root"), "\n".join(lines), namespace))
        return apps[namespace]

    return of


def describe(iri: str, suffix: str = "") -> str:
    return f"/describe{suffix}?iri={quote(iri, safe='')}"


def triples(answered: Answered) -> set[ox.Triple]:
    form = ox.RdfFormat.from_media_type(answered.headers["content-type"].partition(";")[0])
    assert form is not None
    return {quad.triple for quad in ox.parse(answered.content, format=form)}


def told(app: Flask, iri: str) -> None:
    """The IRI leads to a page and to data, which are about it and say where they are."""
    for suffix, media_type in SUFFIXES.items():
        led = ask(app, describe(iri), headers={"Accept": media_type})
        assert (led.status, "Accept" in led.headers["vary"].split(", ")) == (303, True), iri
        document = ask(app, led.headers["location"])
        assert (document.status, document.headers["content-type"].partition(";")[0]) == (200, media_type), iri
        assert document.headers["content-location"] == led.headers["location"]
        assert document.headers["etag"]
        assert f'<{quote(iri, safe=":/#?%")}>; rel="describes"' in document.headers["link"]
        asked = ask(app, led.headers["location"], "HEAD")
        for name in ("content-type", "content-length", "etag", "content-location", "link"):
            assert asked.headers[name] == document.headers[name]
        if suffix != ".html":
            assert ox.NamedNode(iri) in {t.subject for t in triples(document)}
        else:
            assert f"<bdi>{iri}</bdi>" in unescape(document.text)
            (canonical,) = re.findall(r'rel="canonical" href="([^"]+)"', document.text)
            assert canonical.endswith(led.headers["location"])
        # Named without negotiation too.
        direct = ask(app, describe(iri, suffix), headers={"Accept": "image/png"})
        assert direct.content == document.content
        assert direct.headers["content-location"] == document.headers["content-location"]


@pytest.mark.parametrize("namespace", [HASH, OBO, ""])
def test_every_iri_is_described_whatever_the_namespace(made: Callable[[str], Flask], namespace: str) -> None:
    app = made(namespace)
    own = namespace or PLAIN
    names = NAMES if own != HASH else ("A", "b-c", "d%20e", "\u00e9")
    for name in (name for name in names if name or own != OBO):
        told(app, own + name)
    told(app, f"{ELSEWHERE}Tank")


@pytest.mark.parametrize(("name", "path"), NAMES.items())
def test_an_own_name_is_answered_at_its_path_where_nothing_else_is(
    made: Callable[[str], Flask], name: str, path: str | None
) -> None:
    app = made(OBO)
    place = ask(app, describe(OBO + name), headers={"Accept": "text/turtle"}).headers["location"]
    if path is None:
        assert place.startswith("/describe.ttl?iri=https://example.org/obo/")
    else:
        assert place == f"{path}.ttl"
        assert ask(app, path, headers={"Accept": BROWSER}).headers["location"] == f"{path}.html"


def test_one_is_never_answered_for_another(made: Callable[[str], Flask]) -> None:
    app = made(OBO)
    assert {offer.suffix for offer in DOCUMENT_OFFERS} == {*DOCUMENT_SUFFIXES}
    assert ask(app, "/core", headers={"Accept": BROWSER}).headers["location"] == (
        f"/describe.html?iri={OBO}core"
    )
    page = ask(app, f"/describe.html?iri={OBO}core.html").text
    assert 'rel="canonical" href="http://127.0.0.1:8000/core.html.html"' in page
    sitemap = unescape(ask(app, "/sitemap.xml").text)
    for place in (f"/describe.html?iri={OBO}core", "/core.html.html", f"/describe.html?iri={OBO}k?b"):
        assert f"<loc>http://127.0.0.1:8000{place}</loc>" in sitemap.replace("%3F", "?"), place
    assert "8000/core.html</loc>" not in sitemap


def test_a_resource_that_json_ld_cannot_say_has_its_page_all_the_same(tmp_path: Path) -> None:
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    stated = f"<{PLAIN}r> <{rdf}reifies> <<( <{PLAIN}a> <{PLAIN}b> 1 )>> ."
    app = local_app(root(tmp_path, stated))
    page = ask(app, describe(f"{PLAIN}r", ".html"))
    assert (page.status, '<script type="application/ld+json">' in page.text) == (200, False)
    assert ask(app, describe(f"{PLAIN}r", ".jsonld")).status == 406


def test_what_is_taken_is_what_the_router_says(made: Callable[[str], Flask]) -> None:
    app = made(OBO)
    pattern = re.compile(taken_paths(app.url_map.iter_rules()))
    adapter = app.url_map.bind("localhost")
    samples = {
        re.sub(r"<[^>]*>", text, rule.rule) for rule in app.url_map.iter_rules() for text in ("1", "a", "a/b")
    }
    samples |= {f"{path}{more}" for path in samples for more in ("x", "/x", ".ttl")}
    taken = set()
    for path in samples:
        endpoint, _ = adapter.match(path)
        if endpoint not in ("resources.resource", "resources.named"):
            taken.add(path)
    assert {path for path in samples if pattern.fullmatch(path)} == taken
    assert len(samples - taken) > 50 < len(taken)


def test_a_prefixed_name_is_an_iri_too(tmp_path: Path) -> None:
    declared = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
        f'<urn:p> sh:declare [ sh:prefix "v" ; sh:namespace "{ELSEWHERE}"^^xsd:anyURI ] .'
    )
    opened = root(tmp_path, f"<{ELSEWHERE}Tank> a <{OWL}Class> .")
    (tmp_path / "ontology/prefixes.ttl").write_text(declared, encoding="utf-8")
    app = local_app(Root.open(opened.folder))
    assert (
        ask(app, "/describe?iri=v:Tank").headers["location"]
        == f"/describe.ttl?iri={ELSEWHERE.replace('#', '%23')}Tank"
    )
    for given in (
        "",
        "?iri=",
        "?iri=a&iri=b",
        "?iri=no:prefix",
        "?iri=relative",
        f"?iri=http://x/{'a' * 11_000}",
    ):
        assert ask(app, f"/describe{given}").status == 400, given
    assert ask(app, describe(f"{ELSEWHERE}Tank", ".gif")).status == 404


def test_what_the_data_do_not_name_is_unknown_with_near_names(made: Callable[[str], Flask]) -> None:
    app = made(HASH)
    reply = ask(app, describe("https://elsewhere.example/v#Tank"), headers={"Accept": "text/html"})
    assert reply.status == 404
    assert f'href="/describe?iri={ELSEWHERE.replace("#", "%23")}Tank"' in reply.text
    assert ask(app, describe(f"{HASH}Zzz")).status == 404
    # Those of others may have been meant in a search as well.
    assert f'"iri":"{ELSEWHERE}Tank"' in ask(app, "/search?q=tankk&format=json").text.replace('": ', '":')


@pytest.mark.parametrize("path", ["/sitemap-%00.xml", "/%ff", "/a%00bcd", "/%2e%2e/x", "/id/%00%00abc"])
def test_a_path_that_no_iri_has_is_unknown(made: Callable[[str], Flask], path: str) -> None:
    assert ask(made(OBO), path).status == 404


def test_pages_lead_to_pages_here_of_what_is_described_and_out_to_the_rest(
    made: Callable[[str], Flask],
) -> None:
    page = ask(made(OBO), describe(f"{ELSEWHERE}Tank", ".html")).text
    assert f'<a class="outside" rel="external" href="{ELSEWHERE}Tank">' in page
    # Nothing is known of it but its address, which tells more than its end would, and where it leads.
    unsaid = f"{ELSEWHERE}Unsaid"
    assert re.search(f'<a href="{unsaid}"[^>]* rel="external"><bdi>{unsaid}</bdi></a>', page)
    assert re.search(f'<dt><a href="{RDFS}subClassOf"[^>]* rel="external">', page)
    assert 'href="/RO_0002233"' in page
    back = ask(made(OBO), "/RO_0002233.html").text
    assert f'href="/describe?iri={ELSEWHERE.replace("#", "%23")}Tank"' in back
    assert f'rel="external" href="{ELSEWHERE}Tank"' in back
    # What is only mentioned has its page as well.
    assert ask(made(OBO), describe(f"{ELSEWHERE}Unsaid", ".ttl")).status == 200
    assert ask(made(OBO), describe(f"{RDFS}subClassOf", ".html")).status == 200


@pytest.mark.parametrize("namespace", [HASH, OBO])
def test_the_documents_of_a_root_are_below_what_is_before_the_hash(
    made: Callable[[str], Flask], namespace: str
) -> None:
    app = made(namespace)
    graph = namespace.replace("#", "/") + "graph/ontology/terms"
    assert triples(ask(app, "/graph/ontology/terms", headers={"Accept": "text/turtle"}))
    assert ask(app, f"/graphs?graph={graph}").status == 200
    page = ask(app, describe(graph, ".html"))
    assert (page.status, graph in page.text) == (200, True)
    void = triples(ask(app, "/.well-known/void", headers={"Accept": "text/turtle"}))
    assert ox.NamedNode(namespace.replace("#", "/") + "graph/metadata#dataset") in {t.subject for t in void}
    assert ask(app, "/ontology.html").status == 200
    for path in ("/", "/questions", "/sparql", "/server.html", "/w3id.htaccess", "/catalog", "/openapi.json"):
        assert ask(app, path, headers={"Accept": "text/html, */*;q=0.5"}).status == 200, path


def test_the_iri_of_the_ontology_leads_to_the_ontology(made: Callable[[str], Flask]) -> None:
    for namespace in (HASH, OBO):
        iri = namespace.rstrip("#/")
        assert ask(made(namespace), describe(iri)).headers["location"] == "/ontology.ttl"
    assert (
        "RewriteRule ^$ http://127.0.0.1:8000/ontology [R=303,NE,L]" in ask(made(HASH), "/w3id.htaccess").text
    )
    assert "# Whatever else is named." in ask(made(OBO), "/w3id.htaccess").text


def test_the_ontology_is_what_has_a_header_and_not_what_the_prefix_table_hangs_on(tmp_path: Path) -> None:
    """`calcigraph new root` puts its table on a node below the namespace, which is more like it than the IRI
    of somebody's ontology."""
    sh = "http://www.w3.org/ns/shacl#"
    table = f'<{OBO}graph/ontology/prefixes> a <{OWL}Ontology> ; <{sh}declare> [ <{sh}prefix> "o" ] .'
    header = f'<{ELSEWHERE}it> a <{OWL}Ontology> ; <{RDFS}comment> "What it is." .'
    app = local_app(root(tmp_path, f"{table}\n{header}", OBO))
    assert ask(app, describe(f"{ELSEWHERE}it")).headers["location"] == "/ontology.ttl"
    assert "What it is." in ask(app, "/ontology.html").text


@pytest.mark.parametrize("namespace", [HASH, OBO, ""])
def test_crawlers_are_told_of_every_page(made: Callable[[str], Flask], namespace: str) -> None:
    app = made(namespace)
    places = re.findall(r"<loc>http://127\.0\.0\.1:8000(.*?)</loc>", unescape(ask(app, "/sitemap.xml").text))
    assert len(places) == len(set(places)) > (4 if namespace == HASH else 15)
    assert {place: ask(app, place).status for place in places} == dict.fromkeys(places, 200)


@pytest.mark.parametrize("text", ["RO:0002233", "RO_0002233", "ro 0002233", f"{ELSEWHERE}Tank", "called 0"])
def test_terms_are_found_by_the_end_of_their_iri_and_by_all_of_it(
    made: Callable[[str], Flask], text: str
) -> None:
    reply = ask(made(OBO), f"/search?q={quote(text, safe='')}&format=json")
    foreign = f"/describe?iri={ELSEWHERE.replace('#', '%23')}Tank"
    wanted = foreign if text.startswith("http") else "/RO_0002233"
    assert f'"link":"{wanted}"' in reply.text.replace('": ', '":')


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("<https://example.org/>", '"https://example.org/" in quotes'),
        ('"example"', "absolute IRI"),
        ('"https://example.org/a b/"', "absolute IRI"),
        ('""', "absolute IRI"),
        ("[]", "in quotes"),
    ],
)
def test_a_namespace_that_is_none_is_a_finding_with_the_remedy(
    tmp_path: Path, stated: str, told: str
) -> None:
    root(tmp_path, "")
    catalogue = f"<urn:me> <http://rdfs.org/ns/void#uriSpace> {stated} ."
    (tmp_path / "data/catalog.ttl").write_text(catalogue, encoding="utf-8")
    with pytest.raises(RootInvalid) as invalid:
        Root.open(tmp_path)
    (finding,) = invalid.value.findings
    assert finding.place is not None
    assert finding.place.file == "data/catalog.ttl"
    assert told in finding.remedy


@pytest.mark.skipif(not (SUITES / "ontologies/prov.ttl").is_file(), reason="the ontologies are not here")
def test_the_pages_of_a_real_ontology_lead_to_one_another(tmp_path: Path) -> None:
    space = "http://www.w3.org/ns/prov#"
    opened = root(tmp_path, (SUITES / "ontologies/prov.ttl").read_text(encoding="utf-8"), space)
    app = local_app(opened)
    front = ask(app, "/", headers={"Accept": BROWSER}).text
    assert "W3C PROVenance" in front
    assert "Which properties are used how often?" in unescape(front)
    links = re.findall(r'href="(/[^"]*)"', front + ask(app, describe(f"{space}Activity", ".html")).text)
    inside = {
        unescape(link).partition("#")[0]
        for link in links
        if not link.startswith(("/static", "/dump", "/sparql"))
    }
    assert len(inside) > 30
    wrong = {link: ask(app, link, headers={"Accept": BROWSER}).status for link in inside}
    assert {link: status for link, status in wrong.items() if status not in (200, 303)} == {}
    assert "has not been defined" not in front
