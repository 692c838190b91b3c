// The `html` element in, what the server said about itself out.

// Unit tests run without a document.
const said: DOMStringMap = globalThis.document?.documentElement.dataset ?? {};

/** Where this application's paths begin; "/" unless it is published below another path. */
export const base = said["base"] ?? "/";

/** The IRI that the root's own resources begin with. */
export const namespace = said["namespace"] ?? "";

/** The IRI that those of the root's graphs begin with. */
export const graphs = `${said["documents"] ?? namespace}graph/`;

/** The IRI that those begin with which a graph of resources is drawn of: not the terms of the ontology, where
 * things have a place of their own. */
export const things = said["things"] ?? `${namespace}id/`;

/** The languages in the order in which the root is to be read. */
export const languages = (said["languages"] ?? "en").split(" ").filter(Boolean);

/** The path of an address of this application. */
export function at(path: string): string {
  return base.replace(/\/$/, "") + path;
}

/** Where a page links to for an IRI: to its page here where it is one of the root's own or `described`, else to
 * where it leads; undefined where its scheme is not one to be followed. */
export function href(iri: string, described = false): string | undefined {
  const documents = said["documents"] ?? namespace;
  const rest = documents && iri.startsWith(documents) ? iri.slice(documents.length) : "";
  if (/^graph\//.test(rest)) {
    return at(`/${rest.replace(/\?/g, "%3F")}`);
  }
  if (/^(id\/|ontology(\/|$))/.test(rest)) {
    return at(`/${rest.replace(/\?/g, "%3F").replace(/#/g, "%23")}`);
  }
  if (described) {
    return `${at("/describe")}?${new URLSearchParams({ iri })}`;
  }
  return /^(https?|mailto|urn):/i.test(iri) ? iri : undefined;
}

/** Where the IRI of something leads that is not the root's own; undefined where that is nowhere on the web. */
export function outside(iri: string): string | undefined {
  const isOwn = [namespace, said["documents"] ?? ""].some((start) => start && iri.startsWith(start));
  return !isOwn && /^https?:/i.test(iri) ? iri : undefined;
}

/** Where the page that explains a triple is; terms as the server reads them. */
export function explanation(subject: string, predicate: string, object: string): string {
  return `${at("/explain")}?${new URLSearchParams({ subject, predicate, object })}`;
}

/** Who made the data, as the page says in JSON; nobody where it does not. */
export function credits(): { authors: string[]; title: string; year: string } {
  const found = globalThis.document?.querySelector<HTMLElement>("[data-credits]")?.dataset["credits"];
  return found ? (JSON.parse(found) as ReturnType<typeof credits>) : { authors: [], title: "", year: "" };
}
