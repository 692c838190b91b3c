// Terms as SPARQL 1.1 Query Results JSON has them, and what can be said of one.

export interface Term {
  type: "uri" | "literal" | "bnode" | "triple";
  value: string;
  lang?: string;
  datatype?: string;
}

export type Row = Record<string, Term>;

export interface Triple {
  subject: Term;
  predicate: Term;
  object: Term;
}

export const XSD = "http://www.w3.org/2001/XMLSchema#";
export const RDFS = "http://www.w3.org/2000/01/rdf-schema#";
export const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
export const OWL = "http://www.w3.org/2002/07/owl#";
export const SRV = "https://w3id.org/calcigraph/server#";

const NUMERIC = new Set(
  ["integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger"].map(
    (name) => XSD + name,
  ),
);
const DATES = new Set(["date", "dateTime", "gYear", "gYearMonth"].map((name) => XSD + name));

/** One line that is the same for the same term, as in N-Triples; blank nodes are all alike. */
export function key(term: Term | undefined): string {
  if (term === undefined) {
    return "";
  }
  if (term.type === "uri") {
    return `<${term.value}>`;
  }
  if (term.type === "bnode") {
    return "_:";
  }
  const suffix = term.lang ? `@${term.lang.toLowerCase()}` : term.datatype && term.datatype !== `${XSD}string` ? `^^<${term.datatype}>` : "";
  return JSON.stringify(term.value) + suffix;
}

/** The number that a literal stands for; undefined for everything else, infinities included. */
export function number(term: Term | undefined): number | undefined {
  if (term?.type !== "literal" || !NUMERIC.has(term.datatype ?? "")) {
    return undefined;
  }
  const value = Number(term.value);
  return Number.isFinite(value) && term.value.trim() !== "" ? value : undefined;
}

/** The moment, in milliseconds, that a date, a time or a year begins with. */
export function moment(term: Term | undefined): number | undefined {
  if (term?.type !== "literal" || !DATES.has(term.datatype ?? "")) {
    return undefined;
  }
  const text = term.value.trim();
  const found = Date.parse(/^\d{4}(-\d\d)?$/.test(text) ? `${text}${text.length === 4 ? "-01" : ""}-01` : text);
  return Number.isNaN(found) ? undefined : found;
}

/** The last part of an IRI, with words taken apart: `seeAlso` as "see also". */
export function localName(iri: string): string {
  const last = iri.split(/[/#:]/).filter(Boolean).at(-1) ?? iri;
  return last.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[_-]+/g, " ").toLowerCase();
}

/** The terms of a SPARQL JSON binding. */
export function fromJson(value: { type: string; value: string; "xml:lang"?: string; datatype?: string }): Term {
  const type = value.type === "typed-literal" ? "literal" : value.type;
  const term: Term = { type: type as Term["type"], value: typeof value.value === "string" ? value.value : JSON.stringify(value.value) };
  if (value["xml:lang"]) {
    term.lang = value["xml:lang"];
  } else if (value.datatype) {
    term.datatype = value.datatype;
  }
  return term;
}

const LINE = /^\s*(<[^>]*>|_:\S+)\s+(<[^>]*>)\s+(<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?)\s*\.\s*$/;

/** The triples of an N-Triples document; lines that hold none are passed over. */
export function fromNTriples(text: string): Triple[] {
  const triples: Triple[] = [];
  for (const line of text.split("\n")) {
    const found = LINE.exec(line);
    if (found) {
      triples.push({ subject: term(found[1]!), predicate: term(found[2]!), object: term(found[3]!) });
    }
  }
  return triples;
}

function term(text: string): Term {
  if (text.startsWith("<")) {
    return { type: "uri", value: unescape(text.slice(1, -1)) };
  }
  if (text.startsWith("_:")) {
    return { type: "bnode", value: text.slice(2) };
  }
  const end = text.lastIndexOf('"');
  const made: Term = { type: "literal", value: unescape(text.slice(1, end)) };
  const rest = text.slice(end + 1);
  if (rest.startsWith("@")) {
    made.lang = rest.slice(1);
  } else if (rest.startsWith("^^")) {
    made.datatype = rest.slice(3, -1);
  }
  return made;
}

const ESCAPES: Record<string, string> = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f" };

function unescape(text: string): string {
  return text.replace(/\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)/g, (_, code: string) =>
    code.length > 1 ? String.fromCodePoint(parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  );
}
