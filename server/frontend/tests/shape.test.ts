import { expect, test } from "vitest";
import { cut, edges, plots, type Table } from "../src/pictures/shape";
import { XSD, type Row, type Term } from "../src/rdf/terms";

const n = (value: number): Term => ({ type: "literal", value: String(value), datatype: `${XSD}decimal` });
const t = (value: string): Term => ({ type: "literal", value });
const u = (value: string): Term => ({ type: "uri", value });
const nameOf = (iri: string): string => iri.replace("urn:", "").replace("-", " ");
const table = (...rows: Row[]): Table => ({ variables: [...new Set(rows.flatMap((row) => Object.keys(row)))], rows });

test("value, low and high make a forest plot, with an axis for each kind of figure", () => {
  const [plot] = plots(
    table(
      { study: t("A"), measure: u("urn:odds-ratio"), value: n(0.5), low: n(0.2), high: n(1.1) },
      { study: t("B"), measure: u("urn:mean-difference"), value: n(-2), low: n(-4), high: n(0) },
      { study: t("C"), measure: u("urn:odds-ratio") },
    ),
    nameOf,
  );
  expect(plot?.kind).toBe("forest");
  expect(plot?.panels.map((panel) => [panel.name, panel.scale, panel.reference])).toEqual([
    ["odds ratio", "log", 1],
    ["mean difference", "linear", 0],
  ]);
  expect(plot?.undrawn).toBe(1);
});

test("low and high alone make ranges, and units are never mixed", () => {
  const [plot] = plots(table({ a: t("x"), low: n(45), high: n(45), unit: t("ug/d") }, { a: t("y"), low: n(45), high: n(90), unit: t("mg/d") }), nameOf);
  expect(plot?.kind).toBe("ranges");
  expect(plot?.panels.map((panel) => panel.name)).toEqual(["ug/d", "mg/d"]);
  expect(plot?.panels[0]?.marks[0]?.text).toBe("45");
});

test("text that looks like a number makes no plot", () => {
  expect(plots(table({ value: t("1"), low: t("0"), high: t("2") }), nameOf)).toEqual([]);
});

test("dates make a timeline in their order", () => {
  const date = (value: string): Term => ({ type: "literal", value, datatype: `${XSD}date` });
  const [plot] = plots(table({ label: t("late"), on: date("2020-01-01") }, { label: t("early"), on: date("2010-01-01") }), nameOf);
  expect(plot?.kind).toBe("timeline");
  expect(plot?.panels[0]?.marks.map((mark) => mark.label)).toEqual(["early", "late"]);
});

test("rows are called by as many columns as tell them apart", () => {
  const row = (a: string, b: string): Row => ({ a: t(a), same: t("z"), b: t(b), low: n(1), high: n(2) });
  const [plot] = plots(table(row("1", "x"), row("1", "y"), row("2", "x")), nameOf);
  expect(plot?.panels[0]?.marks.map((mark) => mark.label)).toEqual(["1 · x", "1 · y", "2 · x"]);
});

test("two ends and a sign make a signed graph; literals are no ends", () => {
  const found = edges(table({ source: u("urn:a"), sign: t("-"), target: u("urn:b") }, { source: u("urn:a"), sign: t("+"), target: t("b") }));
  expect(found).toEqual([{ from: u("urn:a"), to: u("urn:b"), sign: "-" }]);
});

test("a plot is cut to what can be read, and says so", () => {
  const rows = Array.from({ length: 100 }, (_, i) => ({ a: t(`row ${i}`), low: n(i), high: n(i + 1) }));
  const [plot] = plots(table(...rows), nameOf);
  const shown = cut(plot!);
  expect([shown.plot.panels[0]?.marks.length, shown.total]).toEqual([60, 100]);
});
