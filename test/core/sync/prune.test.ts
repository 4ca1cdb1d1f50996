/** What becomes of an object that left Git: rule by rule, and which come before others. */
import { describe, expect, test } from "vitest";
import {
  fateOf,
  isProtected,
  neededBy,
  type Fate,
  type Orphan,
  type Pruning,
} from "../../../src/core/sync/prune";
import { removalStageOf } from "../../../src/core/sync/stages";
import type { ObjectKey } from "../../../src/model/object-key";
import { desired, live } from "../../support/examples";

const NOW = 1_768_473_000_000;

function orphan(change: Partial<Orphan> = {}): Orphan {
  return { kind: desired().kind, live: live(), isEdited: false, isGoing: false, ...change };
}

function asked(change: Partial<Pruning> = {}): Pruning {
  const isNeeded = () => false;
  return { prune: true, conflictPolicy: "git", isComplete: true, isNeeded, now: NOW, ...change };
}

const disabled = { "nopea.io/prune": "disabled" };

describe("fate", () => {
  test.each<[string, Partial<Orphan>, Partial<Pruning>, Fate]>([
    ["nothing against it", {}, {}, "delete"],
    ["being deleted", { live: live({ terminating: true }) }, {}, "going"],
    ["deleted by us a moment ago", { isGoing: true }, {}, "going"],
    ["prune: false", {}, { prune: false }, "kept"],
    ["disabled live", { live: live({ annotations: disabled }) }, {}, "kept"],
    ["another value", { live: live({ annotations: { "nopea.io/prune": "false" } }) }, {}, "delete"],
    ["suspended", { suspension: { at: NOW - 1 } }, {}, "suspended"],
    ["suspended until now", { suspension: { at: NOW - 2, until: NOW } }, {}, "delete"],
    ["edited, and Git wins", { isEdited: true }, {}, "delete"],
    ["edited, and live wins", { isEdited: true }, { conflictPolicy: "live" }, "held"],
    ["not confirmed", { unconfirmed: "8f3c" }, {}, "confirm-prune"],
    ["not everything is in", {}, { isComplete: false }, "waiting"],
    ["needed", {}, { isNeeded: () => true }, "waiting"],
  ])("%s", (_, change, pruning, fate) => {
    expect(fateOf(orphan(change), asked(pruning))).toBe(fate);
  });

  test("kept goes before whatever would wait: nobody is asked to confirm what stays", () => {
    const kept = orphan({ live: live({ annotations: disabled }), unconfirmed: "8f3c" });
    expect(fateOf(kept, asked({ isComplete: false }))).toBe("kept");
  });
});

const key = (kind: string, group = "", namespace = "shop", name = "a"): ObjectKey => ({
  group,
  kind,
  namespace,
  name,
});

test("protected: Namespaces, definitions and claims, of their own groups only", () => {
  const names = ["Namespace", "PersistentVolumeClaim", "ConfigMap"];
  expect(names.map(kind => isProtected(key(kind)))).toEqual([true, true, false]);
  expect(isProtected(key("CustomResourceDefinition", "apiextensions.k8s.io"))).toBe(true);
  expect(isProtected(key("Namespace", "example.com"))).toBe(false);
});

test("order of deletion: webhooks, custom resources, workloads, what they run on, definitions and namespaces", () => {
  const kinds = [
    key("Namespace"),
    key("ServiceAccount"),
    key("Deployment", "apps"),
    key("Certificate", "cert-manager.io"),
    key("ValidatingWebhookConfiguration", "admissionregistration.k8s.io"),
    key("Ingress", "networking.k8s.io"),
    key("CustomResourceDefinition", "apiextensions.k8s.io"),
    key("APIService", "apiregistration.k8s.io"),
  ];
  expect(kinds.map(removalStageOf)).toEqual([4, 3, 2, 1, 0, 2, 4, 4]);
});

describe("needed", () => {
  const at = (of: ObjectKey, plural: string) =>
    orphan({
      kind: {
        apiVersion: `${of.group}/v1`,
        kind: of.kind,
        plural,
        namespaced: of.namespace !== "",
      },
      live: live({ key: of }),
    });
  const place = at(key("Namespace", "", "", "shop"), "namespaces");
  const definition = at(
    key("CustomResourceDefinition", "apiextensions.k8s.io", "", "widgets.example.com"),
    "customresourcedefinitions",
  );
  const widget = at(key("Widget", "example.com"), "widgets");
  const operator = at(key("Deployment", "apps", "ops"), "deployments");
  const all = () => true;
  const none = () => false;
  const declared = ({ kind, live: { key: of } }: Orphan) => ({ kind, key: of });

  test("a namespace while something of it is declared, or an orphan too", () => {
    expect(neededBy([place], [], all)(place)).toBe(false);
    expect(neededBy([place], [declared(widget)], all)(place)).toBe(true);
    expect(neededBy([place, widget], [], all)(place)).toBe(true);
    expect(neededBy([place, operator], [], all)(place)).toBe(false);
  });

  test("a definition while an object of it is declared, or an orphan too", () => {
    expect(neededBy([definition], [declared(widget)], all)(definition)).toBe(true);
    expect(neededBy([definition, widget], [], all)(definition)).toBe(true);
    expect(neededBy([definition, operator], [], all)(definition)).toBe(false);
  });

  test("everything later while a custom resource goes together with its definition; nothing for one that stays", () => {
    expect(neededBy([definition, widget, operator], [], all)(operator)).toBe(true);
    expect(neededBy([definition, widget, operator], [], all)(widget)).toBe(false);
    expect(neededBy([widget, operator], [], all)(operator)).toBe(false);
    expect(neededBy([definition, widget, operator], [], none)(operator)).toBe(false);
    expect(neededBy([definition, widget, operator], [], none)(definition)).toBe(true);
  });
});
