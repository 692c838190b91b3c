// A query in, its answer or the server's problem document out. The one place that asks the endpoint.

import { at } from "../page";
import { fromJson, fromNTriples, type Row, type Triple } from "./terms";

export interface Answer {
  kind: "rows" | "truth" | "graph";
  variables: string[];
  rows: Row[];
  truth: boolean;
  triples: Triple[];
  /** What `Calcigraph-Version` said. */
  version: string;
}

export interface Options {
  inference?: boolean;
  signal?: AbortSignal;
  /** Graphs of the protocol's dataset: the default graph is their union, and each is a named one. */
  graphs?: string[];
}

/** RFC 9457, with the members of this server. */
export class Problem extends Error {
  constructor(
    readonly title: string,
    readonly detail: string,
    readonly hint = "",
    readonly line = 0,
    readonly column = 0,
    readonly status = 0,
  ) {
    super(detail);
  }
}

const ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9";

/** Ask; rejects with a Problem, or with an AbortError where `signal` said so. */
export async function ask(query: string, options: Options = {}): Promise<Answer> {
  const form = new URLSearchParams({ query });
  if (options.inference === false) {
    form.set("inference", "off");
  }
  for (const graph of options.graphs ?? []) {
    form.append("default-graph-uri", graph);
    form.append("named-graph-uri", graph);
  }
  const response = await fetch(at("/sparql"), {
    method: "POST",
    headers: { Accept: ACCEPT },
    body: form,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (!response.ok) {
    throw await problem(response);
  }
  const version = response.headers.get("Calcigraph-Version") ?? "";
  const text = await response.text();
  const type = response.headers.get("Content-Type") ?? "";
  if (type.startsWith("application/n-triples")) {
    return { kind: "graph", variables: [], rows: [], truth: false, triples: fromNTriples(text), version };
  }
  return { ...read(JSON.parse(text)), version };
}

/** The rows of a SELECT. */
export async function rows(query: string, options: Options = {}): Promise<Row[]> {
  return (await ask(query, options)).rows;
}

/** SPARQL 1.1 Query Results JSON as an answer. */
export function read(document: {
  head: { vars?: string[] };
  boolean?: boolean;
  results?: { bindings: Record<string, Parameters<typeof fromJson>[0]>[] };
}): Omit<Answer, "version"> {
  if (document.boolean !== undefined) {
    return { kind: "truth", variables: [], rows: [], truth: document.boolean, triples: [] };
  }
  const found = (document.results?.bindings ?? []).map((binding) =>
    Object.fromEntries(Object.entries(binding).map(([name, value]) => [name, fromJson(value)])),
  );
  return { kind: "rows", variables: document.head.vars ?? [], rows: found, truth: false, triples: [] };
}

/** The members of a problem document that are shown. */
export interface ProblemDocument {
  title?: string;
  detail?: string;
  hint?: string;
  line?: number;
  column?: number;
  status?: number;
}

/** A problem document as a Problem. */
export function fromDocument(said: ProblemDocument): Problem {
  return new Problem(said.title ?? "", said.detail ?? "", said.hint ?? "", said.line ?? 0, said.column ?? 0, said.status ?? 0);
}

async function problem(response: Response): Promise<Problem> {
  try {
    return fromDocument({ title: response.statusText, status: response.status, ...((await response.json()) as ProblemDocument) });
  } catch {
    return new Problem(response.statusText || String(response.status), "", "", 0, 0, response.status);
  }
}
