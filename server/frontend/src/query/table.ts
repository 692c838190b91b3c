// The rows of an answer in, a table out: labels, sorting, as many rows as can be read, a "Why?" for each.

import { button, h } from "../dom";
import { href, outside } from "../page";
import { isDescribed } from "../rdf/labels";
import { shrink, type Prefixes } from "../rdf/prefixes";
import { XSD, number, type Row, type Term } from "../rdf/terms";
import type { NameOf } from "../pictures/shape";
import { STRINGS } from "../strings";
import { rowReasons } from "./reasons";
import type { Comparison, Standing } from "./standing";

const PAGE = 200;

export interface Content {
  variables: string[];
  rows: Row[];
  query: string;
  labelOf: (iri: string) => string | undefined;
  prefixes: Prefixes;
  /** Whether what nobody asserted took part in the answer. */
  inference: boolean;
  /** Whether a column for the standing of rows is to be filled later. */
  compared: boolean;
}

export class ResultTable {
  readonly element: HTMLElement;
  private readonly body = h("tbody");
  private readonly more = h("p");
  private order: number[];
  private shown = PAGE;
  private sorted: { name: string; down: boolean } | undefined;
  private withLabels = true;
  private comparison: Comparison | undefined;

  constructor(private readonly content: Content) {
    this.order = content.rows.map((_, i) => i);
    const toggle = h("input", { type: "checkbox", checked: true });
    toggle.addEventListener("change", () => {
      this.withLabels = toggle.checked;
      this.fill();
    });
    const table = h("table", {}, h("caption", { class: "unseen" }, STRINGS.answer), h("thead", {}, this.head()), this.body);
    this.element = h(
      "div",
      {},
      h("label", { class: "inline-label" }, toggle, ` ${STRINGS.answerLabels}`),
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": STRINGS.answer }, table),
      this.more,
    );
    this.fill();
  }

  /** Say of each row what it needs. */
  tell(comparison: Comparison): void {
    this.comparison = comparison;
    this.fill();
  }

  private head(): HTMLTableRowElement {
    const cells = this.content.variables.map((name) => {
      const cell = h("th", { scope: "col" });
      cell.append(
        button(name, () => this.sort(name, cell), { class: "sort", title: STRINGS.answerSort(name) }),
      );
      return cell;
    });
    const extra = this.content.compared ? [h("th", { scope: "col" }, STRINGS.standing)] : [];
    return h("tr", {}, this.content.inference ? h("th", { scope: "col" }, h("span", { class: "unseen" }, STRINGS.whyColumn)) : undefined, ...extra, ...cells);
  }

  private sort(name: string, cell: HTMLElement): void {
    const down = this.sorted?.name === name && !this.sorted.down;
    this.sorted = { name, down };
    const sign = down ? -1 : 1;
    const texts = this.content.rows.map((row) => this.text(row[name]));
    this.order.sort((a, b) => {
      const [x, y] = [number(this.content.rows[a]![name]), number(this.content.rows[b]![name])];
      return sign * (x !== undefined && y !== undefined ? x - y : texts[a]!.localeCompare(texts[b]!, undefined, { numeric: true }));
    });
    cell.parentElement?.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
    cell.setAttribute("aria-sort", down ? "descending" : "ascending");
    this.fill();
  }

  private fill(): void {
    this.body.replaceChildren(...this.order.slice(0, this.shown).map((i) => this.line(i)));
    const left = this.order.length - this.shown;
    this.more.replaceChildren(
      ...(left > 0
        ? [
            button(STRINGS.answerMore(Math.min(left, 1000)), () => {
              this.shown += 1000;
              this.fill();
            }),
          ]
        : []),
    );
  }

  private line(index: number): HTMLTableRowElement {
    const row = this.content.rows[index]!;
    const line = h("tr", {}, ...this.content.variables.map((name) => h("td", { class: number(row[name]) === undefined ? undefined : "number" }, this.cell(row[name]))));
    const standing = this.comparison?.standings[index];
    // What a row rests on comes first, because a wide table scrolls.
    if (this.content.compared) {
      line.prepend(h("td", { class: "narrow" }, standing ? mark(standing) : STRINGS.standingPending));
    }
    if (this.content.inference) {
      line.prepend(h("td", { class: "narrow" }, standing === "asserted" ? "" : rowReasons(row, this.content.query, line)));
    }
    return line;
  }

  private text(term: Term | undefined): string {
    return term === undefined ? "" : term.type === "uri" ? (this.content.labelOf(term.value) ?? shrink(term.value, this.content.prefixes)) : term.value;
  }

  private cell(term: Term | undefined): Node | string {
    if (!term) {
      return "";
    }
    if (term.type === "bnode") {
      return h("span", { class: "quiet" }, STRINGS.blank);
    }
    return term.type === "uri" ? this.link(term.value) : literal(term, this.content.prefixes);
  }

  private link(iri: string): Node {
    const name: NameOf = (node) => shrink(node, this.content.prefixes);
    const label = this.withLabels ? this.content.labelOf(iri) : undefined;
    const shown = label === undefined ? h("bdi", { class: "iri" }, name(iri).replace(/^<|>$/g, "")) : h("bdi", {}, label);
    const target = href(iri, isDescribed(iri));
    if (!target) {
      return h("span", { title: iri }, shown);
    }
    const link = h("a", { href: target, title: name(iri) }, shown);
    const elsewhere = outside(iri);
    return elsewhere && elsewhere !== target ? h("span", {}, link, " ", h("a", { href: elsewhere, class: "outside", rel: "external", title: STRINGS.outside }, "↗")) : link;
  }
}

function literal(term: Term, table: Prefixes): Node {
  const text = h("span", { dir: "auto", lang: term.lang }, term.value);
  const plain = !term.datatype || term.datatype === `${XSD}string` || number(term) !== undefined;
  const tag = term.lang ?? (plain ? undefined : shrink(term.datatype!, table));
  return tag ? h("span", {}, text, " ", h("span", { class: "tag" }, tag)) : text;
}

const MARKS: Record<Standing, string> = {
  asserted: STRINGS.standingAsserted,
  derived: STRINGS.standingDerived,
  inferred: STRINGS.standingInferred,
};

function mark(standing: Standing): Node {
  return h("span", { class: standing === "asserted" ? "quiet" : `mark ${standing}` }, MARKS[standing]);
}
