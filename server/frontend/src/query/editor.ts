// A textarea in, YASQE in its place out: the one place that knows the editor.

import Yasqe from "@zazuko/yasqe";
import "@zazuko/yasqe/build/yasqe.min.css";
import { h } from "../dom";
import { STRINGS } from "../strings";
import { suggestions, type Suggestion } from "./complete";

interface Place {
  line: number;
  ch: number;
}

// The parts of CodeMirror 5 that are used here.
interface CodeMirror {
  getValue(): string;
  setValue(text: string): void;
  getCursor(): Place;
  setCursor(place: Place): void;
  indexFromPos(place: Place): number;
  posFromIndex(index: number): Place;
  replaceRange(text: string, from: Place, to?: Place): void;
  addLineClass(line: number, where: string, name: string): void;
  removeLineClass(line: number, where: string, name: string): void;
  lineCount(): number;
  getLine(line: number): string;
  markText(from: Place, to: Place, options: object): { clear(): void };
  focus(): void;
  refresh(): void;
  on(event: string, act: (mirror: unknown, change: { text: string[] }) => void): void;
  operation(act: () => void): void;
  showHint(options: object): void;
  getWrapperElement(): HTMLElement;
  getInputField(): HTMLElement;
  state: { completionActive?: unknown };
}

interface Hint {
  text: string;
  suggestion: Suggestion;
}

export class Editor {
  private readonly mirror: CodeMirror;
  private marked: number | undefined;
  private place: { clear(): void } | undefined;

  /** Takes the place of `textarea`, which stays in the form and is kept up to date. */
  constructor(
    private readonly textarea: HTMLTextAreaElement,
    run: () => void,
  ) {
    const room = h("div", { class: "editor" });
    textarea.after(room);
    textarea.hidden = true;
    // The lists would be merged entry by entry; the remote completers must not stay.
    Yasqe.defaults.autocompleters = [];
    const made = new Yasqe(room, {
      value: textarea.value,
      persistenceId: null,
      consumeShareLink: null,
      createShareableLink: null,
      prefixCcApi: null,
      showQueryButton: false,
      resizeable: false,
      editorHeight: "auto",
      screenReaderLabel: STRINGS.editorLabel,
      viewportMargin: Infinity,
      extraKeys: {
        "Ctrl-Enter": run,
        "Cmd-Enter": run,
        "Ctrl-Space": () => this.complete(),
        // A reader who moves by keyboard has to get out again.
        Tab: false,
        "Shift-Tab": false,
      },
    } as never);
    this.mirror = made as unknown as CodeMirror;
    this.mirror.getInputField().setAttribute("aria-label", STRINGS.editorLabel);
    this.mirror.on("change", () => {
      textarea.value = this.text;
      this.unmark();
    });
    this.mirror.on("inputRead", (_: unknown, change: { text: string[] }) => {
      if (/[\p{L}\p{N}:?$-]$/u.test(change.text.at(-1) ?? "") && !this.mirror.state.completionActive) {
        this.complete();
      }
    });
  }

  get text(): string {
    return this.mirror.getValue();
  }

  set text(text: string) {
    this.mirror.setValue(text);
  }

  focus(): void {
    this.mirror.focus();
  }

  /** Show where something is wrong; lines and columns count from one. */
  mark(line: number, column = 0): void {
    this.unmark();
    if (line < 1 || line > this.mirror.lineCount()) {
      return;
    }
    this.marked = line - 1;
    this.mirror.addLineClass(this.marked, "background", "wrong");
    const text = this.mirror.getLine(this.marked);
    const word = /^[^\s{}()[\].;,]+|^./u.exec(text.slice(Math.max(0, column - 1)))?.[0];
    if (column && word) {
      const [from, to] = [column - 1, column - 1 + word.length];
      this.place = this.mirror.markText({ line: this.marked, ch: from }, { line: this.marked, ch: to }, { className: "wrong-word" });
    }
  }

  go(line: number, column: number): void {
    this.mirror.setCursor({ line: line - 1, ch: Math.max(0, column - 1) });
    this.mirror.focus();
  }

  private unmark(): void {
    if (this.marked !== undefined) {
      this.mirror.removeLineClass(this.marked, "background", "wrong");
      this.marked = undefined;
    }
    this.place?.clear();
    this.place = undefined;
  }

  private complete(): void {
    this.mirror.showHint({
      completeSingle: false,
      closeCharacters: /[\s{}()[\].;,>"]/,
      container: this.mirror.getWrapperElement().parentElement,
      hint: () => this.hints(),
    });
  }

  private async hints(): Promise<object> {
    const cursor = this.mirror.getCursor();
    const { start, found } = await suggestions(this.text, this.mirror.indexFromPos(cursor));
    const from = this.mirror.posFromIndex(start);
    return {
      from,
      to: cursor,
      list: found.map((suggestion) => ({
        text: suggestion.text,
        suggestion,
        render: (element: HTMLElement) => {
          element.append(
            h("span", { class: "hint-label" }, suggestion.label || suggestion.text),
            h("span", { class: "hint-name" }, suggestion.label ? suggestion.text : ""),
            h("span", { class: "hint-kind" }, suggestion.kind),
          );
        },
        hint: (_: unknown, data: { from: Place; to: Place }, hint: Hint) => this.insert(data, hint.suggestion),
      })),
    };
  }

  private insert(where: { from: Place; to: Place }, suggestion: Suggestion): void {
    this.mirror.operation(() => {
      this.mirror.replaceRange(suggestion.text, where.from, where.to);
      if (suggestion.needs) {
        const [prefix, namespace] = suggestion.needs;
        this.mirror.replaceRange(`PREFIX ${prefix}: <${namespace}>\n`, { line: 0, ch: 0 });
      }
    });
  }

  /** The field that the form sends. */
  get field(): HTMLTextAreaElement {
    return this.textarea;
  }
}
