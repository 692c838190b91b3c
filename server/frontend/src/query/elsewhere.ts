// A run and its answer in, the ways to keep and to repeat it out: link, formats, curl, Python, R, notebook.

import { button, h } from "../dom";
import { at, credits } from "../page";
import { download } from "../pictures/figure";
import type { Answer } from "../rdf/endpoint";
import { STRINGS } from "../strings";
import { copyButton, snippet } from "../ui/copy";
import { Tabs } from "../ui/tabs";
import type { Run } from "./run";
import { short, type Shared } from "./share";
import { notebook, snippets, type Asked } from "./snippets";

const FORMATS: Record<Answer["kind"], string[]> = {
  rows: ["csv", "tsv", "json", "xml"],
  truth: ["json", "xml"],
  graph: ["turtle", "n-triples", "json-ld", "rdf-xml"],
};

/** The part of the page below an answer. */
export function elsewhere(run: Run, answer: Answer, own: Shared, address: string): HTMLElement {
  const asked: Asked = {
    endpoint: location.origin + at("/sparql"),
    query: run.query,
    inference: run.inference,
    version: short(own.version),
    address,
    digest: own.digest,
  };
  return h(
    "div",
    { class: "elsewhere" },
    details(STRINGS.share, share(own, address)),
    details(
      STRINGS.copyAs,
      code(asked),
      h("section", {}, h("h3", {}, STRINGS.copyNotebook), button(STRINGS.copySave, () => download(notebook(asked, document.title), "application/x-ipynb+json", "query.ipynb"), { class: "small" })),
    ),
    formats(run, answer),
  );
}

function share(own: Shared, address: string): HTMLElement {
  return h(
    "div",
    {},
    h("p", {}, STRINGS.shareText),
    h("p", {}, copyButton(STRINGS.shareCopy, address), " ", h("a", { href: address }, STRINGS.shareOpen)),
    h("dl", {}, pair(STRINGS.shareVersion, own.version), pair(STRINGS.shareDigest, own.digest)),
  );
}

function pair(name: string, value: string): HTMLElement {
  return h("div", {}, h("dt", {}, name), h("dd", {}, h("code", {}, value)));
}

function formats(run: Run, answer: Answer): HTMLElement {
  const off: Record<string, string> = run.inference ? {} : { inference: "off" };
  const items = FORMATS[answer.kind].map((format) => {
    const target = `${at("/sparql")}?${new URLSearchParams({ query: run.query, ...off, format })}`;
    return h("li", {}, h("a", { href: target }, format));
  });
  return h("div", {}, h("p", { class: "quiet" }, STRINGS.answerAs), h("ul", { class: "inline" }, ...items));
}

function details(name: string, ...children: Node[]): HTMLElement {
  return h("details", {}, h("summary", {}, name), ...children);
}

function code(asked: Asked): HTMLElement {
  const made = snippets(asked, credits()).map(({ name, text }) => ({ name, make: () => Promise.resolve(snippet(text)) }));
  return new Tabs(STRINGS.copyAs, made).element;
}
