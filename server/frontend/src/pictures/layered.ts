// Boxes and arrows in, an SVG of them in layers out: the one place that knows dagre.

import dagre from "@dagrejs/dagre";
import { s, unique } from "../dom";
import { width, wrap } from "./lines";
import type { Sign } from "./shape";

const SIZE = 13;
const LINE = 17;

export interface Box {
  id: string;
  text: string;
  /** More about it, on a second paragraph in a quieter face. */
  note?: string;
  href?: string | undefined;
  kind: string;
}

export interface Arrow {
  from: string;
  to: string;
  sign: Sign;
  /** Written beside the arrow. */
  text?: string;
  title: string;
}

export interface Options {
  direction: "LR" | "TB";
  box: number;
  title: string;
  /** The pixels that there are; a wider picture is made a little smaller, then it scrolls. */
  space: number;
}

// Beyond this, text of 13 pixels cannot be read.
const SMALLEST = 0.78;
// What a figure's frame and padding take.
const ROOM = 20;

interface Laid extends Box {
  lines: string[];
  under: string[];
  width: number;
  height: number;
}

/** Draw boxes and arrows. Boxes with an address are links, so the picture is a group, not an image. */
export function drawLayered(boxes: Box[], arrows: Arrow[], options: Options): SVGSVGElement {
  const { graph, laid, w, hgt } = fitted(boxes, arrows, options);
  const id = unique("layers");
  const lines = arrows.map((arrow, i) => drawArrow(arrow, graph.edge({ v: arrow.from, w: arrow.to, name: String(i) }) as { points: Point[] }, id));
  const shapes = [...laid.values()].map((box) => drawBox(box, graph.node(box.id) as Point));
  const zoom = Math.min(1, Math.max(SMALLEST, (options.space - ROOM) / w));
  return s(
    "svg",
    { viewBox: `0 0 ${w} ${hgt}`, width: Math.round(w * zoom), height: Math.round(hgt * zoom), role: "group", "aria-labelledby": `${id}-title`, class: "layered" },
    s("title", { id: `${id}-title` }, options.title),
    s("defs", {}, ...markers(id)),
    ...lines,
    ...shapes,
  );
}

interface Layout {
  graph: InstanceType<typeof dagre.graphlib.Graph>;
  laid: Map<string, Laid>;
  w: number;
  hgt: number;
}

/** The first layout that the space has room for: as asked, narrower, then downwards; else the narrowest. */
function fitted(boxes: Box[], arrows: Arrow[], options: Options): Layout {
  const tried: Layout[] = [];
  const narrow = Math.round(options.box * 0.78);
  for (const [direction, box, gap] of [
    [options.direction, options.box, 1],
    [options.direction, narrow, 0.6],
    ["TB", options.box, 1],
    ["TB", narrow, 0.8],
  ] as const) {
    const layout = lay(boxes, arrows, direction, box, gap);
    if (layout.w * SMALLEST <= options.space - ROOM) {
      return layout;
    }
    tried.push(layout);
  }
  return tried.reduce((a, b) => (b.w < a.w ? b : a));
}

function lay(boxes: Box[], arrows: Arrow[], direction: Options["direction"], most: number, gap: number): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  const isDown = direction === "TB";
  graph.setGraph({ rankdir: direction, nodesep: isDown ? 22 : 16, ranksep: (isDown ? 46 : 60) * gap, edgesep: 14, marginx: 6, marginy: 6 });
  const laid = new Map(boxes.map((box) => [box.id, measure(box, most)]));
  for (const [id, box] of laid) {
    graph.setNode(id, { width: box.width, height: box.height });
  }
  arrows.forEach((arrow, i) => {
    const label = arrow.text ? { width: width(arrow.text, 11) + 8, height: 15, labelpos: "c" } : {};
    graph.setEdge(arrow.from, arrow.to, label, String(i));
  });
  dagre.layout(graph);
  const size = graph.graph();
  return { graph, laid, w: Math.ceil(size.width ?? 0), hgt: Math.ceil(size.height ?? 0) };
}

function measure(box: Box, asked: number): Laid {
  // No word is broken that a somewhat wider box could hold.
  const longest = Math.max(...box.text.split(/[\s-]+/).map((word) => width(word, SIZE) + 24));
  const most = Math.max(asked, Math.min(longest, 210));
  const lines = wrap(box.text, most - 20, SIZE, 4);
  const under = box.note ? wrap(box.note, most - 20, 11, 2) : [];
  const widest = Math.max(...lines.map((line) => width(line, SIZE)), ...under.map((line) => width(line, 11)), 40);
  return { ...box, lines, under, width: Math.min(most, widest + 22), height: lines.length * LINE + under.length * 14 + 14 };
}

function drawBox(box: Laid, place: { x: number; y: number }): SVGElement {
  const [left, top] = [place.x - box.width / 2, place.y - box.height / 2];
  const content = [
    s("title", {}, box.note ? `${box.text} (${box.note})` : box.text),
    s("rect", { x: left, y: top, width: box.width, height: box.height, rx: 6 }),
    ...box.lines.map((line, i) => s("text", { x: place.x, y: top + 19 + i * LINE, "text-anchor": "middle" }, line)),
    ...box.under.map((line, i) =>
      s("text", { x: place.x, y: top + 18 + box.lines.length * LINE + i * 14, "text-anchor": "middle", class: "under" }, line),
    ),
  ];
  const name = `box ${box.kind}`;
  return box.href ? s("a", { href: box.href, class: name }, ...content) : s("g", { class: name }, ...content);
}

interface Point {
  x: number;
  y: number;
}

const CLASSES: Record<Sign, string> = { "+": "plus", "-": "minus", "": "plain" };

function drawArrow(arrow: Arrow, route: { points: Point[] }, id: string): SVGElement {
  const name = CLASSES[arrow.sign];
  const content: SVGElement[] = [
    s("title", {}, arrow.title),
    s("path", { d: curve(route.points), "marker-end": `url(#${id}-${name})`, class: "edge" }),
  ];
  if (arrow.text) {
    const at = middle(route.points);
    content.push(s("text", { x: at.x, y: at.y + 4, "text-anchor": "middle", class: "verb" }, arrow.text));
  }
  return s("g", { class: `arrow ${name}` }, ...content);
}

/** A smooth line along the points by which dagre routed an edge. */
function curve(points: Point[]): string {
  const [first, ...rest] = points;
  if (!first || !rest.length) {
    return "";
  }
  let path = `M${round(first)}`;
  for (let i = 0; i < rest.length - 1; i += 1) {
    const [here, next] = [rest[i]!, rest[i + 1]!];
    const end = i === rest.length - 2 ? next : { x: (here.x + next.x) / 2, y: (here.y + next.y) / 2 };
    path += `Q${round(here)} ${round(end)}`;
  }
  return rest.length === 1 ? `${path}L${round(rest[0]!)}` : path;
}

/** Where that line is half-way. */
function middle(points: Point[]): Point {
  const i = Math.floor(points.length / 2);
  const [before, here, after] = [points[i - 1] ?? points[i]!, points[i]!, points[i + 1] ?? points[i]!];
  return { x: (before.x + 2 * here.x + after.x) / 4, y: (before.y + 2 * here.y + after.y) / 4 };
}

function round(point: Point): string {
  return `${point.x.toFixed(1)},${point.y.toFixed(1)}`;
}

function markers(id: string): SVGElement[] {
  const common = { orient: "auto", markerUnits: "userSpaceOnUse", refX: 10.5, refY: 7, markerWidth: 14, markerHeight: 14 };
  const head = (name: string) => s("marker", { id: `${id}-${name}`, ...common, class: `head ${name}` }, s("path", { d: "M1,2 L10.5,7 L1,12 Z" }));
  // A bar instead of a point, as diagrams of mechanisms have it: the sign is told without colour.
  const bar = s("marker", { id: `${id}-minus`, ...common, refX: 12.5, class: "head minus" }, s("path", { d: "M8,0.5 h3 v13 h-3 Z" }));
  return [head("plus"), head("plain"), bar];
}
