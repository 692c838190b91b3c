// The `html` element in, what the server said about itself out.

// Unit tests run without a document.
const said: DOMStringMap = globalThis.document?.documentElement.dataset ?? {};

/** Where this application's paths begin; "/" unless it is published below another path. */
export const base = said["base"] ?? "/";

/** The IRI that the root's own resources begin with. */
export const namespace = said["namespace"] ?? "";

/** The path of an address of this application. */
export function at(path: string): string {
  return base.replace(/\/$/, "") + path;
}

/** Where a page links to for an IRI; undefined where its scheme is not one to be followed. */
export function href(iri: string): string | undefined {
  const rest = namespace && iri.startsWith(namespace) ? iri.slice(namespace.length) : "";
  if (/^graph\//.test(rest)) {
    return at(`/${rest.replace(/\?/g, "%3F")}`);
  }
  if (/^(id\/|ontology(\/|$))/.test(rest)) {
    return at(`/${rest.replace(/\?/g, "%3F").replace(/#/g, "%23")}`);
  }
  return /^(https?|mailto|urn):/i.test(iri) ? iri : undefined;
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
