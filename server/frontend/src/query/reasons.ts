// A row of an answer and its query in, a button out that tells which statements behind the row nobody asserted.
//
// They are found without reading the query's algebra: statements between things that the row or the query
// names, with a property that the query names, in the graph of inferences or the graph of what rules built.

import { button, h } from "../dom";
import { explanation, graphs, things as beginning } from "../page";
import { rows } from "../rdf/endpoint";
import { names } from "../rdf/labels";
import { namedIn, prefixes, shrink } from "../rdf/prefixes";
import type { Row, Triple } from "../rdf/terms";
import { STRINGS } from "../strings";

const MOST = 12;

/** The button; it opens a line below `line`, and closes it again. */
export function rowReasons(row: Row, query: string, line: HTMLTableRowElement): HTMLButtonElement {
  let opened: HTMLTableRowElement | undefined;
  const made = button(STRINGS.why, () => void toggle(), { class: "link", "aria-expanded": "false" });
  const toggle = async (): Promise<void> => {
    made.setAttribute("aria-expanded", String(!opened));
    if (opened) {
      opened.remove();
      opened = undefined;
      return;
    }
    const cell = h("td", { colspan: line.cells.length }, STRINGS.running);
    opened = h("tr", { class: "reasons" }, cell);
    line.after(opened);
    const found = await unasserted(row, query).catch(() => []);
    cell.replaceChildren(...(found.length ? await listed(found) : [STRINGS.whyNone]));
  };
  return made;
}

/** The unasserted statements behind a row, those that end in what the query asks about first. */
export async function unasserted(row: Row, query: string): Promise<Triple[]> {
  const own = (iri: string): boolean => iri.startsWith(beginning) && /^[^<>"{}|^`\\\s]+$/.test(iri);
  const asked = namedIn(query);
  const inRow = Object.values(row).filter((term) => term.type === "uri").map((term) => term.value);
  const things = [...new Set([...inRow, ...asked])].filter(own);
  const relations = [...asked, ...inRow].filter((iri) => !own(iri) && /^[^<>"{}|^`\\\s]+$/.test(iri));
  if (!things.length || !relations.length) {
    return [];
  }
  const list = (iris: string[]): string => iris.map((iri) => `<${iri}>`).join(" ");
  const found = await rows(
    `SELECT DISTINCT ?s ?p ?o WHERE { VALUES ?g { <${graphs}inferred> <${graphs}derived> } ` +
      `VALUES ?s { ${list(things)} } VALUES ?p { ${list([...new Set(relations)])} } GRAPH ?g { ?s ?p ?o } ` +
      `FILTER(?o IN (${things.map((iri) => `<${iri}>`).join(", ")})) } LIMIT 60`,
  );
  // What leads from the row to what the query is about comes first, by the order of the row's columns.
  const weight = (r: Row): number =>
    (inRow.includes(r["s"]!.value) ? 2 : 0) + (asked.includes(r["o"]!.value) ? 2 : 0) + (inRow.includes(r["o"]!.value) ? 1 : 0);
  const place = (r: Row): number => (inRow.indexOf(r["s"]!.value) + 1) || Infinity;
  return found
    .filter((r) => inRow.includes(r["s"]!.value) || inRow.includes(r["o"]!.value))
    .sort((a, b) => weight(b) - weight(a) || place(a) - place(b))
    .slice(0, MOST)
    .map((r) => ({ subject: r["s"]!, predicate: r["p"]!, object: r["o"]! }));
}

async function listed(found: Triple[]): Promise<Node[]> {
  const nameOf = await names(found.flatMap((t) => [t.subject.value, t.predicate.value, t.object.value]));
  const table = await prefixes();
  const items = found.map((t) => {
    const [s, p, o] = [t.subject, t.predicate, t.object].map((term) => shrink(term.value, table));
    const text = [t.subject, t.predicate, t.object].map((term) => nameOf(term.value)).join(" – ");
    return h("li", {}, h("a", { href: explanation(s!, p!, o!), class: "why" }, text));
  });
  return [h("p", { class: "quiet" }, STRINGS.whyLabel), h("ul", {}, ...items)];
}
