// A query in, the same query in the languages of those who use the endpoint out.

export interface Snippet {
  name: string;
  text: string;
}

export interface Asked {
  endpoint: string;
  query: string;
  inference: boolean;
  version: string;
  /** The address that asks the query again, and the digest of what it answered. */
  address: string;
  digest: string;
}

/** What the page says about who made the data. */
export interface Credits {
  authors: string[];
  title: string;
  year: string;
}

/** curl, Python, R and BibTeX, ready to be pasted. */
export function snippets(asked: Asked, credits: Credits): Snippet[] {
  return [
    { name: "curl", text: curl(asked) },
    { name: "Python", text: python(asked) },
    { name: "R", text: r(asked) },
    { name: "BibTeX", text: bibtex(asked, credits) },
  ];
}

function bibtex({ query, version, address, digest }: Asked, { authors, title, year }: Credits): string {
  const question = /^#\+ question:\s*(.+)$/m.exec(query)?.[1] ?? "SPARQL query";
  const fields: [string, string][] = [
    ["author", authors.map((name) => `{${tex(name)}}`).join(" and ")],
    ["title", tex(question)],
    ["howpublished", tex(title)],
    ["year", tex(year)],
    ["version", tex(version)],
    ["note", `Digest of the answer: ${tex(digest)}`],
    ["url", address.replace(/[{}\\]/g, (letter) => encodeURIComponent(letter))],
  ];
  const lines = fields.filter(([, value]) => value).map(([name, value]) => `  ${name} = {${value}}`);
  return `@misc{query-${digest.slice(0, 8)},\n${lines.join(",\n")}\n}`;
}

const TEX: Record<string, string> = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };

/** A text in which nothing has a meaning to TeX. */
export function tex(text: string): string {
  return text.replace(/[\\~^&%$#_{}]/g, (letter) => TEX[letter] ?? `\\${letter}`);
}

function curl({ endpoint, query, inference }: Asked): string {
  const off = inference ? "" : " \\\n  --data-urlencode 'inference=off'";
  return `curl -H 'Accept: text/csv' '${endpoint}' \\\n  --data-urlencode 'query=${query.replace(/'/g, "'\\''")}'${off}`;
}

function python({ endpoint, query, inference, version }: Asked): string {
  const fields = inference ? `{"query": query}` : `{"query": query, "inference": "off"}`;
  return `import csv
import io
import urllib.parse
import urllib.request

# Written for version ${version} of the data.
query = ${pythonText(query)}
request = urllib.request.Request(
    ${JSON.stringify(endpoint)},
    data=urllib.parse.urlencode(${fields}).encode(),
    headers={"Accept": "text/csv"},
)
with urllib.request.urlopen(request) as response:
    rows = list(csv.DictReader(io.TextIOWrapper(response, encoding="utf-8")))
print(len(rows), "rows")
rows[:5]`;
}

function pythonText(text: string): string {
  const escaped = text.replace(/\\/g, "\\\\").replace(/"""/g, '\\"\\"\\"');
  return `"""${escaped.endsWith('"') ? `${escaped.slice(0, -1)}\\"` : escaped}"""`;
}

function r({ endpoint, query, inference, version }: Asked): string {
  const off = inference ? "" : `, "&inference=off"`;
  return `# Written for version ${version} of the data.
query <- "${query.split("\n").map((line) => JSON.stringify(line).slice(1, -1)).join("\n")}"
address <- paste0(${JSON.stringify(`${endpoint}?format=csv&query=`)}, URLencode(query, reserved = TRUE)${off})
rows <- read.csv(url(address), encoding = "UTF-8")
head(rows)`;
}

/** A Jupyter notebook (nbformat 4) that asks the query. */
export function notebook(asked: Asked, title: string): string {
  const cell = (type: "markdown" | "code", text: string, id: string): object => ({
    cell_type: type,
    id,
    metadata: {},
    source: text.split(/(?<=\n)/),
    ...(type === "code" ? { execution_count: null, outputs: [] } : {}),
  });
  const document = {
    cells: [cell("markdown", `# ${title}\n\n${asked.endpoint}, version ${asked.version} of the data`, "about"), cell("code", python(asked), "ask")],
    metadata: { kernelspec: { display_name: "Python 3", language: "python", name: "python3" } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}
