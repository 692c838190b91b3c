// Resources in, the relations between or around them out, each with the sign that the root gives its property.
//
// A property has the sign that it, or a property above it, bears as `srv:sign` ("+" or "-"). Where a root
// gives no signs, relations are shown without.

import { graphs, things } from "../page";
import { rows } from "../rdf/endpoint";
import { RDFS, SRV, type Row } from "../rdf/terms";
import { readSign, type Edge } from "./shape";

const INFERRED = `${graphs}inferred`;
const MOST_RESOURCES = 150;
const MOST_NETWORK = 3000;
const MOST_NODES = 28;
const MOST_STEPS = 6;
const MOST_WAYS = 30;
// Inferred relations would draw every path a second time, as a short cut.
const STATED = `FILTER(?g != <${INFERRED}> && ?s != ?o && STRSTARTS(STR(?o), "${things}") && STRSTARTS(STR(?s), "${things}"))`;
const SIGNED = `?p <${RDFS}subPropertyOf>? ?q . ?q <${SRV}sign> ?sign`;

/** The stated relations between the resources: the signed ones where there are any, else all. A thing that a
 * question is about (`focus`) is joined to the others by the things that stand between. */
export async function between(iris: string[], focus: string[] = []): Promise<Edge[]> {
  const wanted = iris.filter(own);
  const all = await network();
  if (all) {
    const found = connect(all, new Set(wanted), focus.filter(own));
    if (found.length) {
      return found;
    }
  }
  const list = values(wanted.slice(0, MOST_RESOURCES));
  return select(`VALUES ?s { ${list} } VALUES ?o { ${list} } GRAPH ?g { ?s ?p ?o } ${STATED}`);
}

/** What stands around one resource: what leads to it and what it leads to by signed relations where there are
 * any, else one step of any kind. */
export async function around(iri: string): Promise<Edge[]> {
  const all = await network();
  const near = all ? directed(all, iri) : await signed(touching([iri]));
  return near.length ? near : merge(await rows(`SELECT DISTINCT ?s ?p ?o WHERE { ${touching([iri])} } LIMIT 200`));
}

let loaded: Promise<Edge[] | undefined> | undefined;

/** All signed stated relations of the root; undefined where they are too many to be looked at here. */
function network(): Promise<Edge[] | undefined> {
  loaded ??= rows(`SELECT DISTINCT ?s ?p ?o ?sign WHERE { ${SIGNED} GRAPH ?g { ?s ?p ?o } ${STATED} } LIMIT ${MOST_NETWORK + 1}`).then(
    (found) => (found.length > MOST_NETWORK ? undefined : merge(found)),
  );
  return loaded;
}

/** The edges among `wanted`, with what stands on the shortest ways from them to the `focus`. */
export function connect(all: Edge[], wanted: Set<string>, focus: string[]): Edge[] {
  const kept = new Set(wanted);
  for (const target of focus) {
    for (const direction of ["to", "from"] as const) {
      const way = distances(all, target, direction);
      const starts = [...wanted].filter((iri) => iri !== target && way.has(iri)).sort((a, b) => way.get(a)! - way.get(b)!);
      starts.slice(0, MOST_WAYS).forEach((start) => walk(all, way, start, direction).forEach((iri) => kept.add(iri)));
    }
  }
  return all.filter((edge) => kept.has(edge.from.value) && kept.has(edge.to.value));
}

/** How many steps each thing is away from `target`: on ways to it, or from it. */
function distances(all: Edge[], target: string, direction: "to" | "from"): Map<string, number> {
  const found = new Map([[target, 0]]);
  let frontier = [target];
  for (let step = 1; step <= MOST_STEPS && frontier.length; step += 1) {
    const next = all
      .filter((edge) => frontier.includes(direction === "to" ? edge.to.value : edge.from.value))
      .map((edge) => (direction === "to" ? edge.from.value : edge.to.value))
      .filter((iri) => !found.has(iri));
    frontier = [...new Set(next)];
    frontier.forEach((iri) => found.set(iri, step));
  }
  return found;
}

/** What one shortest way from `start` to where the distance is zero passes. */
function walk(all: Edge[], way: Map<string, number>, start: string, direction: "to" | "from"): string[] {
  const passed = [start];
  for (let here = start; way.get(here)! > 0; here = passed.at(-1)!) {
    const [behind, ahead] = direction === "to" ? (["from", "to"] as const) : (["to", "from"] as const);
    const near = all.filter((edge) => edge[behind].value === here).map((edge) => edge[ahead].value);
    passed.push(near.find((iri) => way.get(iri) === way.get(here)! - 1)!);
  }
  return passed;
}

/** What leads to a thing and what it leads to, nearest first, as far as it can be drawn. */
export function directed(all: Edge[], iri: string): Edge[] {
  const [after, before] = [distances(all, iri, "from"), distances(all, iri, "to")];
  const near = [...new Set([...after.keys(), ...before.keys()])].sort((a, b) => least(a) - least(b));
  function least(node: string): number {
    return Math.min(after.get(node) ?? Infinity, (before.get(node) ?? Infinity) + 0.5);
  }
  const kept = new Set(near.slice(0, MOST_NODES));
  const onWay = (way: Map<string, number>, edge: Edge): boolean => way.has(edge.from.value) && way.has(edge.to.value);
  return all.filter((edge) => kept.has(edge.from.value) && kept.has(edge.to.value) && (onWay(after, edge) || onWay(before, edge)));
}

async function select(pattern: string): Promise<Edge[]> {
  const found = await rows(`SELECT DISTINCT ?s ?p ?o ?sign WHERE { ${pattern} OPTIONAL { ${SIGNED} } }`);
  const all = merge(found);
  const withSign = all.filter((edge) => edge.sign);
  return withSign.length ? withSign : all;
}

async function signed(pattern: string): Promise<Edge[]> {
  return merge(await rows(`SELECT DISTINCT ?s ?p ?o ?sign WHERE { ${pattern} ${SIGNED} }`));
}

function touching(iris: string[]): string {
  const list = values(iris);
  return `{ VALUES ?s { ${list} } GRAPH ?g { ?s ?p ?o } } UNION { VALUES ?o { ${list} } GRAPH ?g { ?s ?p ?o } } ${STATED}`;
}

/** Rows or edges as edges, each once; a pair of signs on one relation cancels to none. */
function merge(found: (Row | Edge)[]): Edge[] {
  const all = new Map<string, Edge>();
  for (const entry of found) {
    const edge = "from" in entry && "to" in entry && "sign" in entry && typeof entry.sign === "string" ? (entry as Edge) : fromRow(entry as Row);
    if (edge) {
      const name = `${edge.from.value} ${edge.relation?.value} ${edge.to.value}`;
      const before = all.get(name);
      all.set(name, before && before.sign !== edge.sign ? { ...edge, sign: before.sign && edge.sign ? "" : before.sign || edge.sign } : edge);
    }
  }
  return [...all.values()];
}

function fromRow(row: Row): Edge | undefined {
  const { s, p, o, sign } = row;
  return s && p && o ? { from: s, relation: p, to: o, sign: readSign(sign) } : undefined;
}

/** The resources at the ends of edges, each once. */
export function ends(edges: Edge[]): string[] {
  return [...new Set(edges.flatMap((edge) => [edge.from.value, edge.to.value]))];
}

function own(iri: string): boolean {
  return iri.startsWith(things) && /^[^<>"{}|^`\\\s]+$/.test(iri);
}

function values(iris: string[]): string {
  return iris.map((iri) => `<${iri}>`).join(" ");
}
