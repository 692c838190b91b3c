// Names and what makes their contents in, an ARIA tab list out; a content is made when it is first looked at.

import { h, unique } from "../dom";

interface Tab {
  name: string;
  make: () => Promise<HTMLElement>;
}

export class Tabs {
  readonly element: HTMLElement;
  private readonly list: HTMLElement;
  private readonly panels: HTMLElement;
  private readonly tabs: { button: HTMLButtonElement; panel: HTMLElement; make: Tab["make"]; isMade: boolean }[] = [];

  constructor(label: string, tabs: Tab[]) {
    this.list = h("div", { role: "tablist", "aria-label": label, class: "tabs" });
    this.panels = h("div");
    this.element = h("div", {}, this.list, this.panels);
    this.list.addEventListener("keydown", (event) => this.press(event));
    tabs.forEach((tab) => this.add(tab));
    this.choose(0);
  }

  add(tab: Tab): void {
    const index = this.tabs.length;
    const id = unique("tab");
    const panel = h("div", { role: "tabpanel", id: `${id}-panel`, "aria-labelledby": id, hidden: true });
    const button = h("button", { type: "button", role: "tab", id, "aria-controls": panel.id, "aria-selected": "false", tabindex: -1 }, tab.name);
    button.addEventListener("click", () => this.choose(index));
    this.list.append(button);
    this.panels.append(panel);
    this.tabs.push({ button, panel, make: tab.make, isMade: false });
    this.list.hidden = this.tabs.length < 2;
  }

  private choose(index: number): void {
    this.tabs.forEach((tab, i) => {
      tab.button.setAttribute("aria-selected", String(i === index));
      tab.button.tabIndex = i === index ? 0 : -1;
      tab.panel.hidden = i !== index;
    });
    const tab = this.tabs[index];
    if (tab && !tab.isMade) {
      tab.isMade = true;
      void tab.make().then((content) => tab.panel.replaceChildren(content));
    }
  }

  private press(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step) {
      const now = this.tabs.findIndex((tab) => tab.button === document.activeElement);
      const next = (now + step + this.tabs.length) % this.tabs.length;
      this.choose(next);
      this.tabs[next]?.button.focus();
    }
  }
}

/** Make tabs of sections that stand below each other: the heading of each becomes its name. */
export function tabbed(room: HTMLElement): void {
  const sections = [...room.querySelectorAll<HTMLElement>(":scope > section")];
  const label = room.getAttribute("aria-label") ?? "";
  const tabs = sections.map((section) => {
    const heading = section.querySelector("h2, h3, h4");
    const name = heading?.textContent ?? "";
    heading?.remove();
    return { name, make: () => Promise.resolve(section) };
  });
  room.removeAttribute("role");
  room.removeAttribute("aria-label");
  room.replaceChildren(new Tabs(label, tabs).element);
}
