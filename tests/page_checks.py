"""A page in a browser in, what is wrong with it for those who look, listen, touch or type out.

Each check returns sentences, and an empty list where there is nothing to say, so that a test can gather
what several of them found on one visit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import playwright.sync_api as playwright

SERIOUS = ("serious", "critical")
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
CUT_OFF = """
() => {
  const name = (e) => `${e.tagName.toLowerCase()} ${e.outerHTML.slice(0, 100)}`;
  // What scrolls inside of itself, and what is meant to be out of sight.
  const apart = ".scroll, .canvas, pre, .CodeMirror, .CodeMirror-hints, .suggestions, .unseen, .skip, svg *";
  const wide = [...document.body.querySelectorAll("*")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1) && !e.closest(apart);
  });
  const plots = [...document.querySelectorAll(".canvas")].filter((e) =>
    e.querySelector("svg.plot") && e.scrollWidth > e.clientWidth + 1);
  const scrolls = document.scrollingElement.scrollWidth > innerWidth + 1 ? ["the page scrolls sideways"] : [];
  const cut = [...plots.map((e) => `a plot too wide: ${name(e)}`), ...wide.map((e) => `cut off: ${name(e)}`)];
  return [...scrolls, ...cut.slice(0, 4)];
}
"""
UNHEARD = """
() => {
  const found = [];
  const seen = (e) => e.checkVisibility({ visibilityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
  for (const selector of ["h1", "main", "body > header", "body > footer", "header [role=search]"]) {
    if (all(selector).length !== 1) {
      found.push(`${all(selector).length} times ${selector}`);
    }
  }
  const named = (e) => e.ariaLabel || [e.getAttribute("aria-labelledby")].filter(Boolean)
    .map((id) => document.getElementById(id)?.textContent ?? "").join("");
  for (const landmark of ["nav", "[role=search]"]) {
    const called = all(landmark).map(named);
    if (called.length > 1 && (called.some((name) => !name) || new Set(called).size < called.length)) {
      found.push(`several ${landmark} are called ${JSON.stringify(called)}`);
    }
  }
  const levels = all("h1, h2, h3, h4, h5, h6").map((e) => Number(e.tagName[1]));
  levels.forEach((level, i) => {
    if (level - (levels[i - 1] ?? 0) > 1) {
      found.push(`heading ${i + 1} jumps to level ${level}`);
    }
  });
  for (const table of all("table")) {
    if (!table.caption && !named(table)) {
      found.push(`a table without a name: ${table.textContent.slice(0, 60)}`);
    }
    if ([...table.querySelectorAll("th")].some((cell) => !cell.scope)) {
      found.push(`a heading of a table without a scope: ${table.textContent.slice(0, 60)}`);
    }
  }
  for (const picture of all("svg:not([aria-hidden=true])")) {
    if (!picture.getAttribute("role") || !named(picture).trim()) {
      found.push(`a picture without a name: ${picture.outerHTML.slice(0, 80)}`);
    }
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (twice.length) {
    found.push(`ids that stand twice: ${twice.slice(0, 3)}`);
  }
  for (const e of document.querySelectorAll("[aria-labelledby], [aria-controls], [aria-describedby]")) {
    for (const name of ["aria-labelledby", "aria-controls", "aria-describedby"]) {
      const ids = (e.getAttribute(name) ?? "").split(/\\s+/).filter(Boolean);
      const missing = ids.filter((id) => !document.getElementById(id));
      if (missing.length) {
        found.push(`${name} leads nowhere: ${missing}`);
      }
    }
  }
  if (!document.documentElement.lang || !document.title.trim()) {
    found.push("no language or no title");
  }
  return found;
}
"""
# What only data or an address can have brought here: handlers, addresses that run, elements that the
# pages never use. The page's own head and the editor's measures are no part of it.
SMUGGLED = """
(document) => {
  const found = [];
  const foreign = "img, iframe, frame, object, embed, applet, base, math, marquee, video, audio, source, "
    + "picture, style, meta, link, template, noscript, plaintext, xmp, body script, animate, set, "
    + "foreignObject, use, image";
  const safe = ["http:", "https:", "mailto:", "urn:", "blob:"];
  for (const e of document.querySelectorAll("*")) {
    for (const { name, value } of e.attributes) {
      if (/^on/i.test(name)) {
        found.push(`handler ${name} on ${e.outerHTML.slice(0, 120)}`);
      }
      if (/^(href|src|action|formaction|xlink:href|data|poster|background|srcset|ping)$/i.test(name)) {
        let scheme = "unreadable";
        try {
          scheme = new URL(value, document.baseURI).protocol;
        } catch {}
        if (!safe.includes(scheme)) {
          found.push(`${name}=${value.slice(0, 80)}`);
        }
      }
    }
    if (e.matches(foreign) && !e.matches("head > :is(meta, link, style)")
        && !e.matches("script[type='application/ld+json']")) {
      found.push(`element ${e.outerHTML.slice(0, 120)}`);
    }
    if (e.matches("form") && new URL(e.action).origin !== location.origin) {
      found.push(`a form for ${e.action}`);
    }
  }
  for (const data of document.querySelectorAll("script[type='application/ld+json']")) {
    try {
      JSON.parse(data.textContent);
    } catch (error) {
      found.push(`JSON-LD that is none: ${error}`);
    }
  }
  return found;
}
"""
# Every element that a reader without a mouse has to get to.
MARK_STOPS = """
() => {
  window.reached = [];
  const wanted = "a[href], button, input, select, textarea, summary, [tabindex]";
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("[inert]");
  const all = [...document.querySelectorAll(wanted)].filter((e) => !e.disabled && e.tabIndex >= 0 && seen(e));
  all.forEach((e, i) => { e.stop = i; });
  document.addEventListener("focusin", ({ target }) => {
    const shown = [target, target.parentElement, target.closest(".CodeMirror")].filter(Boolean).some((e) => {
      const style = getComputedStyle(e);
      return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    const box = target.getBoundingClientRect();
    const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    window.reached.push({ stop: target.stop, shown, inView, name: target.outerHTML.slice(0, 110) });
  });
  return all.map((e) => e.outerHTML.slice(0, 110));
}
"""


def faults(page: playwright.Page, *, colours_only: bool = False) -> list[str]:
    """What axe calls serious or critical."""
    from axe_playwright_python.sync_playwright import Axe

    # Where it has been loaded before, it need not be again.
    axe = Axe("null") if page.evaluate("'axe' in window") else Axe()
    options = {"resultTypes": ["violations"], **(COLOURS if colours_only else {})}
    found = axe.run(page, options=options).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for fault in found
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]


def cut_off(page: playwright.Page) -> list[str]:
    """What sticks out of the window at either side."""
    return list(page.evaluate(CUT_OFF))


def unheard(page: playwright.Page) -> list[str]:
    """What a screen reader needs and does not find: landmarks, order of headings, names."""
    return list(page.evaluate(UNHEARD))


def smuggled(page: playwright.Page) -> list[str]:
    """What data or an address have turned into markup, or would run if it were clicked."""
    return list(page.evaluate(f"() => ({SMUGGLED})(document)"))


def smuggled_by(page: playwright.Page, markup: str) -> list[str]:
    """What `smuggled` would say of a document with that markup, which is read and never shown."""
    read = f"markup => ({SMUGGLED})(new DOMParser().parseFromString(markup, 'text/html'))"
    return list(page.evaluate(read, markup))


def unreachable(page: playwright.Page) -> list[str]:
    """What the tab key does not get to, passes without showing it, or shows out of sight."""
    wanted = page.evaluate(MARK_STOPS)
    for _ in range(len(wanted) + 2):
        page.keyboard.press("Tab")
    reached = page.evaluate("window.reached")
    stops = {entry["stop"] for entry in reached if "stop" in entry}
    return [
        *(f"never reached: {name}" for i, name in enumerate(wanted) if i not in stops),
        *(f"focus is not seen: {entry['name']}" for entry in reached if not entry["shown"]),
        *(f"focus is out of sight: {entry['name']}" for entry in reached if not entry["inView"]),
    ]
