// A picture and its table twin in, a figure with both and a way to keep the picture out.

import { button, h, s } from "../dom";
import { STRINGS } from "../strings";

export interface Parts {
  title: string;
  svg: SVGSVGElement;
  notes?: string[];
  head: string[];
  body: (string | Node)[][];
  /** Whether the table stands open beside the picture. */
  open?: boolean;
  /** Whether a heading above already says the title. */
  headed?: boolean;
}

/** The figure; for what it shows, the table is the accessible form. */
export function figure(parts: Parts): HTMLElement {
  const said = (parts.notes ?? []).join(" ");
  const canvas = h("div", { class: "canvas", tabindex: 0, role: "region", "aria-label": parts.title }, parts.svg);
  centre(canvas);
  return h(
    "figure",
    { class: "picture" },
    h("figcaption", {}, h("strong", { class: parts.headed ? "unseen" : undefined }, parts.title), button(STRINGS.pictureSave, () => save(parts.svg, parts.title), { class: "small" })),
    canvas,
    said ? h("p", { class: "quiet" }, said) : undefined,
    h("details", { open: parts.open ?? false }, h("summary", {}, STRINGS.pictureData), h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": STRINGS.pictureData }, twin(parts))),
  );
}

/** Where a picture is wider than its room, show the part that it is about first. */
function centre(canvas: HTMLElement): void {
  const observer = new ResizeObserver(() => {
    const about = canvas.querySelector(".focus") ?? canvas.querySelector(".box");
    if (about && canvas.clientWidth) {
      const [box, room] = [about.getBoundingClientRect(), canvas.getBoundingClientRect()];
      canvas.scrollLeft += box.left + box.width / 2 - room.left - room.width / 2;
      observer.disconnect();
    }
  });
  observer.observe(canvas);
}

function twin(parts: Parts): HTMLTableElement {
  return h(
    "table",
    {},
    h("caption", { class: "unseen" }, parts.title),
    h("thead", {}, h("tr", {}, ...parts.head.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, ...parts.body.map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, cell))))),
  );
}

const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-family", "font-weight", "font-style", "text-anchor", "paint-order"];

/** Give the reader the picture as a file that looks the same without this page's styles. */
export function save(svg: SVGSVGElement, title: string): void {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, i) => {
    const style = getComputedStyle(originals[i]!);
    KEPT.forEach((name) => element.setAttribute(name, style.getPropertyValue(name)));
    element.removeAttribute("class");
  });
  const paper = getComputedStyle(document.body).backgroundColor;
  copy.insertBefore(s("rect", { width: "100%", height: "100%", fill: paper }), copy.querySelector("title")?.nextSibling ?? null);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  download(new XMLSerializer().serializeToString(copy), "image/svg+xml", `${title.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60)}.svg`);
}

/** Hand a text to the reader as a file. */
export function download(text: string, type: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
