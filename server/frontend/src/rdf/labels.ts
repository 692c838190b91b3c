// IRIs in, their labels out: asked in batches, each once a page.

import { graphs, languages } from "../page";
import { rows } from "./endpoint";
import { RDFS, localName } from "./terms";

// In order of preference, as the server has it.
const NAMES = [
  `${RDFS}label`,
  "http://www.w3.org/2004/02/skos/core#prefLabel",
  "https://schema.org/name",
  "http://schema.org/name",
  "http://purl.org/dc/terms/title",
  "http://purl.org/dc/elements/1.1/title",
  "http://xmlns.com/foaf/0.1/name",
];
const BATCH = 300;
const known = new Map<string, string | undefined>();
const described = new Set<string>();

/** The labels of those IRIs that have one. Never rejects: where the server cannot say, there is none. */
export async function labels(iris: Iterable<string>): Promise<Map<string, string>> {
  const all = [...new Set(iris)];
  const missing = all.filter((iri) => !known.has(iri) && /^[^<>"{}|^`\\\s]+$/.test(iri));
  for (let i = 0; i < missing.length; i += BATCH) {
    await load(missing.slice(i, i + BATCH));
  }
  return new Map(all.flatMap((iri) => (known.get(iri) === undefined ? [] : [[iri, known.get(iri)!]])));
}

/** Whether the root says anything of an IRI whose label was asked for. */
export function isDescribed(iri: string): boolean {
  return described.has(iri);
}

/** A label for every IRI: the stated one, else the last part of the IRI. */
export async function names(iris: Iterable<string>): Promise<(iri: string) => string> {
  const found = await labels(iris);
  return (iri) => found.get(iri) ?? localName(iri);
}

async function load(batch: string[]): Promise<void> {
  const values = batch.map((iri) => `<${iri}>`).join(" ");
  const query = `SELECT DISTINCT ?x ?p ?l WHERE { VALUES ?x { ${values} } VALUES ?p { ${NAMES.map((n) => `<${n}>`).join(" ")} } ?x ?p ?l }`;
  // What merely follows from axioms is no reason to look here for what is elsewhere.
  const stated = `SELECT ?x WHERE { VALUES ?x { ${values} } FILTER EXISTS { GRAPH ?g { ?x ?p ?o } FILTER(?g != <${graphs}inferred>) } }`;
  try {
    const [named, here] = await Promise.all([rows(query), rows(stated)]);
    here.forEach((row) => row["x"] && described.add(row["x"].value));
    const best = new Map<string, [number, string]>();
    for (const row of named) {
      const { x, p, l } = row;
      if (x && p && l?.type === "literal") {
        const rank = rankOf(l.lang) * 100 + NAMES.indexOf(p.value);
        if (rank < (best.get(x.value)?.[0] ?? Infinity)) {
          best.set(x.value, [rank, l.value]);
        }
      }
    }
    batch.forEach((iri) => known.set(iri, best.get(iri)?.[1]));
  } catch {
    // The IRIs are shown as they are.
  }
}

function rankOf(language: string | undefined): number {
  if (!language) {
    return languages.length;
  }
  const place = languages.indexOf(language.toLowerCase().split("-")[0]!);
  return place < 0 ? languages.length + 1 : place;
}
