/** What is tried once more when the rest of a commit is in. */
import { expect, test } from "vitest";
import { mayBeMended } from "../../../src/core/sync/wants";
import type { ErrorCode } from "../../../src/model/errors";
import type { KindInfo } from "../../../src/model/manifest";
import { definitionOf } from "../../support/widgets";
import { desired, named } from "../../support/examples";

const failed = (code: ErrorCode, times = 1) => {
  const fault = { code, message: "no" };
  const one = desired();
  return {
    verdict: { action: "create", desired: one } as const,
    outcome: { result: "failed", desired: one, fault } as const,
    times,
  };
};
const written = [named("other")];

test.each<ErrorCode>([
  "admission-denied",
  "object-forbidden",
  "quota-exceeded",
  "reference-not-found",
  "webhook-failed",
])("%s: once, after something else was written", code => {
  expect(mayBeMended(failed(code), written)).toBe(true);
  expect(mayBeMended(failed(code), [])).toBe(false);
  expect(mayBeMended(failed(code, 2), written)).toBe(false);
});

test.each<ErrorCode>([
  "object-refused",
  "immutable-field",
  "object-too-large",
  "unknown-field",
  "object-terminating",
  "cluster-unreachable",
])("%s: not by what others are", code => {
  expect(mayBeMended(failed(code), written)).toBe(false);
});

test("what waits since it failed before: tried at once when something else was written", () => {
  const verdict = {
    action: "wait",
    desired: desired(),
    fault: { code: "quota-exceeded", message: "no" },
  } as const;
  expect(mayBeMended({ verdict, outcome: undefined, times: 5 }, written)).toBe(true);
});

test("what went well, or was not looked at: not", () => {
  const verdict = { action: "keep", desired: desired() } as const;
  expect(mayBeMended({ verdict, outcome: undefined, times: 0 }, written)).toBe(false);
  expect(mayBeMended({ verdict: undefined, outcome: undefined, times: 0 }, written)).toBe(false);
});

test.each<ErrorCode>(["unknown-field", "object-refused", "kind-unavailable"])(
  "%s: tried once more where the definition of its kind has changed",
  code => {
    const group = "shop.example";
    const widget: KindInfo = {
      apiVersion: `${group}/v1`,
      kind: "Widget",
      plural: "widgets",
      namespaced: true,
    };
    const one = desired({ kind: widget });
    const definition = { ...named("widgets"), manifest: definitionOf(group) };
    const { outcome, times } = failed(code);
    const tried = { verdict: { action: "create", desired: one } as const, outcome, times };
    expect(mayBeMended(tried, [definition])).toBe(true);
    expect(mayBeMended(failed(code), [definition])).toBe(false);
  },
);
