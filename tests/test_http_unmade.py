"""What has been made is not made again: for a client that has it, nor where it depends on the data alone."""

from __future__ import annotations

import pytest
from flask import Flask

from calcigraph.root import Root
from calcigraph.store import document_contents
from calcigraph.web import resource_documents, resources, server_vocabulary
from calcigraph.web.site import publication_of
from conftest import ROOTS
from in_process import ask, local_app

GRAPH = "/graphs?graph=https://example.org/plant/graph/data/plant"
PATHS = ["/graphs?default", GRAPH, "/graph/data/plant", "/graph/metadata"]
PATHS += [
    "/ontology.ttl",
    "/ontology.html",
    "/server.nt",
    "/server.html",
    "/id/pump-1.ttl",
    "/id/pump-1.html",
]
MADE = [
    (document_contents, "write_graph"),
    *((resource_documents, name) for name in ("write_graph", "resource_page")),
    *(
        (resources.ontology, "page"),
        (server_vocabulary, "write_graph"),
        (server_vocabulary, "render_template"),
    ),
]


@pytest.fixture(scope="module")
def app() -> Flask:
    return local_app(Root.open(ROOTS["toy"]))


def refuse(*_: object, **__: object) -> bytes:
    raise AssertionError("a body was made")


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("path", PATHS)
def test_what_a_client_has_is_not_made_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch, path: str, coding: str
) -> None:
    headers = {"Accept-Encoding": coding}
    first = ask(app, path, headers=headers)
    etag = first.headers["ETag"]
    assert first.status == 200
    assert first.content
    for module, name in MADE:
        monkeypatch.setattr(module, name, refuse)
    for asked in (headers, {**headers, "If-None-Match": '"other"'}):
        assert ask(app, path, headers=asked).status == 500
    if "Content-Encoding" not in first.headers and coding == "gzip":
        return  # whether it is long enough to be compressed, only its body tells
    for given in (etag, f'"other", {etag}', f"W/{etag}"):
        for method in ("GET", "HEAD"):
            again = ask(app, path, method, {**headers, "If-None-Match": given})
            assert (again.status, again.content) == (304, b""), given
            for kept in ("ETag", "Cache-Control", "Vary", "Content-Location", "Link"):
                assert again.headers.getlist(kept) == first.headers.getlist(kept), kept


def test_the_trees_of_the_ontology_are_gathered_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask(app, "/ontology.html")
    assert first.content.count(b'class="tree"') > 3
    monkeypatch.setattr(resources.ontology, "_part", refuse)
    monkeypatch.setattr(resources.ontology, "unfolded", refuse)
    assert ask(app, "/ontology.html").content == first.content


def test_the_tag_of_one_coding_is_not_that_of_the_other(app: Flask) -> None:
    plain, packed = (
        ask(app, "/graphs?default", headers={"Accept-Encoding": coding}) for coding in ("identity", "gzip")
    )
    assert packed.headers["ETag"] == plain.headers["ETag"][:-1] + '.gz"'
    for coding, other in (("identity", packed), ("gzip", plain)):
        asked = {"Accept-Encoding": coding, "If-None-Match": other.headers["ETag"]}
        assert ask(app, "/graphs?default", headers=asked).status == 200
    for coding in ("identity", "gzip"):
        asked = {"Accept-Encoding": coding, "If-None-Match": "*"}
        assert ask(app, "/graphs?default", headers=asked).status == 304


def test_another_format_of_a_graph_is_made_for_who_has_the_first_one(app: Flask) -> None:
    etag = ask(app, "/graphs?default", headers={"Accept": "text/turtle"}).headers["ETag"]
    asked = {"Accept": "application/n-triples", "If-None-Match": etag}
    reply = ask(app, "/graphs?default", headers=asked)
    assert reply.status == 200
    dataset = publication_of(app).current.edition
    triples = {quad.triple for quad in dataset.all_quads()}
    assert reply.content.count(b"\n") == len(triples) > 500
