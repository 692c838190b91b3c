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

/** A part of a query, and where it begins; both 0 where it stands beside the query. */
export interface QueryPart {
  text: string;
  line: number;
  column: number;
}

/** Why an answer is empty; see docs/empty.md. */
export interface EmptyReason {
  kind: string;
  said: string;
  parts: QueryPart[];
  terms: { term: string; part: QueryPart; near: { term: string; why: string }[] }[];
  values: { variable: string; values: string[] }[];
  notes: string[];
}

/** Why the answer to a query is empty; rejects as `ask` does. */
export async function explainEmpty(query: string, options: Options = {}): Promise<EmptyReason> {
  const form = parameters(query, options);
  form.set("explain", "empty");
  const response = await post(form, "application/json", options.signal);
  return (await response.json()) as EmptyReason;
}

/** Ask; rejects with a Problem, or with an AbortError where `signal` said so. */
export async function ask(query: string, options: Options = {}): Promise<Answer> {
  const response = await post(parameters(query, options), ACCEPT, options.signal);
  const version = response.headers.get("Calcigraph-Version") ?? "";
  const text = await response.text();
  const type = response.headers.get("Content-Type") ?? "";
  if (type.startsWith("application/n-triples")) {
    return { kind: "graph", variables: [], rows: [], truth: false, triples: fromNTriples(text), version };
  }
  return { ...read(JSON.parse(text)), version };
}

function parameters(query: string, options: Options): URLSearchParams {
  const form = new URLSearchParams({ query });
  if (options.inference === false) {
    form.set("inference", "off");
  }
  for (const graph of options.graphs ?? []) {
    form.append("default-graph-uri", graph);
    form.append("named-graph-uri", graph);
  }
  return form;
}

async function post(form: URLSearchParams, accept: string, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(at("/sparql"), { method: "POST", headers: { Accept: accept }, body: form, ...(signal ? { signal } : {}) });
  if (!response.ok) {
    throw await problem(response);
  }
  return response;
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
