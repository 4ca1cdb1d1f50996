/** The catalogue of what can go wrong. */
import { expect, test } from "vitest";
import { describeError, NopeaError, type ErrorCode } from "../../src/model/errors";

test("an error: keeps code, message and cause", () => {
  const cause = new Error("socket");
  const error = new NopeaError("git-unreachable", "no answer", { cause });
  expect(error).toMatchObject({ code: "git-unreachable", message: "no answer", cause });
  expect(error.name).toBe("NopeaError");
  expect(String(error)).toBe("NopeaError: no answer");
});

test.each<ErrorCode>(["git-authentication", "git-host-forbidden", "git-too-large"])(
  "%s: tried again slowly, since each try may cost somebody something",
  code => {
    expect(describeError(code).retry).toBe("slowly");
  },
);

test.each<ErrorCode>(["spec-invalid", "manifest-invalid"])(
  "%s: not tried again before something changed",
  code => {
    expect(describeError(code).retry).toBe("change");
  },
);

test.each<ErrorCode>([
  "namespace-not-found",
  "kind-not-found",
  "kind-unavailable",
  "git-branch-not-found",
  "git-path-not-found",
  "secret-not-found",
  "secret-invalid",
  "owned-by-another",
  "object-terminating",
])("%s: looked for at each interval, since looking only reads", code => {
  expect(describeError(code).retry).toBe("poll");
});

test("a reason: one word that Kubernetes takes, and a hint of what to do", () => {
  for (const code of ["internal", "object-refused", "sync-timeout"] as const) {
    const { reason, hint } = describeError(code);
    expect(reason).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(hint).not.toBe("");
  }
});
