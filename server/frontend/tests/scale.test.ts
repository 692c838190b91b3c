import { expect, test } from "vitest";
import { scale, show } from "../src/pictures/scale";
import { wrap } from "../src/pictures/lines";

test.each([
  ["linear", [0.3, 9.7]],
  ["linear", [-5, 5]],
  ["linear", [3, 3]],
  ["log", [0.02, 40]],
  ["log", [0.9, 1.1]],
  ["log", [2, 2]],
  ["time", [Date.UTC(1990, 5), Date.UTC(2024, 1)]],
  ["time", [Date.UTC(2024, 0, 5), Date.UTC(2024, 10)]],
  ["time", [Date.UTC(2024, 0), Date.UTC(2024, 0)]],
] as const)("a %s scale of %j keeps order, stays in its range and has a few ticks", (kind, values) => {
  const made = scale(kind, [...values], 10, 110);
  for (const value of values) {
    expect(made.at(value)).toBeGreaterThanOrEqual(10 - 1e-6);
    expect(made.at(value)).toBeLessThanOrEqual(110 + 1e-6);
  }
  expect(made.at(values[0])).toBeLessThanOrEqual(made.at(values[1]));
  expect(made.ticks.length).toBeGreaterThanOrEqual(2);
  expect(made.ticks.length).toBeLessThan(16);
});

test("numbers are shown with a minus sign, not a hyphen", () => {
  expect(show(-1234.5)).toBe("−1,234.5");
});

test("text is broken between words where it can be, and never longer than asked", () => {
  expect(wrap("one two three", 60, 13, 3)).toEqual(["one two", "three"]);
  expect(wrap("one two-three", 60, 13, 3)).toEqual(["one", "two-", "three"]);
  expect(wrap("a-b - c", 200, 13, 3)).toEqual(["a-b - c"]);
  expect(wrap("a".repeat(100), 60, 13, 2)).toHaveLength(2);
  expect(wrap("a".repeat(100), 60, 13, 2)[1]).toMatch(/…$/);
});
