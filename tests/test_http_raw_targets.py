"""The IRI of a resource is its address, as the client sends it: nothing is decoded twice, or not at all."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Callable
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from conftest import BROWSER, ROOTS, Server
from polling import MOST_S

LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
# What follows `…/id/` in an IRI, and in the target of who asks for it (RFC 3987, section 3.1).
NAMES = {
    "2019-02-26T07%3A14%3A19.932Z": "2019-02-26T07%3A14%3A19.932Z",
    "a%2Fb": "a%2Fb",
    "a/b": "a/b",
    "a%20b": "a%20b",
    "a%2520b": "a%2520b",
    "low%2fcase": "low%2fcase",
    "caf\u00e9": "caf%C3%A9",
    "the%C3%A9": "the%C3%A9",
    "\u65e5\u672c": "%E6%97%A5%E6%9C%AC",
    "not-utf8-%FF": "not-utf8-%FF",
    "c:d(e)!f'g,h;i@j": "c:d(e)!f'g,h;i@j",
    "100%25.ttl": "100%25.ttl",
    "asked?for=this": "asked?for=this",
    "tilde~-._": "tilde~-._",
}
# Other spellings that RFC 3986 (section 6.2.2) and RFC 3987 (section 3.1) let a client send for the same.
SPELLINGS = {
    "a%2fb": "a%2Fb",
    "%61/b": "a/b",
    "caf%c3%a9": "caf\u00e9",
    "tilde%7E%2D%2e%5f": "tilde~-._",
    # Reserved, but without a meaning of its own in a segment; many clients encode it.
    "c%3Ad%28e%29%21f%27g%2Ch%3Bi%40j": "c:d(e)!f'g,h;i@j",
}
FRAGMENTS = ("one", "two%20x", "dr\u00e9i", "four?")


def turtle(namespace: str) -> str:
    things = [*NAMES, *(f"hash#{fragment}" for fragment in FRAGMENTS), "both", "both#part"]
    lines = [
        f'<{namespace}id/{name}> <{LABEL.value}> "thing {number}"@en .' for number, name in enumerate(things)
    ]
    return "\n".join(
        [*lines, f"<{namespace}id/{things[0]}> <{namespace}ontology/feeds> <{namespace}id/hash#one> ."]
    )


@pytest.fixture(scope="module")
def odd(start: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The toy root with resources whose IRIs are hard to ask for."""
    folder = tmp_path_factory.mktemp("odd") / "root"
    shutil.copytree(ROOTS["toy"], folder)
    (folder / "data" / "odd.ttl").write_text(turtle("https://example.org/plant/"), encoding="utf-8")
    return start("odd", folder, "--reasoner", "none")


def described(server: Server, path: str) -> set[str]:
    """The IRIs that a document gives a name, without the namespace."""
    reply = server.get(path)
    assert (reply.status, reply.type) == (200, "application/n-triples"), path
    quads = ox.parse(reply.body, format=ox.RdfFormat.N_TRIPLES)
    return {
        quad.subject.value.removeprefix(f"{server.namespace}id/") for quad in quads if quad.predicate == LABEL
    }


@pytest.mark.parametrize(("name", "target"), [*NAMES.items(), *((n, t) for t, n in SPELLINGS.items())])
def test_each_iri_is_asked_for_by_its_own_target_and_its_document_speaks_of_it(
    odd: Server, name: str, target: str
) -> None:
    reply = odd.get(f"/id/{target}", "application/n-triples")
    assert reply.status == 303, reply.text
    place = reply.headers["location"]
    # Built from the IRI: the query of an IRI is no parameter of its document.
    assert place == "/id/" + quote(name, safe="%:@!$&'()*+,;=~/") + ".nt"
    assert described(odd, place) == {name}
    document = odd.get(place)
    assert document.headers["content-location"] == place
    assert ("describes", quote(f"{odd.namespace}id/{name}", safe=":/%@!$&'()*+,;=~?")) in document.links
    for _, other in [link for link in document.links if link[0] == "alternate"]:
        assert odd.get(other).status == 200


@pytest.mark.parametrize("target", ["a%252Fb", "a%25252520b", "caf%25C3%25A9", "c%253Ad"])
def test_what_is_encoded_once_more_is_another_iri_and_unknown(odd: Server, target: str) -> None:
    assert odd.get(f"/id/{target}").status == 404
    assert odd.get(f"/id/{target}.nt").status == 404


def test_bytes_beyond_ascii_are_understood_as_they_were_sent(odd: Server) -> None:
    with socket.create_connection(("127.0.0.1", odd.port), MOST_S) as client:
        client.sendall("GET /id/café HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert answer.startswith((b"HTTP/1.1 303 ", b"HTTP/1.1 400 "))
    if answer.startswith(b"HTTP/1.1 303 "):
        assert b"/id/caf%C3%A9.ttl\r\n" in answer


@pytest.mark.parametrize("target", ["/id/a%2Fb", "/id/a%2Fb.nt?incoming=0", "/id/hash", "/id/asked?for=this"])
@pytest.mark.parametrize("fragment", ["#x", "#one", "#x#y", "#"])
def test_a_fragment_that_a_client_sends_changes_nothing(odd: Server, target: str, fragment: str) -> None:
    sent, plain = odd.get(target + fragment), odd.get(target)
    assert sent.status == plain.status
    assert plain.status in (200, 303)
    assert (sent.body, sent.headers.get("location")) == (plain.body, plain.headers.get("location"))


def test_a_target_in_absolute_form_is_read_like_any_other(odd: Server) -> None:
    reply = odd.get(f"{odd.base}/id/a%2Fb", "application/n-triples")
    assert (reply.status, reply.headers["location"]) == (303, "/id/a%2Fb.nt")


def test_the_document_of_a_hash_iri_is_that_of_the_rest_and_describes_its_fragments(odd: Server) -> None:
    fragments = {f"hash#{fragment}" for fragment in FRAGMENTS}
    reply = odd.get("/id/hash", "application/n-triples")
    assert (reply.status, reply.headers["location"]) == (303, "/id/hash.nt")
    assert described(odd, "/id/hash.nt") == fragments
    assert described(odd, "/id/both.nt") == {"both", "both#part"}
    page = odd.get("/id/hash.html")
    assert page.status == 200
    assert all(f'<section id="{fragment}">' in page.text for fragment in FRAGMENTS)
    (embedded,) = JSON_LD.findall(page.text)
    quads = ox.parse(embedded, format=ox.RdfFormat.JSON_LD)
    named = {quad.subject.value.rpartition("/")[2] for quad in quads if quad.predicate == LABEL}
    assert named == fragments


def test_a_page_links_to_a_hash_iri_by_its_fragment(odd: Server) -> None:
    page = odd.get("/id/2019-02-26T07%3A14%3A19.932Z.html").text
    assert 'href="/id/hash#one"' in page
    assert odd.get("/id/hash", BROWSER).headers["location"] == "/id/hash.html"
    assert "%23" not in page


def test_every_document_of_the_site_map_answers(odd: Server) -> None:
    places = re.findall(rf"<loc>{re.escape(odd.base)}(/id/[^<]*)</loc>", odd.get("/sitemap.xml").text)
    assert len(places) == len(set(places))
    assert {"/id/hash.html", "/id/both.html", "/id/asked%3Ffor=this.html", "/id/a%2520b.html"} <= set(places)
    for place in places:
        assert odd.get(place.replace("&amp;", "&")).status == 200, place


def test_parameters_go_along_to_the_document(odd: Server) -> None:
    reply = odd.get("/id/pump-1?incoming=100&format=nt")
    assert (reply.status, reply.headers["location"]) == (303, "/id/pump-1.nt?incoming=100")


@pytest.mark.parametrize("offset", ["-1", "1_0", "+1", " 1", "1.0", "٣", "9" * 16, "0" * 5000])
def test_an_offset_is_written_in_digits(odd: Server, offset: str) -> None:
    reply = odd.get(f"/id/pump-1.nt?incoming={quote(offset)}")
    assert reply.status == 400
    assert "incoming" in reply.json["detail"]
    assert reply.json["hint"]


@pytest.mark.parametrize("offset", ["0", "00", "0100"])
def test_noughts_before_a_number_say_nothing(odd: Server, offset: str) -> None:
    assert odd.get(f"/id/pump-1.nt?incoming={offset}").status == 200
