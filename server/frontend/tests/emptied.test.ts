import { expect, test } from "vitest";
import { emptied } from "../src/query/emptied";
import { parts } from "../src/query/units";

const texts = (query: string) => parts(query)?.units.map((unit) => [unit.kind, unit.text.replace(/\s+/g, " ")]);

test("a pattern is cut into triples, filters and groups; strings, IRIs and comments do not count", () => {
  const query = `PREFIX ex: <http://e.org/a.b#> # { ex:no ex:no ex:no }
    SELECT ?x FROM <urn:g> WHERE {
      ?x ex:p.q ex:o ; ex:r "a . b ; {" , 1.5 ; # here ; too
         a ex:C .
      <http://e.org/x.y> ex:s ?x. ?x ex:t [ ex:u ?v ; ex:w ?z ]
      FILTER (?v < 3 && regex(?z, "}"))
      OPTIONAL { ?x ex:n ?n . } BIND (?v + 1 AS ?w) VALUES (?a ?b) { (1 2) }
      { ?x ex:k 1 } UNION { ?x ex:k 2 }
      FILTER NOT EXISTS { ?x ex:gone ?y } MINUS { ?x ex:less ?y }
      GRAPH ex:g { ?x ex:in ?g }
    } ORDER BY ?x LIMIT 3`;
  expect(texts(query)).toEqual([
    ["pattern", "?x ex:p.q ex:o"],
    ["pattern", '?x ex:r "a . b ; {" , 1.5'],
    ["pattern", "?x # here ; too a ex:C"],
    ["pattern", "<http://e.org/x.y> ex:s ?x"],
    ["pattern", "?x ex:t [ ex:u ?v ; ex:w ?z ]"],
    ["filter", 'FILTER (?v < 3 && regex(?z, "}"))'],
    ["optional", "OPTIONAL { ?x ex:n ?n . }"],
    ["bind", "BIND (?v + 1 AS ?w)"],
    ["values", "VALUES (?a ?b) { (1 2) }"],
    ["pattern", "{ ?x ex:k 1 } UNION { ?x ex:k 2 }"],
    ["filter", "FILTER NOT EXISTS { ?x ex:gone ?y }"],
    ["filter", "MINUS { ?x ex:less ?y }"],
    ["pattern", "GRAPH ex:g { ?x ex:in ?g }"],
  ]);
  expect(parts(query)?.dataset).toBe("FROM <urn:g>");
});

test("the template of a CONSTRUCT is not its pattern, and what has none is left alone", () => {
  expect(texts("CONSTRUCT { ?s a ?o } WHERE { ?s ?p ?o }")).toEqual([["pattern", "?s ?p ?o"]]);
  expect(texts("CONSTRUCT WHERE { ?s ?p ?o }")).toEqual([["pattern", "?s ?p ?o"]]);
  expect(parts("DESCRIBE <urn:x>")).toBeUndefined();
  expect(parts("SELECT * { ?s ?p ?o")).toBeUndefined();
});

const QUERY = `SELECT * {
  FILTER (?n > 3)
  ?x ex:a ?y ;
     ex:b ?n ;
     ex:c ?z .
}`;

/** An endpoint that finds nothing as soon as one of the words stands in the pattern. */
const without = (...words: string[]) => (query: string) => Promise.resolve(!words.some((word) => query.includes(word)));

test("the part after which nothing is left is found, wherever it stands, with a query without it", async () => {
  const middle = await emptied(QUERY, without("ex:b"));
  expect([middle?.unit.text.replace(/\s+/g, " "), middle?.line, middle?.column, middle?.matchesAlone]).toEqual(["?x ex:b ?n", 4, 6, false]);
  expect(middle?.without.replace(/\s+/g, " ")).toBe("SELECT * { FILTER (?n > 3) ?x ex:a ?y ; ex:c ?z . }");
  const first = await emptied(QUERY, without("ex:a"));
  expect(first?.without.replace(/\s+/g, " ")).toBe("SELECT * { FILTER (?n > 3) ?x ex:b ?n ; ex:c ?z . }");
  const last = await emptied(QUERY, without("ex:c"));
  expect(last?.without.replace(/\s+/g, " ")).toBe("SELECT * { FILTER (?n > 3) ?x ex:a ?y ; ex:b ?n . }");
  const filter = await emptied(QUERY, without("FILTER"));
  expect(filter?.without.replace(/\s+/g, " ")).toBe("SELECT * { ?x ex:a ?y ; ex:b ?n ; ex:c ?z . }");
});

test("a part that finds something by itself is said to, and where the pattern is not empty nothing is blamed", async () => {
  const together = (query: string) => Promise.resolve(!(query.includes("ex:a") && query.includes("ex:c")));
  expect((await emptied(QUERY, together))?.matchesAlone).toBe(true);
  expect(await emptied(QUERY, without("nowhere"))).toBeUndefined();
});

test("however a query is cut, leaving parts out never makes the text longer, and all parts are in it", () => {
  for (const query of [QUERY, "SELECT * { [] ex:p ( 1 2 ) ; ex:q [ ex:r 1 ] }", "ASK { { SELECT ?x { ?x ?p 1 } } ?x ex:p ?y }"]) {
    const found = parts(query)!.units;
    expect(found.length).toBeGreaterThan(0);
    for (const unit of found) {
      expect(query.slice(unit.start, unit.end).trim()).not.toBe("");
      expect(unit.cut[1]).toBeGreaterThan(unit.cut[0]);
    }
  }
});
