// A domain and a range in, positions and readable ticks out.

export type ScaleKind = "linear" | "log" | "time";

export interface Scale {
  kind: ScaleKind;
  at: (value: number) => number;
  ticks: { at: number; text: string }[];
}

/** A scale over the values, widened to whole ticks where it is linear. */
export function scale(kind: ScaleKind, values: number[], from: number, to: number): Scale {
  let low = Math.min(...values);
  let high = Math.max(...values);
  if (low === high) {
    const pad = kind === "time" ? 366 * 86_400_000 : kind === "log" ? low / 2 : Math.abs(low) / 2 || 1;
    low -= pad;
    high += pad;
  }
  const found = kind === "log" ? logTicks(low, high) : kind === "time" ? timeTicks(low, high) : linearTicks(low, high);
  if (kind !== "time") {
    low = Math.min(low, ...found.map((tick) => tick.value));
    high = Math.max(high, ...found.map((tick) => tick.value));
  }
  const bend = kind === "log" ? Math.log : (value: number) => value;
  const at = (value: number): number => from + ((bend(value) - bend(low)) / (bend(high) - bend(low))) * (to - from);
  return { kind, at, ticks: found.map(({ value, text }) => ({ at: at(value), text })) };
}

interface Tick {
  value: number;
  text: string;
}

function linearTicks(low: number, high: number): Tick[] {
  const step = nice((high - low) / 5);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => tick(Number(((first + i) * step).toPrecision(12))));
}

function logTicks(low: number, high: number): Tick[] {
  const steps = high / low > 1000 ? [1] : high / low > 20 ? [1, 3] : [1, 2, 5];
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.ceil(Math.log10(high)) + 1; power += 1) {
    all.push(...steps.map((step) => Number((step * 10 ** power).toPrecision(12))));
  }
  const first = all.findLastIndex((value) => value <= low * 1.0001);
  const last = all.findIndex((value) => value >= high * 0.9999);
  return all.slice(Math.max(first, 0), last + 1).map(tick);
}

function timeTicks(low: number, high: number): Tick[] {
  const first = new Date(low);
  const years = (high - low) / (365.25 * 86_400_000);
  const found: Tick[] = [];
  if (years > 2) {
    const step = Math.max(1, nice(years / 6));
    for (let year = Math.ceil(first.getUTCFullYear() / step) * step; Date.UTC(year, 0) <= high; year += step) {
      if (Date.UTC(year, 0) >= low) {
        found.push({ value: Date.UTC(year, 0), text: String(year) });
      }
    }
    return found;
  }
  const step = Math.max(1, Math.ceil((years * 12) / 6));
  for (let month = first.getUTCMonth(); ; month += step) {
    const value = Date.UTC(first.getUTCFullYear(), month);
    if (value > high) {
      return found;
    }
    if (value >= low) {
      found.push({ value, text: new Date(value).toISOString().slice(0, 7) });
    }
  }
}

function tick(value: number): Tick {
  return { value, text: show(value) };
}

function nice(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const part = rough / power;
  return (part > 5 ? 10 : part > 2 ? 5 : part > 1 ? 2 : 1) * power;
}

/** A number as people read it. */
export function show(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 6 }).replace("-", "−");
}
