/** A repository that stays for the whole run, so that nopea's hooks know the kinds of all rounds before the first edit. */
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../src/local/eventually";
import { patchOf } from "./book";
import type { DriftRecord } from "./facts";
import { createApp, repositoryApi } from "./stage";
import type { Surroundings } from "./surroundings";

/** Returns as soon as an edit of each kind is told with the name of who made it. */
export async function meetHooks(surroundings: Surroundings, declared: Set<string>): Promise<void> {
  const namespace = "anchor";
  const app = await createApp(surroundings, { namespace, policy: "auto" });
  for (const { key } of app.book.objects) declared.add(key);
  for (const kind of ["ConfigMap", "Deployment"]) {
    const field = app.book.objects.find(object => object.kind === kind)?.fields[0];
    const larry = surroundings.people.larry;
    if (field === undefined || larry === undefined) throw new Error("nothing to begin with");
    const { apiVersion, name } = field.object;
    await eventually(
      async () => {
        await larry.patch({ apiVersion, kind, namespace, name }, patchOf(field, `x${Date.now()}`));
        await sleep(700);
        const records = await surroundings.admin.list<DriftRecord>(repositoryApi, "DriftRecord", {
          namespace,
        });
        return records.some(
          ({ spec, status }) =>
            spec.object.name === name && status?.edits.some(({ by }) => by === "larry"),
        );
      },
      60_000,
      500,
    );
  }
}
