// The text before the cursor in, what may stand there out: variable, subject, property, class, value.

import { bare } from "../rdf/prefixes";

export type Place = "subject" | "property" | "object" | "class" | "none";

export interface Position {
  place: Place;
  /** What has been typed of the name. */
  token: string;
  start: number;
}

const TOKEN = /<[^<>\s]*>?|[?$][\p{L}\p{N}_]*|[\p{L}\p{N}_.-]*:[\p{L}\p{N}_.:-]*|[\p{L}_][\p{L}\p{N}_-]*|[0-9][0-9.eE+-]*|\S/gu;
const WORDS = new Set(
  ("select distinct reduced where optional union minus graph filter bind values service construct ask describe from named " +
    "order by asc desc group having limit offset as in not exists undef base prefix true false").split(" "),
);

/** Where the cursor is. Counts terms since the last end of a statement; strings and comments do not count. */
export function position(before: string): Position {
  const text = bare(before, true);
  const tokens = [...text.matchAll(TOKEN)];
  const last = tokens.at(-1);
  const isOpen = last !== undefined && last.index + last[0].length === text.length && /^[<?$\p{L}\p{N}_:]/u.test(last[0]) && !/^<.*>$/.test(last[0]);
  const state = new State();
  for (const token of isOpen ? tokens.slice(0, -1) : tokens) {
    state.read(token[0]);
  }
  const inComment = /#[^\n]*$/.test(before.replace(/<[^<>\s]*(>|$)|"[^"\n]*"|'[^'\n]*'/g, (all) => " ".repeat(all.length)));
  const token = isOpen ? last[0] : "";
  return { place: inComment ? "none" : state.place(), token, start: before.length - token.length };
}

class State {
  private slot = 0;
  private isType = false;
  private inData = false;
  private valuesNext = false;
  private depth = 0;
  private prologue = false;
  private readonly outer: number[] = [];

  read(token: string): void {
    const word = token.toLowerCase();
    if (this.prologue) {
      this.prologue = !token.startsWith("<");
    } else if (word === "prefix" || word === "base") {
      this.prologue = true;
    } else if (token === "{") {
      this.depth += 1;
      this.inData = this.valuesNext;
      this.valuesNext = false;
      this.slot = 0;
    } else if (token === "}") {
      this.depth -= 1;
      this.inData = false;
      this.slot = 0;
    } else if (WORDS.has(word)) {
      this.valuesNext = word === "values" || (this.valuesNext && word !== "where");
      this.slot = 0;
    } else {
      this.readInside(token);
    }
  }

  private readInside(token: string): void {
    if (token === ".") {
      this.slot = 0;
    } else if (token === ";") {
      this.slot = 1;
    } else if (token === ",") {
      this.slot = 2;
    } else if (token === "/" || token === "|") {
      this.slot = 1;
    } else if (token === "[") {
      this.outer.push(this.slot);
      this.slot = 1;
    } else if (token === "]") {
      this.slot = (this.outer.pop() ?? 0) + 1;
    } else if (/^[<?$\p{L}\p{N}_:"']/u.test(token)) {
      this.isType = this.slot === 1 ? token === "a" || token === "rdf:type" : this.slot === 2 && this.isType;
      this.slot = Math.min(this.slot + 1, 3);
    }
  }

  place(): Place {
    if (this.prologue || this.depth < 1) {
      return "none";
    }
    if (this.inData) {
      return "object";
    }
    return this.slot === 0 ? "subject" : this.slot === 1 ? "property" : this.isType ? "class" : "object";
  }
}
