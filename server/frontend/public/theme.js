// Runs before the first paint, so that a page never flashes in the colours that were not chosen.
// The style sheets say `prefers-color-scheme`; a choice makes those rules hold always or never.
(() => {
  const rules = [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule instanceof CSSMediaRule && rule.media.mediaText.includes("prefers-color-scheme"))
    .map((rule) => ({ rule, said: rule.media.mediaText }));
  const apply = (choice) => {
    const isChosen = choice === "light" || choice === "dark";
    const root = document.documentElement;
    if (isChosen) {
      root.setAttribute("data-theme", choice);
    } else {
      root.removeAttribute("data-theme");
    }
    for (const { rule, said } of rules) {
      rule.media.mediaText = !isChosen ? said : said.includes(choice) ? "all" : "not all";
    }
  };
  let choice = null;
  try {
    choice = localStorage.getItem("calcigraph-theme");
  } catch {
    // Storage is off: the system's colours then.
  }
  window.calcigraphTheme = apply;
  apply(choice);
})();
