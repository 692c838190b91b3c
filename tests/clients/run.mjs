// Calls of JavaScript clients in (JSON on standard input), what each gave out (JSON on standard output).
// One process for all calls, as loading the clients takes longer than most of them.
import { QueryEngine } from '@comunica/query-sparql';
import { QueryEngine as TraversingEngine } from '@comunica/query-sparql-link-traversal';
import { SparqlEndpointFetcher } from 'fetch-sparql-endpoint';
import jsonld from 'jsonld';
import ParsingClient from 'sparql-http-client/ParsingClient.js';

const engine = new QueryEngine();

// A term as N-Triples has it; blank nodes have no names that last.
function shown(term) {
  if (term.termType === 'NamedNode') return `<${term.value}>`;
  if (term.termType === 'BlankNode') return '_:';
  if (term.language) return `${JSON.stringify(term.value)}@${term.language}`;
  const datatype = term.datatype?.value;
  const isPlain = !datatype || datatype === 'http://www.w3.org/2001/XMLSchema#string';
  return JSON.stringify(term.value) + (isPlain ? '' : `^^<${datatype}>`);
}

const triple = (quad) => [quad.subject, quad.predicate, quad.object].map(shown).join(' ');
const row = (bindings) => Object.fromEntries([...bindings].map(([name, term]) => [name.value ?? name, shown(term)]));
const plainRow = (bindings) => Object.fromEntries(Object.entries(bindings).map(([name, term]) => [name, shown(term)]));

async function all(stream) {
  const found = [];
  for await (const item of stream) found.push(item);
  return found;
}

// The namespace stands for the server, as its redirects would have it; there is nothing elsewhere.
function lasting(base, namespace) {
  return async (input, init) => {
    const url = String(input?.url ?? input);
    const here = url.startsWith(namespace) ? `${base}/${url.slice(namespace.length)}` : url;
    if (!here.startsWith(`${base}/`)) return new Response('', { status: 404 });
    return fetch(here, init);
  };
}

async function loader(url) {
  const response = await fetch(url, { headers: { accept: 'application/ld+json' } });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return { contextUrl: null, documentUrl: response.url, document: await response.json() };
}

const CALLS = {
  async comunicaSelect({ query, sources, context }) {
    await engine.invalidateHttpCache();
    return (await (await engine.queryBindings(query, { sources, ...context })).toArray()).map(row);
  },
  async comunicaTraverse({ query, sources, base, namespace }) {
    const context = { sources, lenient: true, fetch: lasting(base, namespace) };
    const traversing = new TraversingEngine();
    return (await (await traversing.queryBindings(query, context)).toArray()).map(row);
  },
  async comunicaAsk({ query, sources }) {
    return engine.queryBoolean(query, { sources });
  },
  async comunicaConstruct({ query, sources }) {
    return (await (await engine.queryQuads(query, { sources })).toArray()).map(triple);
  },
  async fetcherSelect({ endpoint, query, method }) {
    return (await all(await new SparqlEndpointFetcher({ method }).fetchBindings(endpoint, query))).map(plainRow);
  },
  async fetcherAsk({ endpoint, query, method }) {
    return new SparqlEndpointFetcher({ method }).fetchAsk(endpoint, query);
  },
  async fetcherConstruct({ endpoint, query, method }) {
    return (await all(await new SparqlEndpointFetcher({ method }).fetchTriples(endpoint, query))).map(triple);
  },
  async clientSelect({ endpoint, query, operation }) {
    const client = new ParsingClient({ endpointUrl: endpoint });
    return (await client.query.select(query, { operation })).map(plainRow);
  },
  async clientAsk({ endpoint, query, operation }) {
    return new ParsingClient({ endpointUrl: endpoint }).query.ask(query, { operation });
  },
  async clientConstruct({ endpoint, query, operation }) {
    const client = new ParsingClient({ endpointUrl: endpoint });
    return [...(await client.query.construct(query, { operation }))].map(triple);
  },
  async jsonldLines({ url, compactWith }) {
    const { document } = await loader(url);
    const options = { documentLoader: loader, base: url };
    const expanded = await jsonld.expand(document, options);
    const read = compactWith ? await jsonld.compact(expanded, compactWith, options) : expanded;
    const lines = await jsonld.canonize(read, { ...options, algorithm: 'RDFC-1.0', format: 'application/n-quads' });
    return { lines, context: read['@context'] ?? null };
  },
};

async function answer({ id, call, ...given }) {
  try {
    return [id, { value: await CALLS[call](given) }];
  } catch (error) {
    return [id, { error: String(error?.stack ?? error) }];
  }
}

let text = '';
for await (const piece of process.stdin) text += piece;
const answers = [];
for (const asked of JSON.parse(text)) answers.push(await answer(asked));
process.stdout.write(JSON.stringify(Object.fromEntries(answers)));
