/** Compares what is live with what a text declares, with the API server as the judge: it knows defaults and spellings. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { KubeObject } from "../../src/local/kube-types";
import { eventually, type TestCluster } from "./cluster";

export interface Declaration {
  /** Where objects go; absent: each has a namespace of its own. */
  readonly namespace?: string;
  /** A manifest as kubectl takes it, or … */
  readonly text?: string;
  /** … a folder of them. */
  readonly folder?: string;
}

export interface Comparison {
  readonly object: string;
  /** What applying the text would change, or what nopea owns and the text does not declare. */
  readonly difference: unknown;
}

const judge = "nopea-test-judge";

/**
 * Every object of the text that is not live as declared: where a forced apply of the same text by somebody else would
 * change anything, or where nopea's field set is another than that apply's (but for its own labels and annotation).
 */
export async function compareWithText(
  cluster: TestCluster,
  declaration: Declaration,
): Promise<readonly Comparison[]> {
  let found = await compareNow(cluster, declaration);
  // the cluster's own controllers may have written between two looks
  for (let again = 0; found.length > 0 && again < 3; again++) {
    await sleep(1_000);
    found = await compareNow(cluster, declaration);
  }
  return found;
}

async function compareNow(cluster: TestCluster, declaration: Declaration) {
  // what kubectl discovers comes a moment after what the server takes
  const judged = await eventually(() => applyInTheory(cluster, declaration), 20_000);
  expect(judged.length).toBeGreaterThan(0);
  const minor = await cluster.minorVersion();
  const found = await Promise.all(judged.map(object => compareOne(cluster, object, minor)));
  return found.flat();
}

async function applyInTheory(
  cluster: TestCluster,
  { namespace, text, folder }: Declaration,
): Promise<readonly KubeObject[]> {
  const apply = ["apply", "--server-side", "--force-conflicts", "--dry-run=server"];
  const from = folder === undefined ? ["-f", "-"] : ["-R", "-f", folder];
  const how = ["--validate=ignore", "--field-manager", judge];
  const output = ["-o", "json", "--show-managed-fields"];
  const where = namespace === undefined ? [] : ["-n", namespace];
  const options = text === undefined ? {} : { input: text };
  const args = [...apply, ...how, ...output, ...where, ...from];
  const result = await cluster.kubectl(args, options);
  if (result.code !== 0) throw new Error(result.stderr);
  const answer = JSON.parse(result.stdout) as KubeObject & { items?: readonly KubeObject[] };
  return answer.kind === "List" ? (answer.items ?? []) : [answer];
}

async function compareOne(
  { admin }: TestCluster,
  judged: KubeObject,
  minor: number,
): Promise<readonly Comparison[]> {
  const { apiVersion, kind, metadata } = judged;
  const { name, namespace } = metadata;
  const object = `${kind} ${namespace ?? ""}/${name}`;
  const live = await admin.find({
    apiVersion,
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  });
  if (live === undefined) return [{ object, difference: "missing" }];
  const [is, should] = [comparable(live, minor), comparable(judged, minor)];
  const values = same(is, should) ? [] : [{ object, difference: { is, should } }];
  const [owned, declared] = [ownedFields(live), declaredFields(judged)];
  const fields = same(owned, declared) ? [] : [{ object, difference: { owned, declared } }];
  return [...values, ...fields];
}

function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Without what moves by itself; generation stays: it would move with the spec. */
function comparable(object: KubeObject, minor: number): unknown {
  const { managedFields, resourceVersion, generation, ...metadata } = object.metadata;
  // before 1.25 the server counts x-kubernetes-validations as a change each time, and drops them after that
  const miscounted = minor < 25 && object.kind === "CustomResourceDefinition";
  const counted = miscounted ? {} : { generation };
  return { ...object, status: undefined, metadata: { ...metadata, ...counted } };
}

/** The form of managedFields: `{"f:data": {"f:a": {}}}`. */
interface FieldSet {
  readonly [key: string]: FieldSet;
}

const ownNames: readonly string[] = [
  "f:metadata/f:annotations/f:nopea.io/applied",
  "f:metadata/f:labels/f:nopea.io/repository",
  "f:metadata/f:labels/f:nopea.io/repository-namespace",
];

/** What nopea owns, without its own names, each of which must be there. */
function ownedFields({ metadata }: KubeObject): readonly string[] {
  const entries = (metadata.managedFields ?? []).filter(
    ({ manager, operation }) => manager?.startsWith("nopea:") === true && operation === "Apply",
  );
  expect(entries).toHaveLength(1);
  const owned = leavesOf(entries[0]?.fieldsV1 as FieldSet);
  expect(owned).toEqual(expect.arrayContaining([...ownNames]));
  return owned.filter(path => !ownNames.includes(path));
}

/** What an apply of the text by somebody else owns; nopea turns stringData into data. */
function declaredFields({ metadata }: KubeObject): readonly string[] {
  const entry = metadata.managedFields?.find(({ manager }) => manager === judge);
  // who declares nothing but a name owns nothing, and has no entry
  const declared = leavesOf((entry?.fieldsV1 ?? {}) as FieldSet);
  return declared.map(path => path.replace(/^f:stringData\//, "f:data/")).sort();
}

/** A declared empty map of labels or annotations: nopea fills it. */
const filled: readonly string[] = ["f:metadata/f:annotations", "f:metadata/f:labels"];

function leavesOf(fields: FieldSet, prefix = ""): string[] {
  const leaves = Object.entries(fields).flatMap(([key, inner]) => {
    if (key === ".") return [];
    const path = `${prefix}${key}`;
    return Object.keys(inner).length === 0 ? [path] : leavesOf(inner, `${path}/`);
  });
  return leaves.filter(path => !filled.includes(path)).sort();
}
