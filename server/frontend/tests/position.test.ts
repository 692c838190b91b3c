import { expect, test } from "vitest";
import { position, type Place } from "../src/query/position";

const CASES: [string, Place, string][] = [
  ["SELECT * { ", "subject", ""],
  ["SELECT * { id:a", "subject", "id:a"],
  ["SELECT * { ?s ", "property", ""],
  ["SELECT * { ?s ex:kno", "property", "ex:kno"],
  ["SELECT * { ?s ex:p ", "object", ""],
  ["SELECT * { ?s a ", "class", ""],
  ["SELECT * { ?s a ex:De", "class", "ex:De"],
  ["SELECT * { ?s a ex:D , ", "class", ""],
  ["SELECT * { ?s ex:p ex:o ; ", "property", ""],
  ["SELECT * { ?s ex:p ex:o , ", "object", ""],
  ["SELECT * { ?s ex:p 'a; b' . ", "subject", ""],
  ["SELECT * { ?s ex:p/", "property", ""],
  ["SELECT * { ?s ex:p* ", "object", ""],
  ["SELECT * { ?s ex:p [ ", "property", ""],
  ["SELECT * { ?s ex:p [ ex:q 1 ] ; ", "property", ""],
  ["SELECT * { VALUES ?x { ", "object", ""],
  ["SELECT * { VALUES (?x ?y) { (", "object", ""],
  ["SELECT * { ?s ex:p ?o OPTIONAL { ?o ", "property", ""],
  ["SELECT * { ?s ex:p ?o } ORDER BY ?", "none", "?"],
  ["PREFIX ex: <urn:", "none", "<urn:"],
  ["SELECT * { # ex:p", "none", ""],
  ["SELECT * { ?s <http://example.org/a#b", "property", "<http://example.org/a#b"],
];

test.each(CASES)("after %j stands a %s that begins with %j", (before, place, token) => {
  const found = position(before);
  expect([found.place, found.token]).toEqual([place, token]);
  expect(before.slice(found.start)).toBe(token);
});
