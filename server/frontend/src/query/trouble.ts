// A problem document in, what happened and buttons that mend it out.

import { button, h } from "../dom";
import { explainEmpty, type Problem, type QueryPart } from "../rdf/endpoint";
import { prefixes } from "../rdf/prefixes";
import { STRINGS } from "../strings";
import { exchangeTerm, leftOut, repairs, type Repair } from "./repair";
import type { Run } from "./run";

export interface Acts {
  go: (line: number, column: number) => void;
  replace: (query: string) => void;
}

/** Fill `output` with a problem. */
export async function showProblem(output: HTMLElement, query: string, problem: Problem, acts: Acts): Promise<void> {
  const found = repairs(query, problem, await prefixes());
  const buttons = [
    ...(problem.line ? [button(STRINGS.problemGo(problem.line, problem.column || 1), () => acts.go(problem.line, problem.column || 1), { class: "small" })] : []),
    ...found.map((repair) => mend(repair, acts.replace)),
  ];
  output.replaceChildren(
    h(
      "div",
      { class: "banner", role: "alert" },
      h("h2", {}, problem.title),
      problem.detail ? h("p", { class: "preserve" }, problem.detail) : undefined,
      problem.hint ? h("p", { class: "preserve" }, h("strong", {}, `${STRINGS.problemHint}: `), problem.hint) : undefined,
      buttons.length ? h("p", { class: "repairs" }, ...buttons) : undefined,
    ),
  );
}

/** Add to `output` why a query found nothing, as the server says, with ways to mend it. */
export async function showNothing(output: HTMLElement, run: Run, acts: Acts): Promise<void> {
  const reason = await explainEmpty(run.query, { inference: run.inference, signal: run.signal }).catch(() => undefined);
  if (!reason || reason.kind === "not-empty") {
    return;
  }
  const terms = reason.terms.flatMap((term) => [
    h("p", {}, STRINGS.emptyUnknown(term.part.text)),
    term.near.length ? h("p", { class: "repairs" }, ...term.near.map((near) => mend(exchangeTerm(run.query, term.part.text, near.term), acts.replace))) : undefined,
  ]);
  const seen = reason.values.map(({ variable, values }) => h("p", {}, STRINGS.emptyValues(variable), " ", h("code", {}, values.join(", "))));
  const notes = reason.notes.map((note) => h("p", {}, note));
  output.append(h("div", { class: "banner" }, h("p", {}, reason.said), ...reason.parts.flatMap((part) => shownPart(run.query, reason.kind, part, acts)), ...terms, ...seen, ...notes));
}

function shownPart(query: string, kind: string, part: QueryPart, acts: Acts): HTMLElement[] {
  const without = leftOut(query, kind, part);
  return [
    h("pre", { tabindex: 0 }, h("code", {}, part.text)),
    h(
      "p",
      { class: "repairs" },
      part.line ? button(STRINGS.problemGo(part.line, part.column), () => acts.go(part.line, part.column), { class: "small" }) : undefined,
      without === undefined ? undefined : mend({ text: STRINGS.emptyWithout, query: without }, acts.replace),
    ),
  ];
}

function mend(repair: Repair, replace: (query: string) => void): HTMLButtonElement {
  return button(repair.text, () => replace(repair.query), { class: "small mend" });
}
