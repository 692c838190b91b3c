// An answer in, the pictures that can be made of it out; each is made when it is first looked at.

import { names } from "../rdf/labels";
import type { Answer } from "../rdf/endpoint";
import { namedIn } from "../rdf/prefixes";
import type { Term } from "../rdf/terms";
import { STRINGS } from "../strings";
import { between } from "./edges";
import { figure } from "./figure";
import { graphFigure } from "./graph";
import { drawPlot, notes } from "./intervals";
import { cut, edges, plots, type Edge, type Plot, type Table } from "./shape";

export interface Picture {
  kind: "graph" | Plot["kind"];
  title: string;
  make: (space: number) => Promise<HTMLElement>;
}

const TITLES: Record<Picture["kind"], string> = {
  graph: STRINGS.pictureGraph,
  forest: STRINGS.pictureForest,
  ranges: STRINGS.pictureRanges,
  timeline: STRINGS.pictureTimeline,
};

/** The pictures of an answer to a query, the most telling first. */
export async function pictures(answer: Pick<Answer, "kind" | "variables" | "rows" | "triples">, query: string): Promise<Picture[]> {
  if (answer.kind === "truth") {
    return [];
  }
  if (answer.kind === "graph") {
    const found = answer.triples.flatMap(({ subject, predicate, object }): Edge[] =>
      subject.type === "uri" && object.type === "uri" ? [{ from: subject, relation: predicate, to: object, sign: "" }] : [],
    );
    return found.length ? [graph(found, [])] : [];
  }
  const nameOf = await names(iris(answer.rows.flatMap((row) => Object.values(row))));
  const found = plots(answer, nameOf).map(plotPicture);
  const spelled = edges(answer);
  if (spelled.length) {
    return [graph(spelled, []), ...found];
  }
  const linked = await hanging(answer, query);
  return linked.length ? [...found, graph(linked, namedIn(query))] : found;
}

function graph(found: Edge[], focus: string[]): Picture {
  return { kind: "graph", title: TITLES.graph, make: (space) => graphFigure(found, STRINGS.graphTitle, space, focus) };
}

/** The relations between what an answer names and what its question names. */
async function hanging(table: Table, query: string): Promise<Edge[]> {
  const all = [...new Set([...namedIn(query), ...iris(table.rows.flatMap((row) => Object.values(row)))])];
  if (all.length < 2) {
    return [];
  }
  try {
    const found = await between(all, namedIn(query));
    return found.length > 1 ? found : [];
  } catch {
    return [];
  }
}

function plotPicture(plot: Plot): Picture {
  const title = TITLES[plot.kind];
  const shown = cut(plot);
  return {
    kind: plot.kind,
    title,
    make: (space) => Promise.resolve(plotFigure(shown.plot, shown.total, title, space)),
  };
}

function plotFigure(plot: Plot, total: number, title: string, space: number): HTMLElement {
  const marks = plot.panels.flatMap((panel) => panel.marks.map((mark) => [mark.label, panel.name, mark.text]));
  const said = notes(plot);
  if (marks.length < total) {
    said.push(STRINGS.pictureFirst(marks.length, total));
  }
  const hasKinds = plot.panels.some((panel) => panel.name);
  return figure({
    title,
    svg: drawPlot(plot, title, space),
    notes: said,
    head: [STRINGS.plotWhat, ...(hasKinds ? [STRINGS.plotKind] : []), STRINGS.plotFigure],
    body: hasKinds ? marks : marks.map(([label, , text]) => [label!, text!]),
  });
}

function iris(terms: Term[]): string[] {
  return [...new Set(terms.filter((term) => term.type === "uri").map((term) => term.value))];
}
