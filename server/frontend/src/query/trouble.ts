// A problem document in, what happened and buttons that mend it out.

import { button, h } from "../dom";
import type { Problem } from "../rdf/endpoint";
import { prefixes } from "../rdf/prefixes";
import { STRINGS } from "../strings";
import { repairs, unknownNames, type Repair } from "./repair";

interface Acts {
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

/** Add to `output` which names of a query that found nothing stand nowhere. */
export async function showUnknown(output: HTMLElement, query: string, replace: (query: string) => void): Promise<void> {
  const found = await unknownNames(query).catch(() => []);
  if (found.length) {
    output.append(
      h(
        "div",
        { class: "banner" },
        ...found.map(({ name, repair }) => h("p", {}, STRINGS.emptyUnknown(name), " ", repair ? mend(repair, replace) : undefined)),
      ),
    );
  }
}

function mend(repair: Repair, replace: (query: string) => void): HTMLButtonElement {
  return button(repair.text, () => replace(repair.query), { class: "small mend" });
}
