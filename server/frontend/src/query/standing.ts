// A query and its answer in; for each row, whether it needs a rule or an inference, out.
//
// The query is asked again over less: without what was derived and inferred, then without what was
// inferred. A row that is still there needs no more than that.

import { graphs as all } from "../page";
import { ask, rows as select, type Answer } from "../rdf/endpoint";
import type { Row } from "../rdf/terms";
import { rowKey } from "./digest";

export type Standing = "asserted" | "derived" | "inferred";

export interface Comparison {
  standings: Standing[];
  /** Rows of the answer without inferences that the answer with them lacks. */
  lost: Row[];
}

/** Compare a SELECT's answer with what it is over less. Rejects like `ask`. */
export async function compare(query: string, answer: Answer, signal: AbortSignal): Promise<Comparison> {
  const asserted = await ask(query, { inference: false, signal });
  const first = mark(answer, asserted.rows);
  const lost = missing(asserted, answer.rows);
  if (first.every(Boolean)) {
    return { standings: first.map(() => "asserted"), lost };
  }
  const graphs = (await select("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }", { signal }))
    .flatMap((row) => (row["g"] ? [row["g"].value] : []))
    .filter((graph) => graph !== `${all}inferred`);
  const stated = hasDataset(query) ? [] : mark(answer, (await ask(query, { graphs, signal })).rows);
  return { standings: first.map((isThere, i) => (isThere ? "asserted" : stated[i] ? "derived" : "inferred")), lost };
}

/** Whether a query says itself which graphs it is about. */
export function hasDataset(query: string): boolean {
  return /\bFROM\b/i.test(query.replace(/<[^<>\s]*>|#[^\n]*|"[^"\n]*"/g, " "));
}

/** For each row, whether it is among the others; a row that stands twice has to be there twice. */
export function mark(answer: Pick<Answer, "variables" | "rows">, others: Row[]): boolean[] {
  const left = counts(others, answer.variables);
  return answer.rows.map((row) => {
    const name = rowKey(row, answer.variables);
    const n = left.get(name) ?? 0;
    left.set(name, n - 1);
    return n > 0;
  });
}

function missing(answer: Pick<Answer, "variables" | "rows">, others: Row[]): Row[] {
  const there = mark(answer, others);
  return answer.rows.filter((_, i) => !there[i]);
}

function counts(rows: Row[], variables: string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const row of rows) {
    const name = rowKey(row, variables);
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  return found;
}
