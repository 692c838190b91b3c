// A problem document in, what happened and buttons that mend it out.

import { button, h } from "../dom";
import type { Problem } from "../rdf/endpoint";
import { prefixes } from "../rdf/prefixes";
import { STRINGS } from "../strings";
import { asker, emptied } from "./emptied";
import { repairs, unknownNames, type Repair } from "./repair";
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

/** Add to `output` why a query found nothing: names that stand nowhere, and the part that empties the pattern. */
export async function showNothing(output: HTMLElement, run: Run, acts: Acts): Promise<void> {
  const [unknown, part] = await Promise.all([
    unknownNames(run.query).catch(() => []),
    emptied(run.query, asker(run.inference, run.signal)).catch(() => undefined),
  ]);
  const said: HTMLElement[] = unknown.map(({ name, repair }) => h("p", {}, STRINGS.emptyUnknown(name), " ", repair ? mend(repair, acts.replace) : undefined));
  if (part) {
    said.push(
      h("p", {}, part.matchesAlone ? STRINGS.emptyTogether(part.line) : STRINGS.emptyAlone(part.line)),
      h("pre", { tabindex: 0 }, h("code", {}, part.unit.text)),
      h(
        "p",
        { class: "repairs" },
        button(STRINGS.problemGo(part.line, part.column), () => acts.go(part.line, part.column), { class: "small" }),
        mend({ text: STRINGS.emptyWithout, query: part.without }, acts.replace),
      ),
    );
  }
  if (said.length) {
    output.append(h("div", { class: "banner" }, ...said));
  }
}

function mend(repair: Repair, replace: (query: string) => void): HTMLButtonElement {
  return button(repair.text, () => replace(repair.query), { class: "small mend" });
}
