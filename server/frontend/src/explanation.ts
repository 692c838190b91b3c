// The JSON of a proof in, a tree from the conclusion down to what is asserted out.

import { h } from "./dom";
import { at } from "./page";
import { figure } from "./pictures/figure";
import { drawLayered, type Arrow, type Box } from "./pictures/layered";
import { figureSpace } from "./pictures/space";
import { STRINGS } from "./strings";

interface Named {
  type: string;
  value: string;
  label: string;
}

export interface Proof {
  subject: Named;
  predicate: Named;
  object: Named;
  rule?: string | null;
  graphs: string[];
  propositions: unknown[];
  premises: Proof[];
}

const MOST = 70;
// What the JSON names as the rule of a statement that stands in a file.
const ASSERTED = "asserted";

/** Draw each proof into its container. */
export async function enhance(): Promise<void> {
  const containers = [...document.querySelectorAll<HTMLElement>("[data-proof]")];
  const address = containers[0]?.dataset["proof"];
  if (!address) {
    return;
  }
  // Whatever form the address of this page asked for, its proof is wanted as JSON.
  const wanted = new URL(at(address), location.href);
  wanted.searchParams.set("format", "json");
  const response = await fetch(wanted);
  if (!response.ok) {
    return;
  }
  const said = (await response.json()) as Proof | { proofs: Proof[] };
  const proofs = "proofs" in said ? said.proofs : [said];
  containers.forEach((container, i) => {
    const proof = proofs[i];
    if (proof) {
      container.replaceChildren(draw(proof, figureSpace(container)));
    }
  });
}

function draw(proof: Proof, space: number): HTMLElement {
  const { boxes, arrows } = flatten(proof);
  if (boxes.length > MOST) {
    return h("p", { class: "quiet" }, STRINGS.proofTooLarge);
  }
  const svg = drawLayered(boxes, arrows, { direction: "TB", box: space < 620 ? 150 : 190, title: STRINGS.proofSummary(boxes.length), space });
  return figure({
    title: STRINGS.proofTitle,
    svg,
    head: [STRINGS.plotWhat, STRINGS.standing],
    body: boxes.map((box) => [box.text, box.note ?? ""]),
  });
}

/** A statement that several steps use stands once. */
export function flatten(proof: Proof): { boxes: Box[]; arrows: Arrow[] } {
  const boxes = new Map<string, Box>();
  const arrows = new Map<string, Arrow>();
  const visit = (step: Proof): string => {
    const id = `${step.subject.value} ${step.predicate.value} ${step.object.value}`;
    if (!boxes.has(id)) {
      boxes.set(id, box(id, step));
      for (const premise of isBuilt(step) ? [] : step.premises) {
        const below = visit(premise);
        arrows.set(`${id} ${below}`, { from: id, to: below, sign: "", title: step.rule ?? "" });
      }
    }
    return id;
  };
  visit(proof);
  return { boxes: [...boxes.values()], arrows: [...arrows.values()] };
}

/** What a rule of the root read is records, not statements of the argument: the list below has them. */
function isBuilt(step: Proof): boolean {
  return step.rule?.startsWith("construct:") ?? false;
}

function box(id: string, step: Proof): Box {
  const text = `${step.subject.label} ${step.predicate.label} ${step.object.label}`;
  const known = step.propositions.length ? STRINGS.proofEvidence(step.propositions.length) : undefined;
  if (isBuilt(step)) {
    return { id, text, kind: "derived", note: [STRINGS.standingDerived, known].filter(Boolean).join(" · ") };
  }
  if (step.premises.length || step.rule !== ASSERTED) {
    return { id, text, kind: "inferred", note: [STRINGS.standingInferred, step.rule, known].filter(Boolean).join(" · ") };
  }
  return { id, text, kind: "asserted", note: [STRINGS.proofAsserted, known].filter(Boolean).join(" · ") };
}
