// Edges in, a signed graph with its table out.

import { h } from "../dom";
import { href } from "../page";
import { isDescribed, names } from "../rdf/labels";
import { STRINGS } from "../strings";
import { ends } from "./edges";
import { figure } from "./figure";
import { drawLayered, type Arrow, type Box } from "./layered";
import type { Edge, NameOf, Sign } from "./shape";

const MOST_EDGES = 60;
// Without signs each arrow bears its relation in words, which takes room.
const MOST_WORDED = 16;
// Nobody reads more; a query has them all.
const MOST_LISTED = 300;
const SIGNS: Record<Sign, string> = { "+": `+ ${STRINGS.graphPlus}`, "-": `− ${STRINGS.graphMinus}`, "": STRINGS.graphUnsigned };

/** The figure of the edges for a space of that many pixels; `focus` is marked. */
export async function graphFigure(all: Edge[], title: string, space: number, focus: string[] = [], headed = false): Promise<HTMLElement> {
  const ordered = [...all].sort((a, b) => touches(b, focus) - touches(a, focus));
  const drawn = ordered.slice(0, all.some((edge) => edge.sign) ? MOST_EDGES : MOST_WORDED);
  const listed = ordered.slice(0, MOST_LISTED);
  const nameOf = await names([...ends(listed), ...listed.flatMap((edge) => (edge.relation ? [edge.relation.value] : []))]);
  const nodes = ends(drawn);
  const boxes = nodes.map((iri): Box => ({ id: iri, text: nameOf(iri), href: href(iri, isDescribed(iri)), kind: focus.includes(iri) ? "focus" : "thing" }));
  const hasSigns = drawn.some((edge) => edge.sign);
  const svg = drawLayered(boxes, drawn.map((edge) => arrow(edge, nameOf, hasSigns)), {
    direction: space < 620 ? "TB" : "LR",
    box: space < 620 ? 130 : 170,
    title: STRINGS.graphSummary(nodes.length, drawn.length),
    space,
  });
  return figure({
    title,
    svg,
    headed,
    notes: [...(hasSigns ? [STRINGS.graphLegend] : []), ...(drawn.length < all.length ? [STRINGS.graphCut(drawn.length, listed.length, all.length)] : [])],
    head: [STRINGS.graphSubject, STRINGS.graphRelation, STRINGS.graphObject, ...(hasSigns ? [STRINGS.graphSign] : [])],
    body: listed.map((edge) => [
      link(edge.from.value, nameOf),
      edge.relation ? link(edge.relation.value, nameOf) : "",
      link(edge.to.value, nameOf),
      ...(hasSigns ? [SIGNS[edge.sign]] : []),
    ]),
  });
}

function arrow(edge: Edge, nameOf: NameOf, hasSigns: boolean): Arrow {
  const verb = edge.relation ? nameOf(edge.relation.value) : SIGNS[edge.sign];
  const made = { from: edge.from.value, to: edge.to.value, sign: edge.sign, title: `${nameOf(edge.from.value)} – ${verb} – ${nameOf(edge.to.value)}` };
  return hasSigns ? made : { ...made, text: verb };
}

function touches(edge: Edge, focus: string[]): number {
  return focus.includes(edge.from.value) || focus.includes(edge.to.value) ? 1 : 0;
}

function link(iri: string, nameOf: NameOf): Node {
  const target = href(iri, isDescribed(iri));
  return target ? h("a", { href: target, title: iri }, nameOf(iri)) : h("span", { title: iri }, nameOf(iri));
}
