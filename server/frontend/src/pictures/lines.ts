// Text and a width in, lines that fit out. Widths are estimates, so that layouts need no document.

// Mean advance of a proportional face, in parts of the font size.
const ADVANCE = 0.59;

export function width(text: string, size: number): number {
  return [...text].length * size * ADVANCE;
}

/** At most `most` lines of at most `space` pixels; what does not fit ends in an ellipsis. */
export function wrap(text: string, space: number, size: number, most: number): string[] {
  const fit = Math.max(4, Math.floor(space / (size * ADVANCE)));
  const lines: string[] = [];
  let line = "";
  // A line may end after a hyphen too.
  for (const [, gap, word] of text.trim().matchAll(/(\s*)([^\s-]*-+|[^\s-]+)/g)) {
    const longer = line && gap ? `${line} ${word}` : line + word;
    if ([...longer].length <= fit) {
      line = longer;
    } else {
      if (line) {
        lines.push(line);
      }
      line = word!;
      while ([...line].length > fit) {
        lines.push([...line].slice(0, fit).join(""));
        line = [...line].slice(fit).join("");
      }
    }
  }
  if (line) {
    lines.push(line);
  }
  if (lines.length <= most) {
    return lines;
  }
  const last = [...lines[most - 1]!];
  return [...lines.slice(0, most - 1), `${last.slice(0, fit - 1).join("")}…`];
}
