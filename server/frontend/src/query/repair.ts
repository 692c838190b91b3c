// A query that failed, or found nothing, and the server's reason in; ways to mend it out.

import type { Problem, QueryPart } from "../rdf/endpoint";
import { bare, declared, names, nearest, shrink, type Prefixes } from "../rdf/prefixes";
import { STRINGS } from "../strings";

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

// These end where their text does; a triple may share its subject with others.
const CUT = new Set(["filter", "removed", "values", "having", "slice"]);

/** A query without the part that empties its answer; undefined where it cannot be cut out. */
export function leftOut(query: string, kind: string, part: QueryPart): string | undefined {
  const lines = query.split("\n").slice(0, Math.max(0, part.line - 1));
  const start = lines.reduce((sum, line) => sum + line.length + 1, 0) + [...(query.split("\n")[part.line - 1] ?? "")].slice(0, part.column - 1).join("").length;
  const isKeyword = /^(FILTER|MINUS|VALUES|HAVING|LIMIT|OFFSET)\b/i.test(part.text);
  return part.line && CUT.has(kind) && isKeyword && query.startsWith(part.text, start) ? query.slice(0, start) + query.slice(start + part.text.length) : undefined;
}

/** A query with a term of the data in place of one that is in none of its triples, written as the query can. */
export function exchangeTerm(query: string, wrong: string, near: string): Repair {
  const better = near.startsWith("<") ? shrink(near.slice(1, -1), declared(query)) : near;
  return { text: STRINGS.problemReplace(wrong, better), query: exchangeName(query, wrong, better) };
}

function exchangeName(query: string, from: string, to: string): string {
  if (/^[<"']/.test(from)) {
    return query.replaceAll(from, to);
  }
  const places = names(query).filter((name) => name.text === from);
  return places.reduceRight((text, { start }) => text.slice(0, start) + to + text.slice(start + from.length), query);
}
