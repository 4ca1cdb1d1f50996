/** Reads spec.notify: where healPolicy notify sends to. */
import type { NotifyTarget } from "../../model/git-repository";
import { isHttpUrl } from "../../model/http";
import { isObject } from "../../model/json";
import { readFields, type Fields } from "./fields";

/** {} counts as not set; of both, the Secret counts. What is wrong with an address is told without it: it may be a secret. */
export function readNotify({ problems }: Fields, raw: unknown): { notify?: NotifyTarget } {
  const fields = readFields(isObject(raw) ? raw : {});
  const url = fields.text("url");
  const secretName = fields.secretName("secretRef");
  problems.push(...fields.problems.map(problem => problem.replace("spec.", "spec.notify.")));
  if (url !== undefined && !isHttpUrl(url)) {
    problems.push("spec.notify.url must be an http:// or https:// address");
  }
  if (secretName !== undefined) return { notify: { secretName } };
  return url === undefined ? {} : { notify: { url } };
}
