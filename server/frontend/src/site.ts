// Any page in, the same page with what scripts add to it out. Each page loads what it needs.

import "./site.css";
import { suggest } from "./ui/search";
import { themeSwitch } from "./ui/theme";

const form = document.querySelector<HTMLFormElement>("form.search");
if (form) {
  suggest(form);
}
const footer = document.querySelector<HTMLElement>("body > footer");
if (footer) {
  themeSwitch(footer);
}

const parts: [string, () => Promise<{ enhance: () => Promise<void> }>][] = [
  ["form[data-query]", () => import("./query/page")],
  ["[data-resource]", () => import("./resource")],
  ["[data-proof]", () => import("./explanation")],
  ["[data-answer]", () => import("./answers")],
];
const needed = parts.filter(([selector]) => document.querySelector(selector));
void Promise.allSettled(needed.map(([, load]) => load().then((page) => page.enhance()))).then(() => {
  document.documentElement.dataset["enhanced"] = "true";
});
