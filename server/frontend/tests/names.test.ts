import { expect, test } from "vitest";
import { declared, namedIn, names, nearest, shrink } from "../src/rdf/prefixes";

const QUERY = `PREFIX a: <https://example.org/a#> # PREFIX no: <urn:no>
SELECT ?x { ?x a:knows a:b.c , <https://example.org/d> ; a "a:text" . FILTER(?x < 3) }`;

test("a query's prefixes are those that it declares, not those in comments of the line", () => {
  expect(Object.keys(declared("PREFIX a: <urn:a>\nprefix b: <urn:b>"))).toEqual(["a", "b"]);
});

test("names in strings, comments and the prologue are no names", () => {
  expect(names(QUERY).map((name) => name.text)).toEqual(["a:knows", "a:b.c"]);
});

test("what a query names are its prefixed names and its IRIs, each once", () => {
  expect(namedIn(QUERY)).toEqual(["https://example.org/a#knows", "https://example.org/a#b.c", "https://example.org/d"]);
});

test("an IRI shrinks by the longest namespace, and stays whole where none fits", () => {
  const table = { a: "https://example.org/", b: "https://example.org/b/" };
  expect(shrink("https://example.org/b/c", table)).toBe("b:c");
  expect(shrink("https://example.org/b/c/d", { b: table.b })).toBe("<https://example.org/b/c/d>");
});

test("the nearest name is one that differs by few letters, or none", () => {
  expect(nearest("skoss", ["skos", "rdfs"])).toBe("skos");
  expect(nearest("zebra", ["skos", "rdfs"])).toBeUndefined();
});
