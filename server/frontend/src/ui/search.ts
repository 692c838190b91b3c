// A search field in, the same field with suggestions out: an ARIA combobox whose options are links.

import { h, unique } from "../dom";
import { at } from "../page";
import { STRINGS } from "../strings";

interface Found {
  label: string;
  matched: string;
  kind?: string | null;
  link: string | null;
}

const WAIT_MS = 120;
const MOST = 8;

/** What is called like a text, the most exact first. */
export async function search(text: string, signal?: AbortSignal): Promise<(Found & { iri: string })[]> {
  const address = `${at("/search")}?${new URLSearchParams({ q: text })}`;
  const response = await fetch(address, { headers: { Accept: "application/json" }, ...(signal ? { signal } : {}) });
  return response.ok ? ((await response.json()) as { results: (Found & { iri: string })[] }).results : [];
}

/** Let a search form suggest while one types. Without a choice, Enter searches as before. */
export function suggest(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>('input[type="search"]');
  if (!input) {
    return;
  }
  const list = h("ul", { id: unique("suggestions"), role: "listbox", class: "suggestions", "aria-label": input.ariaLabel ?? "", hidden: true });
  const status = h("span", { class: "unseen", role: "status" });
  form.append(list, status);
  const box = new Suggestions(input, list, status);
  for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) {
    input.setAttribute(name, value);
  }
  input.addEventListener("input", () => box.later());
  input.addEventListener("keydown", (event) => box.press(event));
  input.addEventListener("blur", () => setTimeout(() => box.close(), 150));
}

class Suggestions {
  private chosen = -1;
  private timer = 0;
  private running = new AbortController();

  constructor(
    private readonly input: HTMLInputElement,
    private readonly list: HTMLUListElement,
    private readonly status: HTMLElement,
  ) {}

  later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load(), WAIT_MS);
  }

  press(event: KeyboardEvent): void {
    const options = [...this.list.children];
    if (event.key === "Escape") {
      this.close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.choose((this.chosen + step + options.length + (this.chosen < 0 && step < 0 ? 1 : 0)) % options.length);
    } else if (event.key === "Enter" && this.chosen >= 0) {
      event.preventDefault();
      options[this.chosen]?.querySelector("a")?.click();
    }
  }

  close(): void {
    this.list.hidden = true;
    this.chosen = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  private async load(): Promise<void> {
    this.running.abort();
    this.running = new AbortController();
    const text = this.input.value.trim();
    if (!text) {
      this.close();
      return;
    }
    try {
      this.show((await search(text, this.running.signal)).slice(0, MOST));
    } catch {
      // Overtaken by the next letter, or no server: the form still works.
    }
  }

  private show(found: Found[]): void {
    this.close();
    this.list.replaceChildren(
      ...found.flatMap((entry) => {
        if (!entry.link) {
          return [];
        }
        const other = entry.matched !== entry.label ? h("span", { class: "quiet" }, ` ${entry.matched}`) : undefined;
        const kind = entry.kind ? h("span", { class: "tag" }, entry.kind) : undefined;
        const link = h("a", { href: entry.link, tabindex: -1 }, h("bdi", { dir: "auto" }, entry.label), other, kind);
        return [h("li", { id: unique("suggestion"), role: "option", "aria-selected": "false" }, link)];
      }),
    );
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.status.textContent = found.length ? STRINGS.searchFound(found.length) : STRINGS.searchNone;
  }

  private choose(index: number): void {
    this.chosen = index;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    const option = this.list.children[index];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }
}
