// A container that names a question in, the pictures of its answer and a "Why?" beside its table out.

import { h } from "./dom";
import { pictures } from "./pictures/offer";
import { figureSpace } from "./pictures/space";
import { rowReasons } from "./query/reasons";
import { read } from "./rdf/endpoint";
import { STRINGS } from "./strings";

/** Fill each container; where something cannot be had, the table of the page stands alone. */
export async function enhance(): Promise<void> {
  for (const container of document.querySelectorAll<HTMLElement>("[data-answer]")) {
    try {
      await fill(container, container.dataset["answer"]!);
    } catch {
      container.replaceChildren();
    }
  }
}

async function fill(container: HTMLElement, address: string): Promise<void> {
  const [answer, question] = await Promise.all([
    json(address, "application/sparql-results+json").then((document) => read(document as Parameters<typeof read>[0])),
    json(address, "application/json").then((document) => document as { query: string; inference: boolean }),
  ]);
  const table = container.parentElement?.querySelector("table");
  if (table && question.inference && answer.kind === "rows") {
    addReasons(table, answer.rows, question.query);
  }
  const [first] = await pictures(answer, question.query);
  if (first) {
    container.replaceChildren(await first.make(figureSpace(container)));
  }
}

function addReasons(table: HTMLTableElement, rows: Parameters<typeof rowReasons>[0][], query: string): void {
  const head = table.tHead?.rows[0];
  const body = table.tBodies[0];
  if (!head || !body || body.rows.length > rows.length) {
    return;
  }
  // First, because a wide table scrolls.
  head.prepend(h("th", { scope: "col" }, h("span", { class: "unseen" }, STRINGS.whyColumn)));
  [...body.rows].forEach((line, i) => line.prepend(h("td", { class: "narrow" }, rowReasons(rows[i]!, query, line))));
}

async function json(address: string, accept: string): Promise<unknown> {
  const response = await fetch(address, { headers: { Accept: accept } });
  if (!response.ok) {
    throw new Error(response.statusText);
  }
  return response.json();
}
