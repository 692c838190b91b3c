import { expect, test } from "vitest";
import { connect, directed } from "../src/pictures/edges";
import type { Edge } from "../src/pictures/shape";
import { digest } from "../src/query/digest";
import { exchangePrefix, repairs } from "../src/query/repair";
import { promised, link } from "../src/query/share";
import { notebook, snippets } from "../src/query/snippets";
import { hasDataset, mark } from "../src/query/standing";
import { matching } from "../src/query/complete";
import { flatten, type Proof } from "../src/explanation";
import { Problem, read } from "../src/rdf/endpoint";
import { fromContext } from "../src/rdf/prefixes";
import type { Row } from "../src/rdf/terms";

const row = (value: string): Row => ({ x: { type: "literal", value } });
const answer = (...values: string[]) => ({ kind: "rows" as const, variables: ["x"], rows: values.map(row), truth: false, triples: [] });

test("a digest does not depend on the order of rows, but on how often each stands", () => {
  expect(digest(answer("a", "b"))).toBe(digest(answer("b", "a")));
  expect(digest(answer("a", "a"))).not.toBe(digest(answer("a")));
  expect(digest(answer("a"))).not.toBe(digest({ ...answer("a"), variables: ["y"] }));
});

test("a row that stands twice is there only where it is there twice", () => {
  expect(mark(answer("a", "a", "b"), [row("a")])).toEqual([true, false, false]);
});

test("a dataset clause is seen, and a word in a string or a comment is none", () => {
  expect(hasDataset("SELECT * FROM <urn:g> { ?s ?p ?o }")).toBe(true);
  expect(hasDataset('SELECT * { ?s ?p "from" } # FROM')).toBe(false);
});

test("a share link keeps the query, and promises version and digest in its fragment", () => {
  const address = new URL(link("SELECT ?x { ?x ?p 'ä & b' }", false, { version: "f".repeat(64), digest: "abc1" }, "http://localhost"));
  expect(address.searchParams.get("query")).toBe("SELECT ?x { ?x ?p 'ä & b' }");
  expect(address.searchParams.get("inference")).toBe("off");
  expect(promised(address.hash)).toEqual({ version: "f".repeat(12), digest: "abc1" });
  expect(promised("#section")).toBeUndefined();
});

test("a missing prefix that the root has is put first, and a mistyped one is exchanged", () => {
  const table = { skos: "urn:skos#", ex: "urn:ex#" };
  const problem = new Problem("", "", "", 1, 1, 400);
  const [put] = repairs("SELECT * { ?s skos:a ex:b }", problem, table);
  expect(put?.query).toBe("PREFIX skos: <urn:skos#>\nPREFIX ex: <urn:ex#>\nSELECT * { ?s skos:a ex:b }");
  const [exchange] = repairs("PREFIX skos: <urn:skos#> SELECT * { ?s skso:a 'skso:b' }", problem, table);
  expect(exchange?.query).toBe("PREFIX skos: <urn:skos#> SELECT * { ?s skos:a 'skso:b' }");
  const [both] = repairs("SELECT * { ?s sk0s:a ex:b }", problem, table);
  expect(both?.query).toBe("PREFIX skos: <urn:skos#>\nPREFIX ex: <urn:ex#>\nSELECT * { ?s skos:a ex:b }");
  expect(repairs("SELECT * { ?s zebra:a 1 }", problem, table)).toEqual([]);
  expect(exchangePrefix("SELECT * { a:b a:c a:d }", "a", "bb")).toBe("SELECT * { bb:b bb:c bb:d }");
});

test("a mistyped keyword is exchanged where the problem is, and a name is not taken for one", () => {
  const mend = (query: string, line: number, column: number) => repairs(query, new Problem("", "", "", line, column, 400), {})[0]?.query;
  expect(mend("SELCT * { ?s ?p ?o }", 1, 1)).toBe("SELECT * { ?s ?p ?o }");
  expect(mend("SELECT * {\n ?s ?p ?o\n OPTOINAL { ?s ?q ?r } }", 3, 2)).toBe("SELECT * {\n ?s ?p ?o\n OPTIONAL { ?s ?q ?r } }");
  expect(mend("SELECT * { ?selct ?p ?o ", 1, 24)).toBeUndefined();
});

test("prefixes are read from a context in either form", () => {
  expect(fromContext({ "@version": "1.1", a: "urn:a#", b: { "@id": "urn:b#" } })).toEqual({ a: "urn:a#", b: "urn:b#" });
});

test("snippets carry the query whole, quotes included", () => {
  const query = `SELECT * { ?s ?p "it's" }`;
  const asked = { endpoint: "http://localhost/sparql", query, inference: true, version: "1", address: "http://localhost/sparql?query=a%20b#result=abc1", digest: "abc1" };
  const credits = { authors: ["Müller & Sons", "N. Body"], title: "Pumps_and {tanks}", year: "2026" };
  const [curl, python, r, bibtex] = snippets(asked, credits).map((snippet) => snippet.text);
  expect(curl).toContain(`'query=SELECT * { ?s ?p "it'\\''s" }'`);
  expect(python).toContain(`"""SELECT * { ?s ?p "it's" }"""`);
  expect(r).toContain(`"SELECT * { ?s ?p \\"it's\\" }"`);
  expect(bibtex).toContain("author = {{Müller \\& Sons} and {N. Body}}");
  expect(bibtex).toContain("howpublished = {Pumps\\_and \\{tanks\\}}");
  expect(bibtex).toContain("url = {http://localhost/sparql?query=a%20b#result=abc1}");
  expect(bibtex).toContain("abc1");
  expect(JSON.parse(notebook(asked, "A question")).cells).toHaveLength(2);
});

test("terms are found by label, by name and within a namespace, the ones that begin so first", () => {
  const terms = [
    { iri: "urn:ex#isFedBy", label: "is fed by", kind: "property" as const },
    { iri: "urn:ex#feeds", label: "feeds", kind: "property" as const },
    { iri: "urn:other#feeds", label: "fattens", kind: "property" as const },
  ];
  expect(matching(terms, "fe", {}).map((term) => term.label)).toEqual(["fattens", "feeds", "is fed by"]);
  expect(matching(terms, "ex:fe", { ex: "urn:ex#" }).map((term) => term.label)).toEqual(["feeds", "is fed by"]);
  expect(matching(terms, "no:fe", {})).toEqual([]);
});

const edge = (from: string, to: string, sign: Edge["sign"] = "+"): Edge => ({ from: { type: "uri", value: from }, to: { type: "uri", value: to }, sign });
const said = (found: Edge[]) => found.map((e) => `${e.from.value}${e.to.value}`).sort();

test("what stands between the things of an answer and what is asked about is drawn, side ways are not", () => {
  const all = [edge("a", "b"), edge("b", "c", "-"), edge("c", "d"), edge("b", "x"), edge("y", "b")];
  expect(said(connect(all, new Set(["a", "d"]), ["d"]))).toEqual(["ab", "bc", "cd"]);
});

test("a neighbourhood holds what leads to a thing and what it leads to, cycles included", () => {
  const all = [edge("a", "b"), edge("b", "c"), edge("c", "b"), edge("z", "c"), edge("p", "a")];
  expect(said(directed(all, "a"))).toEqual(["ab", "bc", "cb", "pa"]);
});

test("a statement that two steps of a proof use is drawn once, and what a rule read is not drawn", () => {
  const named = (value: string) => ({ type: "uri", value, label: value });
  const step = (s: string, rule: string, premises: Proof[] = []): Proof => ({
    subject: named(s), predicate: named("p"), object: named("o"), rule, graphs: [], propositions: [], premises,
  });
  const shared = step("c", "construct:edges", [step("record", "asserted")]);
  const { boxes, arrows } = flatten(step("a", "prp-trp", [shared, step("b", "prp-inv", [shared]), step("d", "asserted")]));
  expect(boxes.map((box) => box.kind)).toEqual(["inferred", "derived", "inferred", "asserted"]);
  expect(arrows).toHaveLength(4);
});

test("an ASK is a truth, a SELECT is rows", () => {
  expect(read({ head: {}, boolean: false })).toMatchObject({ kind: "truth", truth: false });
  expect(read({ head: { vars: ["x"] }, results: { bindings: [] } })).toMatchObject({ kind: "rows", variables: ["x"] });
});
