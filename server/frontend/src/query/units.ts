// A query in, the units of its pattern out: triples, filters, groups, each with its place in the text.
//
// This is no parser. It knows brackets, full stops and a few keywords, and leaves what it cannot cut in one piece.

import { bare } from "../rdf/prefixes";

export type Kind = "values" | "pattern" | "optional" | "bind" | "filter";

export interface Unit {
  kind: Kind;
  /** What can stand in a group by itself. */
  text: string;
  start: number;
  end: number;
  /** The span to leave out for a query without the unit. */
  cut: [number, number];
}

export interface Parts {
  /** Prefixes and base. */
  prologue: string;
  /** The clauses that say which graphs are asked. */
  dataset: string;
  units: Unit[];
}

const FORM = /\b(SELECT|CONSTRUCT|DESCRIBE|ASK)\b/i;
const KEYWORD = /^(OPTIONAL|MINUS|GRAPH|SERVICE|FILTER|BIND|VALUES)\b/i;
const KINDS: Record<string, Kind> = { OPTIONAL: "optional", MINUS: "filter", FILTER: "filter", BIND: "bind", VALUES: "values" };
const CLOSING: Record<string, string> = { "{": "}", "(": ")", "[": "]" };

/** The parts of a query; undefined where its pattern cannot be found. */
export function parts(query: string): Parts | undefined {
  const text = bare(query);
  const form = FORM.exec(text);
  if (!form) {
    return undefined;
  }
  let open = text.indexOf("{", form.index);
  if (form[1]!.toUpperCase() === "CONSTRUCT" && !/^\s*(WHERE|FROM)\b/i.test(text.slice(form.index + 9))) {
    open = text.indexOf("{", closing(text, open) + 1);
  }
  const end = open < 0 ? -1 : closing(text, open);
  if (end < 0) {
    return undefined;
  }
  const head = bare(query, true).slice(form.index, open);
  const dataset = [...head.matchAll(/\bFROM\s+(NAMED\s+)?(<[^>]*>|\S+)/gi)].map((match) => match[0]).join(" ");
  return { prologue: query.slice(0, form.index), dataset, units: new Cutter(query, text).cut(open + 1, end) };
}

/** Where the bracket that opens at `open` is closed; -1 where it is not. */
function closing(text: string, open: number): number {
  const waiting: string[] = [];
  for (let i = open; i >= 0 && i < text.length; i += 1) {
    const letter = text[i]!;
    if (letter in CLOSING) {
      waiting.push(CLOSING[letter]!);
    } else if (letter === waiting.at(-1)) {
      waiting.pop();
      if (!waiting.length) {
        return i;
      }
    }
  }
  return -1;
}

class Cutter {
  private units: Unit[] = [];

  constructor(
    private readonly query: string,
    private readonly text: string,
  ) {}

  cut(from: number, to: number): Unit[] {
    let at = from;
    while (at < to) {
      const gap = /^[\s.]*/.exec(this.text.slice(at, to))![0].length;
      // What is blanked is a space here and a term there.
      const begin = this.firstTerm(at, at + gap) ?? at + gap;
      if (begin >= to) {
        break;
      }
      at = this.unit(begin, to);
    }
    return this.units;
  }

  /** Where something begins that was blanked, before `limit`. */
  private firstTerm(from: number, limit: number): number | undefined {
    for (let i = from; i < limit; i += 1) {
      if (/\s/.test(this.text[i]!) && !/[\s]/.test(this.query[i]!)) {
        if (this.query[i] === "#") {
          i = this.query.indexOf("\n", i);
          if (i < 0) {
            return undefined;
          }
        } else {
          return i;
        }
      }
    }
    return undefined;
  }

  private unit(begin: number, to: number): number {
    const rest = this.text.slice(begin, to);
    const keyword = KEYWORD.exec(rest)?.[1]?.toUpperCase();
    if (keyword) {
      const end = this.afterKeyword(begin + keyword.length, to, keyword);
      this.add(KINDS[keyword] ?? "pattern", begin, end);
      return end;
    }
    if (rest.startsWith("{")) {
      let end = closing(this.text, begin) + 1;
      for (let union = /^\s*UNION\s*\{/i.exec(this.text.slice(end, to)); union; union = /^\s*UNION\s*\{/i.exec(this.text.slice(end, to))) {
        end = closing(this.text, end + union[0].length - 1) + 1;
      }
      this.add("pattern", begin, end);
      return end;
    }
    return this.triples(begin, to);
  }

  /** A keyword's unit ends with its last bracket: `FILTER NOT EXISTS { }`, `VALUES (?a ?b) { }`, `FILTER regex( )`. */
  private afterKeyword(at: number, to: number, keyword: string): number {
    const wanted = keyword === "FILTER" || keyword === "BIND" ? /[({]/ : /\{/;
    const found = wanted.exec(this.text.slice(at, to));
    return found ? closing(this.text, at + found.index) + 1 : to;
  }

  private triples(begin: number, to: number): number {
    const semicolons: number[] = [];
    let at = begin;
    for (; at < to; at += 1) {
      const letter = this.text[at]!;
      if (letter === "(" || letter === "[") {
        at = closing(this.text, at);
      } else if (letter === "{" || this.keywordAt(at) || (letter === "." && !/[\p{L}\p{N}_]/u.test(this.text[at + 1] ?? ""))) {
        break;
      } else if (letter === ";") {
        semicolons.push(at);
      }
      if (at < begin) {
        return to;
      }
    }
    const after = this.text[at] === "." ? at + 1 : at;
    this.split(begin, at, after, semicolons);
    return Math.max(after, begin + 1);
  }

  private keywordAt(at: number): boolean {
    return !/[\p{L}\p{N}_:?$-]/u.test(this.text[at - 1] ?? " ") && KEYWORD.test(this.text.slice(at, at + 9));
  }

  /** Triples with one subject, one unit for each property; a subject in brackets cannot be repeated. */
  private split(begin: number, end: number, after: number, semicolons: number[]): void {
    const subject = /^(<[^<>\s]*>|[^\s[\]()<]+)/.exec(this.query.slice(begin, end))?.[0];
    const bounds = [...semicolons.filter((at) => this.query.slice(at + 1, end).trim()), end];
    if (!subject || bounds.length === 1) {
      this.add("pattern", begin, end, [begin, after]);
      return;
    }
    let from = begin + subject.length;
    bounds.forEach((bound, i) => {
      const said = this.query.slice(from, bound).trim();
      const start = from + (this.query.slice(from, bound).length - this.query.slice(from, bound).trimStart().length);
      // The first property takes the semicolon after it along, any other the one before it.
      const cut: [number, number] = i === 0 ? [from, bound + 1] : [from - 1, bound];
      this.units.push({ kind: "pattern", text: `${subject} ${said}`, start: i === 0 ? begin : start, end: bound, cut });
      from = bound + 1;
    });
  }

  private add(kind: Kind, start: number, end: number, cut: [number, number] = [start, end]): void {
    this.units.push({ kind, text: this.query.slice(start, end).trim(), start, end, cut });
  }
}
