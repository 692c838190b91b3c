// The root's prefix table and the text of a query in; IRIs, prefixed names and what a query names out.

import { at } from "../page";

/** By prefix; without a prototype, so that `constructor:` is as good a name as any. */
export type Prefixes = Record<string, string>;

let loaded: Promise<Prefixes> | undefined;

/** The prefixes of the root, asked for once. */
export function prefixes(): Promise<Prefixes> {
  loaded ??= fetch(at("/context.jsonld"))
    .then((response) => response.json() as Promise<{ "@context": Context }>)
    .then((document) => fromContext(document["@context"]))
    .catch(() => table());
  return loaded;
}

type Context = Record<string, string | { "@id": string }>;

/** The prefixes of a JSON-LD context, which may be written out as term definitions. */
export function fromContext(context: Context): Prefixes {
  const entries = Object.entries(context).filter(([name]) => !name.startsWith("@"));
  return table(Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "string" ? value : value["@id"]])));
}

function table(entries: Prefixes = {}): Prefixes {
  return Object.assign(Object.create(null) as Prefixes, entries);
}

const LOCAL = /^[\p{L}\p{N}_]([\p{L}\p{N}_\-.]*[\p{L}\p{N}_-])?$/u;

/** The prefixed name of an IRI, by the longest namespace; `<iri>` where none fits. */
export function shrink(iri: string, table: Prefixes): string {
  let best = "";
  let length = 0;
  for (const [prefix, namespace] of Object.entries(table)) {
    if (namespace.length > length && iri.startsWith(namespace) && LOCAL.test(iri.slice(namespace.length))) {
      best = `${prefix}:${iri.slice(namespace.length)}`;
      length = namespace.length;
    }
  }
  return best || `<${iri}>`;
}

/** The prefixes that a query declares. */
export function declared(query: string): Prefixes {
  const found = table();
  for (const match of query.matchAll(/\bPREFIX\s+([\p{L}\p{N}_.-]*):\s*<([^<>\s]*)>/giu)) {
    found[match[1]!] = match[2]!;
  }
  return found;
}

/** A query with everything blanked that is no name: IRIs if wanted, strings, comments; places stay. */
export function bare(query: string, keepIris = false): string {
  const parts = /("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(<[^<>\s"{}|^`\\]*(?:>|$))|(#[^\n]*)/g;
  return query.replace(parts, (all, _text, iri) => (iri && keepIris ? all : all.replace(/[^\n]/g, " ")));
}

const NAME = /(?<![\p{L}\p{N}_?$@:-])([\p{L}][\p{L}\p{N}_.-]*)?:([\p{L}\p{N}_][\p{L}\p{N}_.:-]*[\p{L}\p{N}_-]|[\p{L}\p{N}_])?/gu;

export interface Name {
  prefix: string;
  local: string;
  start: number;
  text: string;
}

/** The prefixed names of a query, outside of its prologue. */
export function names(query: string): Name[] {
  const text = bare(query).replace(/\bPREFIX\s+[\p{L}\p{N}_.-]*:/giu, (all) => " ".repeat(all.length));
  return [...text.matchAll(NAME)].map((match) => ({
    prefix: match[1] ?? "",
    local: match[2] ?? "",
    start: match.index,
    text: match[0],
  }));
}

/** The IRIs that a query names, each once; what only its prologue declares is none. */
export function namedIn(query: string): string[] {
  const table = declared(query);
  const found = names(query).flatMap(({ prefix, local }) => (prefix in table ? [table[prefix]! + local] : []));
  const body = bare(query, true).replace(/\b(PREFIX\s+[^<]*|BASE\s*)<[^>]*>/gi, "");
  const direct = [...body.matchAll(/<([^<>\s]+:[^<>\s]*)>/g)].map((match) => match[1]!);
  return [...new Set([...found, ...direct])];
}

/** The entry that comes nearest to a mistyped one; undefined where none is near. */
export function nearest(wrong: string, known: string[]): string | undefined {
  const scored = known.map((name) => [distance(wrong.toLowerCase(), name.toLowerCase()), name] as const).sort((a, b) => a[0] - b[0]);
  const best = scored[0];
  return best && best[0] <= Math.max(1, Math.floor(wrong.length / 3)) ? best[1] : undefined;
}

/** How many letters are added, left out, exchanged or swapped with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  table[0] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(table[i - 1]![j]! + 1, table[i]![j - 1]! + 1, table[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, table[i - 2]![j - 2]! + 1);
      }
      table[i]![j] = least;
    }
  }
  return table[a.length]![b.length]!;
}
