import { expect, test } from "vitest";
import { href, outside } from "../src/page";

test("what is described links to its page here, with all of its IRI as one value", () => {
  expect(href("https://other.example/v#T&x=1", true)).toBe("/describe?iri=https%3A%2F%2Fother.example%2Fv%23T%26x%3D1");
});

test("what is not described links to where its IRI leads, if that is somewhere", () => {
  expect(href("https://other.example/v#T")).toBe("https://other.example/v#T");
  expect(href("javascript:alert(1)")).toBeUndefined();
  expect(outside("urn:isbn:1")).toBeUndefined();
  expect(outside("https://other.example/v#T")).toBe("https://other.example/v#T");
});
