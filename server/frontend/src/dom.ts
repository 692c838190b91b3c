// Names, attributes and children in, elements out. Text only ever becomes a text node.

type Attributes = Record<string, string | number | boolean | undefined>;
export type Child = Node | string | undefined;

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element; attributes that are `false` or undefined are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  set(element, attributes);
  add(element, children);
  return element;
}

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, name) as SVGElementTagNameMap[K];
  set(element, attributes);
  add(element, children);
  return element;
}

/** A button with something to do. */
export function button(text: string, act: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const element = h("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", act);
  return element;
}

/** An identifier that no other element of the page has. */
export function unique(stem: string): string {
  count += 1;
  return `${stem}-${count}`;
}
let count = 0;

function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
}

function add(element: Element, children: Child[]): void {
  for (const child of children) {
    if (child !== undefined) {
      element.append(child);
    }
  }
}
