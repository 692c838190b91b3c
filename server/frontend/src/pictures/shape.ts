// The rows of an answer in, the pictures that its variables and datatypes allow out.
//
// Only names and datatypes count: "value", "low" and "high" make a forest plot in any domain.

import { STRINGS } from "../strings";
import { moment, number, type Row, type Term } from "../rdf/terms";
import { show, type ScaleKind } from "./scale";

export interface Table {
  variables: string[];
  rows: Row[];
}

/** One line of a plot: a point, a span, or both. */
export interface Mark {
  label: string;
  text: string;
  point?: number;
  low?: number;
  high?: number;
}

/** Marks on one axis: figures of one kind and unit. */
export interface Panel {
  name: string;
  scale: ScaleKind;
  reference?: number;
  marks: Mark[];
}

export interface Plot {
  kind: "forest" | "ranges" | "timeline";
  panels: Panel[];
  /** Rows that have nothing to draw. */
  undrawn: number;
}

export interface Edge {
  from: Term;
  to: Term;
  relation?: Term;
  sign: Sign;
}

export type Sign = "+" | "-" | "";
export type NameOf = (iri: string) => string;

const ROLES = {
  value: /^(value|estimate|effect|mean|point)$/i,
  low: /^(low|lower|minimum|min|ci_?low|ci_?lower|lower_?limit)$/i,
  high: /^(high|upper|maximum|max|ci_?high|ci_?upper|upper_?limit)$/i,
  kind: /^(measure|effect_?measure|unit|value_?unit)$/i,
  label: /^(label|name|title)$/i,
  from: /^(s|subject|from|source)$/i,
  to: /^(o|object|to|target)$/i,
  relation: /^(p|predicate|relation|property|verb)$/i,
  sign: /^(sign|polarity)$/i,
  year: /(^y|Y)ear$/,
} as const;

const ROWS = 60;

function role(table: Table, name: keyof typeof ROLES): string | undefined {
  return table.variables.find((variable) => ROLES[name].test(variable));
}

/** The plots that the table allows, the most telling first. */
export function plots(table: Table, nameOf: NameOf): Plot[] {
  return [intervals(table, nameOf), timeline(table, nameOf)].filter((plot) => plot !== undefined);
}

/** The edges that the table spells out itself; empty unless it has two ends in each row. */
export function edges(table: Table): Edge[] {
  const [from, to] = [role(table, "from"), role(table, "to")];
  const [relation, sign] = [role(table, "relation"), role(table, "sign")];
  if (!from || !to || !(relation || sign)) {
    return [];
  }
  return table.rows.flatMap((row) => {
    const [a, b] = [row[from], row[to]];
    if (a?.type !== "uri" || b?.type !== "uri") {
      return [];
    }
    const made: Edge = { from: a, to: b, sign: readSign(sign ? row[sign] : undefined) };
    const verb = relation ? row[relation] : undefined;
    return [verb ? { ...made, relation: verb } : made];
  });
}

/** What a literal says about the direction of an effect. */
export function readSign(term: Term | undefined): Sign {
  const text = term?.value.trim() ?? "";
  return text === "+" || text === "1" ? "+" : text === "-" || text === "−" || text === "-1" ? "-" : "";
}

function intervals(table: Table, nameOf: NameOf): Plot | undefined {
  const [value, low, high] = [role(table, "value"), role(table, "low"), role(table, "high")];
  if (!low || !high) {
    return undefined;
  }
  const isForest = value !== undefined && table.rows.some((row) => number(row[value]) !== undefined);
  const label = labeller(table, [value, low, high], nameOf);
  const panels = new Map<string, Panel>();
  let drawn = 0;
  for (const row of table.rows) {
    const mark = interval(row, isForest ? value : undefined, low, high);
    if (mark) {
      drawn += 1;
      const name = kindOf(table, row, nameOf);
      const panel = panels.get(name) ?? { name, scale: "linear", marks: [] };
      panel.marks.push({ ...mark, label: label(row) });
      panels.set(name, panel);
    }
  }
  const all = [...panels.values()];
  if (!all.some((panel) => panel.marks.some((mark) => mark.low !== undefined))) {
    return undefined;
  }
  all.forEach((panel) => settle(panel, isForest));
  return { kind: isForest ? "forest" : "ranges", panels: all, undrawn: table.rows.length - drawn };
}

function interval(row: Row, value: string | undefined, low: string, high: string): Omit<Mark, "label"> | undefined {
  const point = value ? number(row[value]) : undefined;
  const [from, to] = [number(row[low]), number(row[high])];
  const span = from !== undefined && to !== undefined ? { low: Math.min(from, to), high: Math.max(from, to) } : undefined;
  if (value ? point === undefined : span === undefined) {
    return undefined;
  }
  const range = span && (span.low === span.high ? show(span.low) : `${show(span.low)} ${STRINGS.rangeTo} ${show(span.high)}`);
  const text = point === undefined ? range! : `${show(point)} (${range ?? STRINGS.forestNoInterval})`;
  return { text, ...(point === undefined ? {} : { point }), ...span };
}

function settle(panel: Panel, isForest: boolean): void {
  const numbers = panel.marks.flatMap(({ point, low, high }) => [point, low, high].filter((n) => n !== undefined));
  const positive = numbers.every((n) => n > 0);
  const isRatio = isForest && /\bratio\b/i.test(panel.name);
  const isWide = !isForest && positive && Math.max(...numbers) / Math.min(...numbers) > 50;
  panel.scale = positive && (isRatio || isWide) ? "log" : "linear";
  if (isRatio) {
    panel.reference = 1;
  } else if (isForest && numbers.some((n) => n < 0)) {
    panel.reference = 0;
  }
}

function timeline(table: Table, nameOf: NameOf): Plot | undefined {
  const time = (row: Row, name: string): number | undefined => moment(row[name]) ?? (ROLES.year.test(name) ? year(row[name]) : undefined);
  const columns = table.variables.filter((name) => table.rows.some((row) => time(row, name) !== undefined));
  const [first, second] = columns;
  if (!first) {
    return undefined;
  }
  const label = labeller(table, columns, nameOf);
  const marks = table.rows.flatMap((row): Mark[] => {
    const [from, to] = [time(row, first), second ? time(row, second) : undefined];
    if (from === undefined) {
      return [];
    }
    const text = [row[first], second ? row[second] : undefined].flatMap((term) => (term ? [term.value] : [])).join("–");
    return [{ label: label(row), text, ...(to === undefined ? { point: from } : { low: Math.min(from, to), high: Math.max(from, to) }) }];
  });
  if (new Set(marks.map((mark) => mark.point ?? mark.low)).size < 2) {
    return undefined;
  }
  marks.sort((a, b) => (a.point ?? a.low ?? 0) - (b.point ?? b.low ?? 0));
  return { kind: "timeline", panels: [{ name: "", scale: "time", marks }], undrawn: table.rows.length - marks.length };
}

function year(term: Term | undefined): number | undefined {
  const found = number(term);
  return found !== undefined && Number.isInteger(found) && found > 1000 && found < 3000 ? Date.UTC(found, 0) : undefined;
}

function kindOf(table: Table, row: Row, nameOf: NameOf): string {
  const parts = table.variables.filter((name) => ROLES.kind.test(name)).map((name) => text(row[name], nameOf));
  // "1" is UCUM's unit of what has none.
  return [...new Set(parts.filter((part) => part && part !== "1"))].join(", ");
}

const MOST_COLUMNS = 4;
const SHORT = 24;

/** What a row is called: its label, and as many of the first columns as it takes to tell the rows apart. */
function labeller(table: Table, taken: (string | undefined)[], nameOf: NameOf): (row: Row) => string {
  const own = role(table, "label");
  const free = table.variables.filter(
    (name) => !taken.includes(name) && !ROLES.kind.test(name) && table.rows.some((row) => row[name] && number(row[name]) === undefined),
  );
  const called = (columns: string[]) => (row: Row) =>
    columns.map((name) => text(row[name], nameOf)).filter(Boolean).join(" · ") || "–";
  const distinct = (columns: string[]): number => new Set(table.rows.map(called(columns))).size;
  const picked = own ? [own] : [];
  while (picked.length < MOST_COLUMNS) {
    const now = picked.length ? distinct(picked) : 0;
    const best = free
      .filter((name) => !picked.includes(name))
      .map((name) => ({ name, count: distinct([...picked, name]) }))
      .reduce<{ name: string; count: number } | undefined>((a, b) => (a && a.count >= b.count ? a : b), undefined);
    if (!best || best.count <= now) {
      break;
    }
    picked.push(best.name);
  }
  if (!own && picked.length < MOST_COLUMNS - 1) {
    picked.push(...free.filter((name) => !picked.includes(name) && isTelling(table, name, nameOf)).slice(0, 1));
  }
  return called(table.variables.filter((name) => picked.includes(name)));
}

/** Whether a column names different things, shortly. */
function isTelling(table: Table, name: string, nameOf: NameOf): boolean {
  const found = table.rows.flatMap((row) => (row[name]?.type === "uri" ? [nameOf(row[name].value)] : []));
  return new Set(found).size > 1 && found.join("").length / found.length <= SHORT;
}

/** A term as a reader sees it in running text. */
export function text(term: Term | undefined, nameOf: NameOf): string {
  return term === undefined ? "" : term.type === "uri" ? nameOf(term.value) : term.type === "bnode" ? STRINGS.blank : term.value;
}

/** The part of a plot that still can be read, and how many marks it had. */
export function cut(plot: Plot): { plot: Plot; total: number } {
  const total = plot.panels.reduce((sum, panel) => sum + panel.marks.length, 0);
  let left = ROWS;
  const panels = plot.panels.map((panel) => {
    const marks = panel.marks.slice(0, left);
    left -= marks.length;
    return { ...panel, marks };
  });
  return { plot: { ...plot, panels: panels.filter((panel) => panel.marks.length) }, total };
}
