import { expect, test } from "vitest";
import { fromJson, fromNTriples, key, localName, moment, number, XSD } from "../src/rdf/terms";

test("N-Triples are read with their escapes, languages and datatypes", () => {
  const [first, second] = fromNTriples('<urn:s> <urn:p> "a \\"b\\"\\n\\u00e9"@en .\n_:x <urn:p> "1"^^<urn:t> .\nnonsense\n');
  expect(first?.object).toEqual({ type: "literal", value: 'a "b"\né', lang: "en" });
  expect(second).toEqual({ subject: { type: "bnode", value: "x" }, predicate: { type: "uri", value: "urn:p" }, object: { type: "literal", value: "1", datatype: "urn:t" } });
});

test("terms have the same key exactly where they are the same, and blank nodes are alike", () => {
  const keys = [
    { type: "uri", value: "a" },
    { type: "literal", value: "a" },
    { type: "literal", value: "a", "xml:lang": "en" },
    { type: "literal", value: "a", datatype: "urn:t" },
  ].map((value) => key(fromJson(value)));
  expect(new Set(keys).size).toBe(keys.length);
  expect(key({ type: "bnode", value: "x" })).toBe(key({ type: "bnode", value: "y" }));
  expect(key({ type: "literal", value: "a", datatype: `${XSD}string` })).toBe(key({ type: "literal", value: "a" }));
});

test("only numeric literals are numbers", () => {
  expect(number({ type: "literal", value: "0.70", datatype: `${XSD}decimal` })).toBe(0.7);
  for (const term of [{ value: "7" }, { value: "INF", datatype: `${XSD}double` }, { value: "", datatype: `${XSD}integer` }]) {
    expect(number({ type: "literal", ...term })).toBeUndefined();
  }
});

test("dates and years are moments", () => {
  expect(moment({ type: "literal", value: "2022", datatype: `${XSD}gYear` })).toBe(Date.UTC(2022, 0));
  expect(moment({ type: "literal", value: "2022-03-01", datatype: `${XSD}date` })).toBe(Date.UTC(2022, 2));
  expect(moment({ type: "literal", value: "2022-03-01" })).toBeUndefined();
});

test("a name is taken apart into words", () => {
  expect(localName("https://example.org/a#seeAlso")).toBe("see also");
});
