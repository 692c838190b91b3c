// Panels of marks in, an SVG of points and spans on a common axis out: forest plot, ranges, timeline.

import { s, unique } from "../dom";
import { STRINGS } from "../strings";
import { wrap } from "./lines";
import { scale, show } from "./scale";
import type { Mark, Panel, Plot } from "./shape";

const SIZE = 13;
const LINE = 17;
const GAP = 10;
const AXIS = 30;
// What a figure's frame and padding take.
const ROOM = 20;

interface Columns {
  label: number;
  from: number;
  to: number;
  text: number;
  stacked: boolean;
}

/** Draw a plot for a space of that many pixels. */
export function drawPlot(plot: Plot, title: string, space: number): SVGSVGElement {
  const total = Math.max(300, Math.min(space - ROOM, 960));
  const columns = arrange(total);
  const content: SVGElement[] = [];
  let y = 0;
  for (const panel of plot.panels) {
    const drawn = drawPanel(panel, columns, y, total);
    content.push(...drawn.content);
    y = drawn.end;
  }
  const id = unique("plot");
  return s(
    "svg",
    { viewBox: `0 0 ${total} ${y}`, width: total, height: y, role: "img", "aria-labelledby": id, class: "plot" },
    s("title", { id }, title),
    ...content,
  );
}

function arrange(total: number): Columns {
  if (total < 560) {
    return { label: total, from: 12, to: total - 12, text: 0, stacked: true };
  }
  const label = Math.round(total * 0.4);
  const text = Math.round(Math.min(190, total * 0.24));
  return { label, from: label + 18, to: total - text - 18, text, stacked: false };
}

function drawPanel(panel: Panel, columns: Columns, top: number, total: number): { content: SVGElement[]; end: number } {
  const content: SVGElement[] = [];
  let y = top + 4;
  if (panel.name) {
    y += LINE + 6;
    content.push(s("text", { x: 0, y: y - 6, class: "panel" }, panel.name));
  }
  const numbers = panel.marks.flatMap(({ point, low, high }) => [point, low, high].filter((n) => n !== undefined));
  const axis = scale(panel.scale, panel.reference === undefined ? numbers : [...numbers, panel.reference], columns.from, columns.to);
  const rows: SVGElement[] = [];
  const lines: SVGElement[] = [];
  const spans: [number, number][] = columns.stacked ? [] : [[y, y]];
  for (const mark of panel.marks) {
    const row = drawMark(mark, columns, axis.at, y, total);
    rows.push(...row.content);
    y = row.end;
    // Where labels stand above their marks, no line runs through them.
    if (columns.stacked) {
      spans.push([row.middle - LINE / 2, row.middle + LINE / 2]);
    } else {
      spans[0]![1] = y;
    }
  }
  for (const [from, to] of spans) {
    lines.push(...axis.ticks.map((tick) => s("line", { x1: tick.at, x2: tick.at, y1: from, y2: to, class: "grid" })));
    if (panel.reference !== undefined) {
      const x = axis.at(panel.reference);
      lines.push(s("line", { x1: x, x2: x, y1: from, y2: to, class: "reference" }));
    }
  }
  const labels = spaced(axis.ticks).map((tick) => s("text", { x: tick.at, y: y + LINE, class: "tick", "text-anchor": "middle" }, tick.text));
  content.push(...lines, ...rows, ...labels);
  return { content, end: y + AXIS };
}

function drawMark(mark: Mark, columns: Columns, at: (n: number) => number, top: number, total: number) {
  const lines = wrap(mark.label, columns.label - 8, SIZE, 2);
  // On a narrow page the figure stands on lines of its own, between the label and the mark.
  const figures = columns.stacked ? wrap(mark.text, total, SIZE, 2) : [];
  const above = (lines.length + figures.length) * LINE;
  const height = columns.stacked ? above + LINE + GAP : lines.length * LINE + GAP;
  const middle = columns.stacked ? top + above + LINE / 2 + 2 : top + height / 2;
  const first = columns.stacked ? top + LINE - 3 : middle - ((lines.length - 1) * LINE) / 2 + 4;
  const content: SVGElement[] = lines.map((line, i) => s("text", { x: 0, y: first + i * LINE, class: "name" }, line));
  content.push(...figures.map((line, i) => s("text", { x: 0, y: first + (lines.length + i) * LINE, class: "figure" }, line)));
  if (mark.low !== undefined && mark.high !== undefined) {
    const [from, to] = [at(mark.low), at(mark.high)];
    if (to - from < 1 && mark.point === undefined) {
      content.push(s("circle", { cx: from, cy: middle, r: 4.5, class: "point" }));
    } else {
      content.push(s("line", { x1: from, x2: to, y1: middle, y2: middle, class: mark.point === undefined ? "span" : "whisker" }));
      content.push(...[from, to].map((x) => s("line", { x1: x, x2: x, y1: middle - 5, y2: middle + 5, class: "whisker" })));
    }
  }
  if (mark.point !== undefined) {
    content.push(s("rect", { x: at(mark.point) - 4.5, y: middle - 4.5, width: 9, height: 9, class: mark.low === undefined ? "point lone" : "point" }));
  }
  if (!columns.stacked) {
    content.push(s("text", { x: total, y: middle + 4, class: "figure", "text-anchor": "end" }, mark.text));
  }
  content[0]?.append(s("title", {}, `${mark.label}: ${mark.text}`));
  return { content, middle, end: top + height };
}

/** The ticks whose texts do not run into one another. */
function spaced(ticks: { at: number; text: string }[]): { at: number; text: string }[] {
  let last = -Infinity;
  return ticks.filter((tick) => {
    const fits = tick.at - last > 14 + tick.text.length * 7;
    last = fits ? tick.at : last;
    return fits;
  });
}

/** What has to be said under a plot, so that nobody reads more into it than there is. */
export function notes(plot: Plot): string[] {
  const said: string[] = [];
  for (const at of new Set(plot.panels.flatMap((panel) => (panel.reference === undefined ? [] : [panel.reference])))) {
    said.push(STRINGS.forestLine(show(at)));
  }
  if (plot.panels.some((panel) => panel.scale === "log")) {
    said.push(STRINGS.forestLog);
  }
  if (plot.panels.length > 1) {
    said.push(plot.kind === "ranges" ? STRINGS.rangesMixed : STRINGS.forestMixed);
  }
  if (plot.undrawn) {
    said.push(STRINGS.pictureNotDrawn(plot.undrawn));
  }
  return said;
}
