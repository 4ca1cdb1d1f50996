/** ConfigMap and Secret `nopea`: settings that can be used, and a key to seal evidence with. */
import { SEAL_KEY } from "../../adapters/kube/seal-key";
import { decodeTexts, NAME, NAMESPACE } from "../../adapters/kube/variables";
import { readConfig } from "../../config";
import { isObject, type JsonObject } from "../../model/json";
import type { Context } from "../context";
import { ok, problem, warning, type Finding } from "./finding";
import { probe, unreadable, type Probed } from "./probe";

/** Values are never told. */
export async function checkSettings(context: Context): Promise<readonly Finding[]> {
  const base = `/api/v1/namespaces/${NAMESPACE}`;
  const [secret, configMap] = await Promise.all([
    probe(context, `${base}/secrets/${NAME}`),
    probe(context, `${base}/configmaps/${NAME}`),
  ]);
  const texts = secret.state === "found" ? decodeTexts(secret.object.data) : {};
  const { problems } = readConfig(
    texts,
    configMap.state === "found" ? plain(configMap.object) : {},
  );
  return [
    ...(configMap.state === "unreadable"
      ? [unreadable(`ConfigMap ${NAMESPACE}/${NAME}`, configMap.why)]
      : []),
    ...problems.map(message =>
      problem(
        "Settings",
        message,
        `edit ConfigMap or Secret ${NAMESPACE}/${NAME}: the default counts`,
      ),
    ),
    ...(problems.length === 0 ? [ok("Settings", "can be used")] : []),
    sealFinding(secret, texts[SEAL_KEY]?.trim() ?? ""),
  ];
}

function plain({ data }: JsonObject): Record<string, string> {
  const entries = isObject(data) ? Object.entries(data) : [];
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
  );
}

function sealFinding(secret: Probed, key: string): Finding {
  const check = "Seal key";
  if (secret.state === "unreadable") return unreadable(`Secret ${NAMESPACE}/${NAME}`, secret.why);
  const remedy = "the watcher makes one when it starts: restart it";
  if (key === "") return problem(check, `Secret ${NAMESPACE}/${NAME} has none`, remedy);
  return key.length < 32
    ? warning(
        check,
        "is shorter than 32 characters",
        `delete ${SEAL_KEY} from the Secret; ${remedy}`,
      )
    : ok(check, `in Secret ${NAMESPACE}/${NAME}`);
}
