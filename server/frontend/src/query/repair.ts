// A query that failed, or found nothing, and the server's reason in; ways to mend it out.

import { rows, type Problem } from "../rdf/endpoint";
import { bare, declared, namedIn, names, nearest, shrink, type Prefixes } from "../rdf/prefixes";
import { STRINGS } from "../strings";
import { search } from "../ui/search";

export interface Repair {
  text: string;
  query: string;
}

/** Repairs of a query that the server could not read: all that is wrong with its prefixes at once. */
export function repairs(query: string, problem: Problem, table: Prefixes): Repair[] {
  if (problem.status !== 400) {
    return [];
  }
  const own = declared(query);
  const unknown = [...new Set(names(query).map((name) => name.prefix))].filter((prefix) => !(prefix in own));
  const known = [...Object.keys(own), ...Object.keys(table)];
  const meant = unknown.flatMap((wrong): [string, string][] => {
    const right = wrong in table ? wrong : nearest(wrong, known);
    return right === undefined ? [] : [[wrong, right]];
  });
  if (!meant.length) {
    return [...keyword(query, problem)];
  }
  const mistyped = meant.filter(([wrong, right]) => wrong !== right);
  const lines = [...new Set(meant.map(([, right]) => right))].filter((prefix) => !(prefix in own)).map((prefix) => `PREFIX ${prefix}: <${table[prefix]}>`);
  const body = mistyped.reduce((text, [wrong, right]) => exchangePrefix(text, wrong, right), query);
  const said = [
    ...mistyped.map(([wrong, right]) => STRINGS.problemReplace(`${wrong}:`, `${right}:`)),
    ...(lines.length ? [STRINGS.problemPut(lines.join(" "))] : []),
  ];
  return [{ text: said.join("; "), query: [...lines, body].join("\n") }];
}

const KEYWORDS = (
  "SELECT DISTINCT REDUCED CONSTRUCT DESCRIBE ASK WHERE FROM NAMED PREFIX BASE OPTIONAL UNION MINUS GRAPH FILTER BIND VALUES SERVICE " +
  "EXISTS GROUP ORDER HAVING LIMIT OFFSET ASC DESC COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT SEPARATOR"
).split(" ");

/** A mistyped keyword at or just before the place of the problem. */
function* keyword(query: string, problem: Problem): Generator<Repair> {
  const lines = query.split("\n");
  const before = lines.slice(0, problem.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const at = before + Math.max(0, problem.column - 1);
  const words = [...bare(query).matchAll(/(?<![?$:\p{L}\p{N}_-])[A-Za-z_]{3,}(?![:\p{L}\p{N}_-])/gu)].filter((word) => word.index <= at);
  for (const word of words.slice(-2).reverse()) {
    const [wrong] = word;
    const right = KEYWORDS.includes(wrong.toUpperCase()) ? undefined : nearest(wrong, KEYWORDS);
    if (problem.line && right) {
      const mended = query.slice(0, word.index) + right + query.slice(word.index + wrong.length);
      yield { text: STRINGS.problemReplace(wrong, right), query: mended };
      return;
    }
  }
}

/** A query with one prefix in place of another, in its body only. */
export function exchangePrefix(query: string, from: string, to: string): string {
  const places = names(query).filter((name) => name.prefix === from);
  return places.reduceRight((text, { start }) => text.slice(0, start) + to + text.slice(start + from.length), query);
}

export interface Unknown {
  name: string;
  repair?: Repair;
}

/** What a query names that stands nowhere in the graph, with the name that comes nearest. */
export async function unknownNames(query: string): Promise<Unknown[]> {
  const iris = namedIn(query).filter((iri) => /^[^<>"{}|^`\\\s]+$/.test(iri));
  if (!iris.length) {
    return [];
  }
  const list = iris.map((iri) => `<${iri}>`).join(" ");
  const absent = await rows(
    `SELECT ?x WHERE { VALUES ?x { ${list} } FILTER NOT EXISTS { ?x ?p ?o } FILTER NOT EXISTS { ?s ?x ?o } ` +
      `FILTER NOT EXISTS { ?s ?p ?x } FILTER NOT EXISTS { GRAPH ?x { ?s ?p ?o } } }`,
  );
  const own = declared(query);
  return Promise.all(absent.flatMap((row) => (row["x"] ? [row["x"].value] : [])).map((iri) => unknown(query, iri, own)));
}

async function unknown(query: string, iri: string, own: Prefixes): Promise<Unknown> {
  const name = shrink(iri, own);
  const namespace = iri.slice(0, Math.max(iri.lastIndexOf("/"), iri.lastIndexOf("#")) + 1);
  const local = iri.slice(namespace.length);
  const candidates = await siblings(namespace, local);
  const meant = nearest(local, candidates);
  if (!meant) {
    return { name };
  }
  const better = shrink(namespace + meant, own);
  return { name, repair: { text: STRINGS.problemReplace(name, better), query: exchangeName(query, name, better) } };
}

/** The last parts of IRIs in a namespace that may be meant. */
async function siblings(namespace: string, local: string): Promise<string[]> {
  const used = await rows(
    `SELECT DISTINCT ?x WHERE { { ?x a ?c } UNION { SELECT DISTINCT ?x WHERE { ?s ?x ?o } } FILTER(isIRI(?x) && STRSTARTS(STR(?x), "${namespace}")) } LIMIT 5000`,
  ).catch(() => []);
  const called = await search(local.replace(/[-_]/g, " ")).catch(() => []);
  const iris = [...used.flatMap((row) => (row["x"] ? [row["x"].value] : [])), ...called.map((entry) => entry.iri)];
  return iris.filter((iri) => iri.startsWith(namespace)).map((iri) => iri.slice(namespace.length));
}

function exchangeName(query: string, from: string, to: string): string {
  if (from.startsWith("<")) {
    return query.replaceAll(from, to);
  }
  const places = names(query).filter((name) => name.text === from);
  return places.reduceRight((text, { start }) => text.slice(0, start) + to + text.slice(start + from.length), query);
}
