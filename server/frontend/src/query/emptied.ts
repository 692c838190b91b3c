// A query that found nothing in, the part of its pattern after which nothing is left out.
//
// The pattern is asked again, shorter: what more of it is added, the less is found, so halving finds the part.

import { ask as send } from "../rdf/endpoint";
import { parts, type Kind, type Parts, type Unit } from "./units";

export interface Emptied {
  unit: Unit;
  /** Whether it finds something by itself. */
  matchesAlone: boolean;
  line: number;
  column: number;
  /** The query without it. */
  without: string;
}

type Ask = (query: string) => Promise<boolean>;

// What a filter reads has to stand before it, wherever it is written.
const ORDER: Kind[] = ["values", "pattern", "optional", "bind", "filter"];
const MOST = 60;

/** The part that empties the answer; undefined where the pattern is not it, or cannot be cut. Rejects like `ask`. */
export async function emptied(query: string, ask: Ask): Promise<Emptied | undefined> {
  const found = parts(query);
  if (!found || !found.units.length || found.units.length > MOST) {
    return undefined;
  }
  const units = ORDER.flatMap((kind) => found.units.filter((unit) => unit.kind === kind));
  const holds = (upTo: number): Promise<boolean> => ask(question(found, units.slice(0, upTo)));
  if (await holds(units.length)) {
    return undefined;
  }
  let [full, empty] = [0, units.length];
  while (empty - full > 1) {
    const middle = Math.floor((full + empty) / 2);
    if (await holds(middle)) {
      full = middle;
    } else {
      empty = middle;
    }
  }
  const unit = units[empty - 1]!;
  const matchesAlone = unit.kind === "pattern" && (await ask(question(found, [unit])));
  return { unit, matchesAlone, ...placeOf(query, unit.start), without: query.slice(0, unit.cut[0]) + query.slice(unit.cut[1]) };
}

/** Whether a pattern is there, as this endpoint says. */
export function asker(inference: boolean, signal: AbortSignal): Ask {
  return async (query) => (await send(query, { inference, signal })).truth;
}

/** Whether those units are there, as a query. */
export function question(found: Parts, units: Unit[]): string {
  // A line of its own for each full stop: a unit may end in a comment.
  return `${found.prologue}ASK ${found.dataset} {\n${units.map((unit) => unit.text).join("\n.\n")}\n}`;
}

function placeOf(query: string, at: number): { line: number; column: number } {
  const before = query.slice(0, at).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
