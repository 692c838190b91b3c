// An element in, the pixels that a picture in it may be wide out.

/** Never less than a narrow phone has. */
export function figureSpace(element: HTMLElement): number {
  return Math.max(300, element.clientWidth - 2);
}
