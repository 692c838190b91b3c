// An answer in, a digest out that is the same whenever the answer is: order and blank node names do not count.

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Answer } from "../rdf/endpoint";
import { key, type Row } from "../rdf/terms";

const LENGTH = 32;

/** The first 128 bits of SHA-256 over the sorted lines of the answer, in hexadecimal. */
export function digest(answer: Pick<Answer, "kind" | "variables" | "rows" | "truth" | "triples">): string {
  return bytesToHex(sha256(utf8ToBytes(lines(answer).join("\n")))).slice(0, LENGTH);
}

function lines(answer: Pick<Answer, "kind" | "variables" | "rows" | "truth" | "triples">): string[] {
  if (answer.kind === "truth") {
    return [String(answer.truth)];
  }
  if (answer.kind === "graph") {
    const all = answer.triples.map((t) => `${key(t.subject)} ${key(t.predicate)} ${key(t.object)}`);
    return ["graph", ...new Set(all.sort())];
  }
  const names = [...answer.variables].sort();
  return [names.join(" "), ...answer.rows.map((row) => rowKey(row, names)).sort()];
}

/** A row as one line. */
export function rowKey(row: Row, variables: string[]): string {
  return variables.map((name) => key(row[name])).join("\t");
}
