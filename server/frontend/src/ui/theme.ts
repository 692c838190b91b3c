// A reader's choice of colours in, a page in them out, remembered for the next page.

import { h } from "../dom";
import { STRINGS } from "../strings";

declare global {
  interface Window {
    /** Set by theme.js, which runs before the first paint. */
    calcigraphTheme?: (choice: string | null) => void;
  }
}

const KEY = "calcigraph-theme";

/** Put the choice of colours into the footer. */
export function themeSwitch(footer: HTMLElement): void {
  const select = h(
    "select",
    {},
    h("option", { value: "" }, STRINGS.themeAuto),
    h("option", { value: "light" }, STRINGS.themeLight),
    h("option", { value: "dark" }, STRINGS.themeDark),
  );
  select.value = remembered();
  select.addEventListener("change", () => {
    window.calcigraphTheme?.(select.value || null);
    try {
      localStorage.setItem(KEY, select.value);
    } catch {
      // Storage is off: the choice holds for this page.
    }
  });
  footer.append(h("p", {}, h("label", { class: "theme" }, `${STRINGS.themeLabel} `, select)));
}

function remembered(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}
