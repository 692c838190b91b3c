// IRIs in, their labels out: asked in batches, each once a page.

import { rows } from "./endpoint";
import { RDFS, localName } from "./terms";

// In order of preference, as the server has it.
const NAMES = [
  `${RDFS}label`,
  "http://www.w3.org/2004/02/skos/core#prefLabel",
  "http://purl.org/dc/terms/title",
  "https://schema.org/name",
  "http://xmlns.com/foaf/0.1/name",
];
const BATCH = 300;
const known = new Map<string, string | undefined>();

/** The labels of those IRIs that have one. Never rejects: where the server cannot say, there is none. */
export async function labels(iris: Iterable<string>): Promise<Map<string, string>> {
  const all = [...new Set(iris)];
  const missing = all.filter((iri) => !known.has(iri) && /^[^<>"{}|^`\\\s]+$/.test(iri));
  for (let i = 0; i < missing.length; i += BATCH) {
    await load(missing.slice(i, i + BATCH));
  }
  return new Map(all.flatMap((iri) => (known.get(iri) === undefined ? [] : [[iri, known.get(iri)!]])));
}

/** A label for every IRI: the stated one, else the last part of the IRI. */
export async function names(iris: Iterable<string>): Promise<(iri: string) => string> {
  const found = await labels(iris);
  return (iri) => found.get(iri) ?? localName(iri);
}

async function load(batch: string[]): Promise<void> {
  const values = batch.map((iri) => `<${iri}>`).join(" ");
  const query = `SELECT DISTINCT ?x ?p ?l WHERE { VALUES ?x { ${values} } VALUES ?p { ${NAMES.map((n) => `<${n}>`).join(" ")} } ?x ?p ?l }`;
  try {
    const best = new Map<string, [number, string]>();
    for (const row of await rows(query)) {
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
    return 1;
  }
  const wanted = document.documentElement.lang || "en";
  return language.toLowerCase().split("-")[0] === wanted.split("-")[0] ? 0 : 2;
}
