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
}

/** curl, Python and R, ready to be pasted. */
export function snippets(asked: Asked): Snippet[] {
  return [
    { name: "curl", text: curl(asked) },
    { name: "Python", text: python(asked) },
    { name: "R", text: r(asked) },
  ];
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
query <- ${JSON.stringify(query).replace(/\\n/g, "\n")}
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
