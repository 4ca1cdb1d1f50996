/** The two webhook configurations, as they follow from what is managed. */
import { describe, expect, test } from "vitest";
import { webhookConfigurations } from "../../../src/core/evidence/webhook-rules";
import type { HookedResource, HookPlan } from "../../../src/model/hooks";
import { isList, isObject, type JsonObject } from "../../../src/model/json";

const mutate = { caBundle: "Q0E=", service: { name: "pepr-nopea", port: 443, path: "/mutate/s" } };
const validate = { ...mutate, service: { ...mutate.service, path: "/validate/s" } };
const owner = { name: "pepr-nopea", uid: "u-1" };

function kind(apiVersion: string, plural: string, namespaced = true): HookedResource {
  return { apiVersion, plural, namespaced };
}

const KINDS = [
  kind("apps/v1", "deployments"),
  kind("v1", "services"),
  kind("v1", "namespaces", false),
  kind("v1", "configmaps"),
  kind("apps/v1", "statefulsets"),
];

function plan(changes: Partial<HookPlan> = {}): HookPlan {
  return { kinds: KINDS, mutate, validate, owner, withConditions: true, ...changes };
}

function webhooks(configuration: JsonObject | undefined): readonly JsonObject[] {
  return isList(configuration?.webhooks) ? configuration.webhooks.filter(isObject) : [];
}

const NOT_THE_CLUSTER = [
  { name: "not-a-node", expression: '!request.userInfo.username.startsWith("system:node:")' },
  {
    name: "not-a-component",
    expression:
      '!request.userInfo.username.startsWith("system:kube-") && request.userInfo.username != "system:apiserver"',
  },
  {
    name: "not-a-controller",
    expression: '!request.userInfo.username.startsWith("system:serviceaccount:kube-system:")',
  },
];
const IS_NOPEA =
  '(request.userInfo.username == "system:serviceaccount:pepr-system:pepr-nopea") || ' +
  '(has(request.userInfo.extra) && "nopea.io/writer" in request.userInfo.extra)';
const HAS_STAMP =
  "oldObject != null && has(oldObject.metadata.annotations) && " +
  '"nopea.io/manual-edit" in oldObject.metadata.annotations';

const metadata = (name: string) => ({
  name,
  labels: { "app.kubernetes.io/name": "nopea" },
  ownerReferences: [
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      name: "pepr-nopea",
      uid: "u-1",
    },
  ],
});
const shared = {
  namespaceSelector: {
    matchExpressions: [
      {
        key: "kubernetes.io/metadata.name",
        operator: "NotIn",
        values: ["kube-system", "pepr-system"],
      },
    ],
  },
  matchPolicy: "Equivalent",
  failurePolicy: "Ignore",
  timeoutSeconds: 1,
  admissionReviewVersions: ["v1"],
};
const managed = { matchExpressions: [{ key: "nopea.io/repository", operator: "Exists" }] };

function rules(operations: readonly string[], subresource = "") {
  const rule = (apiGroup: string, scope: string, ...resources: readonly string[]) => ({
    apiGroups: [apiGroup],
    apiVersions: ["v1"],
    operations,
    resources: resources.map(plural => `${plural}${subresource}`),
    scope,
  });
  return [
    rule("apps", "Namespaced", "deployments", "statefulsets"),
    rule("", "Cluster", "namespaces"),
    rule("", "Namespaced", "configmaps", "services"),
  ];
}

test("evidence: writes of labelled objects, by all but the cluster itself and nopea", () => {
  expect(webhookConfigurations(plan()).evidence).toEqual({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: metadata("nopea-evidence"),
    webhooks: [
      {
        ...shared,
        name: "evidence.nopea.io",
        clientConfig: mutate,
        rules: rules(["CREATE", "UPDATE"]),
        objectSelector: managed,
        matchConditions: [
          ...NOT_THE_CLUSTER,
          {
            name: "not-nopea-unless-stamped",
            expression: `!(${IS_NOPEA}) || (${HAS_STAMP})`,
          },
        ],
        sideEffects: "None",
        reinvocationPolicy: "Never",
      },
    ],
  });
});

test("witness: deletions of labelled objects, and every scale of their kinds", () => {
  const matchConditions = [...NOT_THE_CLUSTER, { name: "not-nopea", expression: `!(${IS_NOPEA})` }];
  const common = {
    ...shared,
    clientConfig: validate,
    matchConditions,
    sideEffects: "NoneOnDryRun",
  };
  expect(webhookConfigurations(plan()).witness).toEqual({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: metadata("nopea-witness"),
    webhooks: [
      {
        ...common,
        name: "deletion.nopea.io",
        rules: rules(["DELETE"]),
        objectSelector: managed,
      },
      {
        ...common,
        name: "scale.nopea.io",
        rules: rules(["UPDATE"], "/scale"),
        objectSelector: {},
      },
    ],
  });
});

test("the same kinds in another order, and twice: the same configurations", () => {
  const shuffled = plan({ kinds: [...KINDS].reverse().concat(KINDS) });
  expect(webhookConfigurations(shuffled)).toEqual(webhookConfigurations(plan()));
});

test("a kind in two versions: a rule each", () => {
  const kinds = [kind("autoscaling/v1", "hpas"), kind("autoscaling/v2", "hpas")];
  const [webhook] = webhooks(webhookConfigurations(plan({ kinds })).evidence);
  expect(webhook?.rules).toMatchObject([{ apiVersions: ["v1"] }, { apiVersions: ["v2"] }]);
});

test("an API server before 1.30: no conditions, everything else", () => {
  const { evidence, witness } = webhookConfigurations(plan({ withConditions: false }));
  const found = [...webhooks(evidence), ...webhooks(witness)];
  expect(found.map(({ name }) => name)).toHaveLength(3);
  expect(found.filter(webhook => "matchConditions" in webhook)).toEqual([]);
});

test("no owner: none is named", () => {
  const { evidence } = webhookConfigurations(plan({ owner: undefined }));
  expect(evidence?.metadata).not.toHaveProperty("ownerReferences");
});

describe("none", () => {
  test("nothing is managed", () => {
    const none = { evidence: undefined, witness: undefined };
    expect(webhookConfigurations(plan({ kinds: [] }))).toEqual(none);
  });

  test("Pepr's mutating or validating function is not known: none of that type", () => {
    expect(webhookConfigurations(plan({ mutate: undefined })).evidence).toBeUndefined();
    expect(webhookConfigurations(plan({ mutate: undefined })).witness).toBeDefined();
    expect(webhookConfigurations(plan({ validate: undefined })).witness).toBeUndefined();
    expect(webhookConfigurations(plan({ validate: undefined })).evidence).toBeDefined();
  });

  test.each([
    ["v1", "endpoints"],
    ["discovery.k8s.io/v1", "endpointslices"],
    ["coordination.k8s.io/v1", "leases"],
    ["v1", "events"],
    ["events.k8s.io/v1", "events"],
    ["apps/v1", "deployments/status"],
    ["nopea.false.systems/v1alpha1", "gitrepositories"],
    ["admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations"],
  ])("%s %s: never hooked", (apiVersion, plural) => {
    const kinds = [kind(apiVersion, plural)];
    expect(webhookConfigurations(plan({ kinds })).evidence).toBeUndefined();
    const both = webhookConfigurations(plan({ kinds: [...KINDS, ...kinds] }));
    expect(both).toEqual(webhookConfigurations(plan()));
  });

  test("a resource of that name in another group is another: hooked", () => {
    const kinds = [kind("example.com/v1", "events")];
    expect(webhookConfigurations(plan({ kinds })).evidence).toBeDefined();
  });
});
