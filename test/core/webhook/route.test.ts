/** Paths of nopea's HTTP port. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { routeOf } from "../../../src/core/webhook/route";

function refused(method: string, path: string) {
  const route = routeOf(method, path);
  if (route.to !== "nowhere") return route;
  const { status, body, headers } = route.answer;
  return [status, body.error, headers?.allow];
}

describe("webhooks", () => {
  test.each([
    ["/webhook/my-app", { name: "my-app" }],
    ["/webhook/my.app", { name: "my.app" }],
    ["/webhook/shop/my-app", { namespace: "shop", name: "my-app" }],
    ["/webhook/shop/m%79-app", { namespace: "shop", name: "my-app" }],
    [
      `/webhook/${"n".repeat(63)}/${"a".repeat(253)}`,
      { namespace: "n".repeat(63), name: "a".repeat(253) },
    ],
  ])("POST %s: that repository", (path, target) => {
    expect(routeOf("POST", path)).toEqual({ to: "webhook", target });
  });

  test.each([
    "/webhook/",
    "/webhook/a/",
    "/webhook//a",
    "/webhook/A",
    "/webhook/a_b",
    "/webhook/-a",
    "/webhook/a-",
    "/webhook/a..b",
    "/webhook/n.s/a",
    "/webhook/a%2Fb",
    "/webhook/%252e",
    "/webhook/%",
    "/webhook/%ff",
    "/webhook/a%00",
    "/webhook/a%0A",
    "/webhook/ä",
    `/webhook/${"n".repeat(64)}/a`,
    `/webhook/${"a".repeat(254)}`,
  ])("POST %s: a bad name", path => {
    expect(refused("POST", path)).toEqual([400, "bad_name", undefined]);
  });

  test("another method: 405 with what is allowed, before the name is looked at", () => {
    for (const method of ["GET", "HEAD", "PUT", "OPTIONS", ""]) {
      expect(refused(method, "/webhook/A")).toEqual([405, "method_not_allowed", "POST"]);
    }
  });
});

test("/metrics: read only", () => {
  expect(routeOf("GET", "/metrics")).toEqual({ to: "metrics" });
  expect(routeOf("HEAD", "/metrics")).toEqual({ to: "metrics" });
  expect(refused("POST", "/metrics")).toEqual([405, "method_not_allowed", "GET, HEAD"]);
});

test.each(["", "/", "*", "/webhook", "/webhook/a/b/c", "//webhook/a", "/WEBHOOK/a", "/metrics/"])(
  "%j: unknown, whatever the method",
  path => {
    for (const method of ["GET", "POST"]) {
      expect(refused(method, path)).toEqual([404, "unknown_route", undefined]);
    }
  },
);

test("law: any path: a route, and names that Kubernetes would take", () => {
  const part = fc.oneof(fc.string(), fc.constantFrom("a", "b-c", "%61", "%2F", "..", "A"));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 3 }), parts => {
      const route = routeOf("POST", `/webhook/${parts.join("/")}`);
      if (route.to !== "webhook") return;
      expect(route.target.name).toMatch(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/);
      expect(route.target.namespace ?? "a").toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
    }),
  );
});
