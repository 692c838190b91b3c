// A query and what it answered in, an address out that asks again and tells whether the answer changed.

import { at } from "../page";

export interface Shared {
  version: string;
  digest: string;
}

const SHORT = 12;

/** The address. Version and digest stand in the fragment, which never leaves the browser. */
export function link(query: string, inference: boolean, shared: Shared, origin: string): string {
  const parameters = new URLSearchParams({ query });
  if (!inference) {
    parameters.set("inference", "off");
  }
  return `${origin}${at("/sparql")}?${parameters}#${new URLSearchParams({ version: short(shared.version), result: shared.digest })}`;
}

/** What the fragment of an address promises; undefined where it promises nothing. */
export function promised(fragment: string): Shared | undefined {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const [version, digest] = [said.get("version"), said.get("result")];
  return version && digest && /^[0-9a-f]+$/.test(digest) ? { version, digest } : undefined;
}

/** As much of a version as people compare. */
export function short(version: string): string {
  return version.slice(0, SHORT);
}
