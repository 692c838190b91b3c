// A field and a list in, the same within reach of the keyboard out.

/** Let "/" go to a field, unless somebody is writing. */
export function slash(field: HTMLInputElement | undefined): void {
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isWriting(event.target)) {
      event.preventDefault();
      field?.focus();
      field?.select();
    }
  });
}

/** Let the arrow keys go from link to link of a list, and from its first one back to the field above it. */
export function arrows(list: HTMLElement, field: HTMLInputElement | undefined): void {
  const links = [...list.querySelectorAll<HTMLElement>(":scope > li > a")];
  const go = (event: KeyboardEvent, at: number): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = at + step < 0 ? field : links[at + step];
    if (step && next && !event.defaultPrevented) {
      event.preventDefault();
      next.focus();
    }
  };
  list.addEventListener("keydown", (event) => {
    const at = links.indexOf(event.target as HTMLElement);
    if (at >= 0) {
      go(event, at);
    }
  });
  field?.addEventListener("keydown", (event) => {
    // While there are suggestions, the keys are theirs.
    if (event.key === "ArrowDown" && field.getAttribute("aria-expanded") !== "true") {
      go(event, -1);
    }
  });
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));
}
