// An answer in, its table, its pictures, its digest and ways to use it elsewhere out.

import { h } from "../dom";
import { figureSpace } from "../pictures/space";
import { pictures, type Picture } from "../pictures/offer";
import type { Answer } from "../rdf/endpoint";
import type { Prefixes } from "../rdf/prefixes";
import type { Row } from "../rdf/terms";
import { STRINGS } from "../strings";
import { Tabs } from "../ui/tabs";
import { digest } from "./digest";
import type { Run } from "./run";
import { elsewhere } from "./elsewhere";
import { link, short, type Shared } from "./share";
import { compare, type Comparison } from "./standing";
import { ResultTable } from "./table";
import { showNothing, type Acts } from "./trouble";

interface Known {
  named: Map<string, string>;
  table: Prefixes;
  promised: Shared | undefined;
  acts: Acts;
}

/** Fill `output` with an answer. Pictures and standings come when they are there. */
export async function show(output: HTMLElement, status: HTMLElement, run: Run, answer: Answer, known: Known): Promise<void> {
  const own: Shared = { version: answer.version, digest: digest(answer) };
  const notes = h("div", { class: "notes" });
  const heading = h("h2", {}, STRINGS.answer);
  output.replaceChildren(heading, notes);
  verdict(notes, own, known.promised);
  status.textContent = sentence(answer, run.seconds);
  const isShort = run.query.length < 6000;
  const address = link(run.query, run.inference, own, location.origin);
  if (isShort) {
    history.replaceState(null, "", address);
  }
  if (answer.kind === "truth") {
    output.append(h("p", { class: "truth" }, answer.truth ? STRINGS.answerYes : STRINGS.answerNo));
    if (!answer.truth) {
      await showNothing(output, run, known.acts);
    }
  } else if (!answer.rows.length && !answer.triples.length) {
    output.append(h("p", {}, STRINGS.answerNothing));
    await showNothing(output, run, known.acts);
  } else {
    fill(output, notes, run, answer, known);
  }
  output.append(elsewhere(run, answer, own, address));
}

function fill(output: HTMLElement, notes: HTMLElement, run: Run, answer: Answer, known: Known): void {
  const { variables, rows } = asRows(answer);
  const table = new ResultTable({
    variables,
    rows,
    query: run.query,
    labelOf: (iri) => known.named.get(iri),
    prefixes: known.table,
    inference: run.inference,
    compared: run.compared,
  });
  const tabs = new Tabs(STRINGS.answer, [{ name: STRINGS.pictureTable, make: () => Promise.resolve(table.element) }]);
  output.append(tabs.element);
  if (run.compared) {
    void mark(table, notes, run, answer);
  }
  void pictures(answer, run.query)
    .then((found) => found.forEach((picture) => tabs.add(tab(picture, output))))
    .catch(() => undefined);
}

function tab(picture: Picture, output: HTMLElement): { name: string; make: () => Promise<HTMLElement> } {
  return { name: picture.title, make: () => picture.make(figureSpace(output)) };
}

function asRows(answer: Answer): { variables: string[]; rows: Row[] } {
  if (answer.kind !== "graph") {
    return answer;
  }
  const rows = answer.triples.map(({ subject, predicate, object }): Row => ({ subject, predicate, object }));
  return { variables: ["subject", "predicate", "object"], rows };
}

async function mark(table: ResultTable, notes: HTMLElement, run: Run, answer: Answer): Promise<void> {
  try {
    const comparison = await compare(run.query, answer, run.signal);
    table.tell(comparison);
    notes.append(...said(comparison, run.query));
  } catch {
    if (!run.signal.aborted) {
      notes.append(h("p", { class: "quiet" }, STRINGS.standingUnknown));
    }
  }
}

function said({ standings, lost }: Comparison, query: string): Node[] {
  const count = (name: string): number => standings.filter((standing) => standing === name).length;
  const text = [STRINGS.standingCounts(count("asserted"), count("derived"), count("inferred"))];
  if (lost.length) {
    text.push(STRINGS.standingLost(lost.length));
  }
  if (/\bLIMIT\s+\d/i.test(query)) {
    text.push(STRINGS.standingLimit);
  }
  return [h("p", { class: "quiet" }, text.join(" "))];
}

function verdict(notes: HTMLElement, own: Shared, promised: Shared | undefined): void {
  if (promised) {
    const isSame = promised.digest === own.digest;
    const text = isSame ? STRINGS.shareSame(short(promised.version)) : STRINGS.shareChanged(short(promised.version));
    notes.append(h("p", { class: isSame ? "verdict same" : "verdict changed", role: "status" }, text));
  }
}

function sentence(answer: Answer, seconds: number): string {
  const time = STRINGS.seconds(seconds);
  return answer.kind === "truth"
    ? time
    : answer.kind === "graph"
      ? STRINGS.answerTriples(answer.triples.length, time)
      : STRINGS.answerRows(answer.rows.length, time);
}

