// What has been typed in, what this endpoint has that goes on so out: classes, properties and things, with labels.

import { rows } from "../rdf/endpoint";
import { labels } from "../rdf/labels";
import { declared, prefixes, shrink, type Prefixes } from "../rdf/prefixes";
import { OWL, RDF, RDFS, localName } from "../rdf/terms";
import { STRINGS } from "../strings";
import { search } from "../ui/search";
import { position, type Place } from "./position";

export interface Suggestion {
  /** What is put into the query. */
  text: string;
  label: string;
  kind: string;
  /** The prefix that has to be declared for it. */
  needs?: [string, string];
}

interface Term {
  iri: string;
  label: string;
  kind: "class" | "property";
}

const MOST = 30;
let schema: Promise<Term[]> | undefined;

/** The suggestions at a cursor, and where what they replace begins. */
export async function suggestions(query: string, cursor: number): Promise<{ start: number; found: Suggestion[] }> {
  const { place, token, start } = position(query.slice(0, cursor));
  if (/^[?$]/.test(token)) {
    return { start, found: variables(query, token) };
  }
  if (place === "none") {
    return { start, found: [] };
  }
  const table = await prefixes();
  const own = declared(query);
  const all = await candidates(place, token, Object.assign(Object.create(null), table, own));
  const found = all.slice(0, MOST).map(({ iri, label, kind }) => suggestion(iri, label, kind, own, table));
  return { start, found };
}

function variables(query: string, token: string): Suggestion[] {
  const all = new Set([...query.matchAll(/[?$][\p{L}\p{N}_]+/gu)].map((match) => match[0]));
  const others = [...all].filter((name) => name !== token && name.startsWith(token)).sort();
  return others.map((text) => ({ text, label: "", kind: STRINGS.completionVariable }));
}

function suggestion(iri: string, label: string, kind: string, own: Prefixes, table: Prefixes): Suggestion {
  const byOwn = shrink(iri, own);
  if (!byOwn.startsWith("<")) {
    return { text: byOwn, label, kind };
  }
  const text = shrink(iri, table);
  const prefix = text.split(":")[0]!;
  const isFree = !text.startsWith("<") && !(prefix in own);
  return isFree ? { text, label, kind, needs: [prefix, table[prefix]!] } : { text: `<${iri}>`, label, kind };
}

async function candidates(place: Place, token: string, table: Prefixes): Promise<{ iri: string; label: string; kind: string }[]> {
  const wanted = place === "property" ? ["property"] : place === "class" ? ["class"] : [];
  const terms = matching((await (schema ??= load())).filter((term) => wanted.includes(term.kind)), token, table);
  if (place === "property" || place === "class") {
    const kind = place === "class" ? STRINGS.completionClass : STRINGS.completionProperty;
    return terms.map(({ iri, label }) => ({ iri, label, kind }));
  }
  return things(token, table);
}

/** The terms that go on like `token`: their label, their name or their prefixed name; the best first. */
export function matching(terms: Term[], token: string, table: Prefixes): Term[] {
  const colon = token.indexOf(":");
  const namespace = token.startsWith("<") ? token.slice(1) : colon >= 0 ? table[token.slice(0, colon)] : "";
  if (namespace === undefined) {
    return [];
  }
  const typed = (token.startsWith("<") ? "" : colon >= 0 ? token.slice(colon + 1) : token).toLowerCase();
  const rank = (term: Term): number => {
    const local = (colon >= 0 ? term.iri.slice(namespace.length) : (term.iri.split(/[/#:]/).at(-1) ?? "")).toLowerCase();
    const label = term.label.toLowerCase();
    if (!typed) {
      return 0;
    }
    return label.startsWith(typed) ? 1 : local.startsWith(typed) ? 1 : label.includes(typed) || local.includes(typed) ? 2 : -1;
  };
  return terms
    .filter((term) => term.iri.startsWith(namespace))
    .map((term) => ({ term, rank: rank(term) }))
    .filter((entry) => entry.rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.term.label.localeCompare(b.term.label))
    .map((entry) => entry.term);
}

async function things(token: string, table: Prefixes): Promise<{ iri: string; label: string; kind: string }[]> {
  const colon = token.indexOf(":");
  const namespace = token.startsWith("<") ? token.slice(1) : colon >= 0 ? table[token.slice(0, colon)] : "";
  const typed = (colon >= 0 ? token.slice(colon + 1) : token.replace(/^</, "")).replace(/[-_]+/g, " ").trim();
  if (!typed || namespace === undefined) {
    return [];
  }
  const found = await search(typed).catch(() => []);
  return found.filter(({ iri }) => iri.startsWith(namespace)).map(({ iri, label, kind }) => ({ iri, label, kind: kind ?? STRINGS.completionThing }));
}

/** The classes and properties that this endpoint declares or uses, asked for once. */
async function load(): Promise<Term[]> {
  const classes = `{ VALUES ?k { <${OWL}Class> <${RDFS}Class> } ?x a ?k } UNION { ?s a ?x }`;
  const kinds = ["ObjectProperty", "DatatypeProperty", "AnnotationProperty"].map((name) => `<${OWL}${name}>`).join(" ");
  const properties = `{ VALUES ?k { ${kinds} <${RDF}Property> } ?x a ?k } UNION { ?s ?x ?o }`;
  const get = async (kind: Term["kind"], pattern: string): Promise<Term[]> => {
    const found = await rows(`SELECT DISTINCT ?x WHERE { ${pattern} FILTER(isIRI(?x)) }`).catch(() => []);
    const iris = found.flatMap((row) => (row["x"] ? [row["x"].value] : []));
    const named = await labels(iris);
    return iris.map((iri) => ({ iri, kind, label: named.get(iri) ?? localName(iri) }));
  };
  return (await Promise.all([get("class", classes), get("property", properties)])).flat();
}
