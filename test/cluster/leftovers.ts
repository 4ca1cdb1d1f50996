/** What is in a cluster, by name, to see that nopea leaves nothing behind. */
import { eventually } from "../../src/local/eventually";
import { kubectl } from "./programs";

/** Kinds whose objects come and go by themselves. */
const restless =
  /^(events|leases|endpoints|endpointslices|pods|replicasets|controllerrevisions)(\.|$)/;

/** Every object of every kind that can be listed. */
export async function inventory(): Promise<readonly string[]> {
  const kinds = (await kubectl("api-resources", "--verbs=list", "-o", "name")).trim().split("\n");
  const lasting = kinds.filter(kind => !restless.test(kind));
  const format = `{range .items[*]}{.kind}{" "}{.metadata.namespace}{"/"}{.metadata.name}{"\\n"}{end}`;
  const output = await kubectl("get", lasting.join(","), "-A", "-o", `jsonpath=${format}`);
  return output.split("\n").filter(line => line !== "");
}

/** Until the cluster holds what it held before, no more and no less. */
export async function untilAsBefore(before: readonly string[]): Promise<void> {
  await eventually(
    async () => {
      const now = await inventory();
      const surplus = now.filter(name => !before.includes(name));
      const missing = before.filter(name => !now.includes(name));
      if (surplus.length + missing.length === 0) return true;
      throw new Error(`left behind: ${surplus.join(", ")}; gone: ${missing.join(", ")}`);
    },
    120_000,
    2_000,
  );
}
