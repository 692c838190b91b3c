// The form of the query page in, an editor, its answers and all that can be done with them out.

import "./query.css";
import { button, h } from "../dom";
import { ask, fromDocument, Problem, type Answer, type ProblemDocument } from "../rdf/endpoint";
import { labels } from "../rdf/labels";
import { prefixes } from "../rdf/prefixes";
import { STRINGS } from "../strings";
import { show as showAnswer } from "./answer";
import { Editor } from "./editor";
import type { Run } from "./run";
import { showProblem, type Acts } from "./trouble";
import { promised } from "./share";

/** Take the form over. Without a script it sends itself, and the server answers with a page. */
export async function enhance(): Promise<void> {
  const form = document.querySelector<HTMLFormElement>("form[data-query]");
  const field = form?.querySelector<HTMLTextAreaElement>('textarea[name="query"]');
  if (form && field) {
    await new QueryPage(form, field).begin();
  }
}

class QueryPage {
  private readonly editor: Editor;
  private readonly status = h("p", { role: "status", class: "status" });
  private readonly output = h("section", { class: "answer", "aria-label": STRINGS.answer });
  private readonly stop: HTMLButtonElement;
  private readonly runs: HTMLButtonElement | null;
  private readonly inference: HTMLSelectElement | null;
  private running: AbortController | undefined;
  private readonly promise = promised(location.hash);
  private readonly acts: Acts = {
    go: (line, column) => this.editor.go(line, column),
    replace: (query) => this.replace(query),
  };

  constructor(
    private readonly form: HTMLFormElement,
    field: HTMLTextAreaElement,
  ) {
    this.editor = new Editor(field, () => void this.run());
    this.runs = form.querySelector("button:not([type=button])");
    this.stop = button(STRINGS.stop, () => this.running?.abort(), { class: "stop", hidden: true });
    this.inference = form.querySelector('select[name="inference"]');
  }

  async begin(): Promise<void> {
    const { form, inference } = this;
    if (inference) {
      const compare = h("option", { value: "compare" }, STRINGS.inferenceCompare);
      inference.prepend(compare);
      inference.value = inference.value === "off" ? "off" : "compare";
    }
    form.querySelector('select[name="format"]')?.closest("label")?.remove();
    form.querySelector(`label[for="${this.editor.field.id}"]`)?.remove();
    this.runs?.after(this.stop);
    form.append(h("p", { class: "quiet keys" }, STRINGS.editorKeys));
    this.examples();
    form.after(this.status, this.output);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.run();
    });
    // A page that came with an answer shows it with pictures, and tells whether it is still the same.
    if (form.dataset["query"] === "answered") {
      document.querySelectorAll("[data-answered]").forEach((part) => part.remove());
      document.querySelector("h1")?.replaceChildren(STRINGS.queryTitle);
      form.closest("section")?.querySelector("h2")?.remove();
      await this.run();
    }
    // One that came with a problem shows it where it can be mended; it is not asked for a second time.
    const banner = document.querySelector<HTMLElement>("[data-problem]");
    if (banner) {
      banner.remove();
      await this.told(this.editor.text, fromDocument(JSON.parse(banner.dataset["problem"]!) as ProblemDocument));
    }
  }

  private examples(): void {
    const links = [...document.querySelectorAll<HTMLAnchorElement>("[data-examples] a")];
    if (!links.length) {
      return;
    }
    const select = h("select", {}, h("option", { value: "" }, STRINGS.exampleNone), ...links.map((a, i) => h("option", { value: i }, a.textContent ?? "")));
    select.addEventListener("change", () => {
      const link = links[Number(select.value)];
      if (select.value && link) {
        void this.choose(link.href);
      }
    });
    document.querySelector("[data-examples]")?.remove();
    this.form.prepend(h("label", { class: "examples" }, `${STRINGS.exampleChoose} `, select));
  }

  /** Put the query of a question into the editor. */
  private async choose(address: string): Promise<void> {
    const wanted = new URL(address);
    const query = wanted.searchParams.get("query");
    if (query !== null) {
      this.editor.text = query;
      this.editor.focus();
      return;
    }
    wanted.searchParams.set("format", "json");
    try {
      const response = await fetch(wanted);
      const question = (await response.json()) as { query: string };
      this.editor.text = question.query;
      this.editor.focus();
    } catch {
      location.assign(address);
    }
  }

  private async run(text = this.editor.text): Promise<void> {
    this.running?.abort();
    const controller = new AbortController();
    this.running = controller;
    this.busy(true);
    const chosen = this.inference?.value ?? "on";
    const began = performance.now();
    try {
      const answer = await ask(text, { inference: chosen !== "off", signal: controller.signal });
      const run: Run = {
        query: text,
        inference: chosen !== "off",
        compared: chosen === "compare" && answer.kind === "rows",
        signal: controller.signal,
        seconds: (performance.now() - began) / 1000,
      };
      await this.answered(run, answer);
    } catch (error) {
      if (this.running === controller) {
        await this.failed(text, error, controller.signal);
      }
    } finally {
      if (this.running === controller) {
        this.busy(false);
      }
    }
  }

  private async answered(run: Run, answer: Answer): Promise<void> {
    const terms = [...answer.rows.flatMap((row) => Object.values(row)), ...answer.triples.flatMap((t) => [t.subject, t.predicate, t.object])];
    const iris = terms.filter((term) => term.type === "uri").map((term) => term.value);
    const [named, table] = await Promise.all([labels(iris), prefixes()]);
    if (run.signal.aborted) {
      return;
    }
    this.status.textContent = "";
    await showAnswer(this.output, this.status, run, answer, { named, table, promised: this.promise, acts: this.acts });
  }

  private async failed(query: string, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      this.status.textContent = STRINGS.stopped;
      return;
    }
    await this.told(query, error instanceof Problem ? error : new Problem(STRINGS.problemNetwork, "", STRINGS.problemNetworkHint));
  }

  private async told(query: string, problem: Problem): Promise<void> {
    if (problem.line) {
      this.editor.mark(problem.line, problem.column);
    }
    this.status.textContent = "";
    await showProblem(this.output, query, problem, this.acts);
  }

  private replace(query: string): void {
    this.editor.text = query;
    void this.run();
  }

  private busy(is: boolean): void {
    this.stop.hidden = !is;
    this.output.setAttribute("aria-busy", String(is));
    if (is) {
      this.status.textContent = STRINGS.running;
    } else {
      this.running = undefined;
    }
  }
}
