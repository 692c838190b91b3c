import { expect, test } from "vitest";
import { exchangeTerm, leftOut } from "../src/query/repair";

const QUERY = `PREFIX ex: <http://e.org/>
SELECT * {
  ?x ex:lable ?n . FILTER (?n > 3)
  ?x ex:a "ex:lable" .
}
LIMIT 0`;

test("a term is exchanged where it is a name, and written with the prefix of the query", () => {
  const repair = exchangeTerm(QUERY, "ex:lable", "<http://e.org/label>");
  expect(repair.query).toBe(QUERY.replace("ex:lable ?n", "ex:label ?n"));
  expect(exchangeTerm(QUERY, '"ex:lable"', '"label"@en').query).toBe(QUERY.replace('"ex:lable"', '"label"@en'));
});

test("a filter or a limit is left out, a triple is not", () => {
  expect(leftOut(QUERY, "filter", { text: "FILTER (?n > 3)", line: 3, column: 20 })).toBe(QUERY.replace("FILTER (?n > 3)", ""));
  expect(leftOut(QUERY, "slice", { text: "LIMIT 0", line: 6, column: 1 })).toBe(QUERY.replace("LIMIT 0", ""));
  expect(leftOut(QUERY, "no-match", { text: "?x ex:lable ?n", line: 3, column: 3 })).toBeUndefined();
  expect(leftOut(QUERY, "filter", { text: "FILTER (false)", line: 3, column: 20 })).toBeUndefined();
  expect(leftOut(QUERY, "missing-graph", { text: "<http://e.org/g>", line: 0, column: 0 })).toBeUndefined();
});
