// Any page in, the same page with what scripts add to it out. Each page loads what it needs.

import "./site.css";
import { copyable } from "./ui/copy";
import { arrows, slash } from "./ui/keys";
import { suggest } from "./ui/search";
import { tabbed } from "./ui/tabs";
import { themeSwitch } from "./ui/theme";

const searches = [...document.querySelectorAll<HTMLFormElement>("form.search")];
searches.forEach(suggest);
slash(searches.at(-1)?.querySelector("input") ?? undefined);
document.querySelectorAll<HTMLElement>("[data-arrows]").forEach((list) => arrows(list, searches.at(-1)?.querySelector("input") ?? undefined));
const footer = document.querySelector<HTMLElement>("body > footer");
if (footer) {
  themeSwitch(footer);
}

copyable(document);
document.querySelectorAll<HTMLElement>("[data-tabs]").forEach(tabbed);

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
