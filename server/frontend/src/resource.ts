// The page of a resource in, its neighbourhood as a graph and the figures of its evidence as plots out.

import { h } from "./dom";
import { around } from "./pictures/edges";
import { graphFigure } from "./pictures/graph";
import { pictures } from "./pictures/offer";
import { text } from "./pictures/shape";
import { figureSpace } from "./pictures/space";
import { ask } from "./rdf/endpoint";
import { names } from "./rdf/labels";
import { SRV, type Row, type Term } from "./rdf/terms";
import { STRINGS } from "./strings";

/** Fill the container that the page offers; what cannot be had is left out. */
export async function enhance(): Promise<void> {
  const container = document.querySelector<HTMLElement>("[data-resource]");
  const iri = container?.dataset["resource"] ?? "";
  if (!container || !/^[^<>"{}|^`\\\s]+$/.test(iri)) {
    return;
  }
  const space = figureSpace(container);
  const found = await Promise.all([evidence(iri, space), neighbourhood(iri, space)].map((part) => part.catch(() => [])));
  container.replaceChildren(...found.flat());
}

async function neighbourhood(iri: string, space: number): Promise<Node[]> {
  const edges = await around(iri);
  if (!edges.length) {
    return [];
  }
  const lead = h("p", { class: "quiet" }, STRINGS.neighbourhoodLead);
  const draw = (): Promise<HTMLElement> => graphFigure(edges, STRINGS.neighbourhood, space, [iri], true);
  if (edges.some((edge) => edge.sign)) {
    return [h("section", {}, h("h2", {}, STRINGS.neighbourhood), lead, await draw())];
  }
  // Without signs the picture says what the facts below say: it waits until somebody wants it.
  const room = h("details", { class: "neighbourhood" }, h("summary", {}, STRINGS.neighbourhood), lead);
  room.addEventListener("toggle", () => void draw().then((figure) => room.append(figure)), { once: true });
  return [room];
}

// What an evidence line brings forward, in the server's own vocabulary; a root's properties stand below these.
const BEARS = (iri: string): string => `?line <${SRV}proposition> <${iri}> ; <${SRV}stance> ?stance ; <${SRV}evidence> ?evidence .`;

async function evidence(iri: string, space: number): Promise<Node[]> {
  const figures =
    `SELECT DISTINCT ?stance ?evidence ?measure ?value ?low ?high ?unit WHERE { ${BEARS(iri)} ?evidence <${SRV}value> ?value . ` +
    `OPTIONAL { ?evidence <${SRV}low> ?low ; <${SRV}high> ?high } OPTIONAL { ?evidence <${SRV}measure> ?measure } ` +
    `OPTIONAL { ?evidence <${SRV}unit> ?unit } } ORDER BY ?measure ?unit ?stance ?evidence`;
  const amounts =
    `SELECT DISTINCT ?stance ?evidence ?measure ?low ?high ?unit WHERE { ${BEARS(iri)} ?evidence <${SRV}amount> ?amount . ` +
    `?amount <${SRV}low> ?low ; <${SRV}high> ?high ; <${SRV}unit> ?unit OPTIONAL { ?amount <${SRV}amountOf> ?measure } } ` +
    `ORDER BY ?measure ?unit ?low ?stance ?evidence`;
  const parts = await Promise.all([section(figures, STRINGS.evidenceFigures, space), section(amounts, STRINGS.evidenceAmounts, space)]);
  return parts.flat();
}

async function section(query: string, title: string, space: number): Promise<Node[]> {
  const answer = await ask(query);
  if (!answer.rows.length) {
    return [];
  }
  const found = answer.rows.flatMap((row) => [row["stance"]!, row["evidence"]!]);
  const nameOf = await names(found.map((term) => term.value));
  const rows = answer.rows.map((row): Row => {
    const label: Term = { type: "literal", value: [row["stance"], row["evidence"]].map((term) => text(term, nameOf)).join(": ") };
    return { ...row, label };
  });
  const table = { ...answer, variables: [...answer.variables, "label"], rows };
  const plot = (await pictures(table, "")).find((picture) => picture.kind === "forest" || picture.kind === "ranges");
  return plot ? [h("section", {}, h("h2", {}, title), await plot.make(space))] : [];
}
