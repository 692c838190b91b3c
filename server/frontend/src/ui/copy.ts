// A text in, a button that puts it on the clipboard out; and the same for code that stands in a page.

import { button, h } from "../dom";
import { STRINGS } from "../strings";

const SAID_MS = 2000;

/** A button that copies; where the browser does not let it, the text stays to be selected. */
export function copyButton(name: string, text: string): HTMLButtonElement {
  const made = button(
    name,
    () => {
      void navigator.clipboard?.writeText(text).then(() => {
        made.textContent = STRINGS.copied;
        setTimeout(() => (made.textContent = name), SAID_MS);
      });
    },
    { class: "small" },
  );
  return made;
}

/** A text as code, with its button. */
export function snippet(text: string): HTMLElement {
  return h("div", { class: "snippet" }, h("pre", { tabindex: 0 }, h("code", {}, text)), copyButton(STRINGS.copyText, text));
}

/** Give each `pre` of the page that asks for it a button. */
export function copyable(room: ParentNode): void {
  for (const code of room.querySelectorAll<HTMLElement>("pre[data-copy]")) {
    const frame = h("div", { class: "snippet" });
    code.replaceWith(frame);
    frame.append(code, copyButton(STRINGS.copyText, code.textContent ?? ""));
  }
}
