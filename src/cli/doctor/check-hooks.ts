/** Webhook configurations: there, harmless when nopea is away, and trusting the certificate that is served. */
import { X509Certificate } from "node:crypto";
import { EVIDENCE_CONFIGURATION, WITNESS_CONFIGURATION } from "../../model/hooks";
import type { JsonObject } from "../../model/json";
import type { Context } from "../context";
import { SYSTEM } from "./check-processes";
import { ok, problem, warning, type Finding } from "./finding";
import { part, parts } from "../api/fields";
import { probe, unreadable } from "./probe";

const MUTATING = "mutatingwebhookconfigurations";
const VALIDATING = "validatingwebhookconfigurations";
/** Where webhook configurations are. */
const ADMISSION = "/apis/admissionregistration.k8s.io/v1";

const PAIRS = [
  { plural: MUTATING, name: EVIDENCE_CONFIGURATION },
  { plural: VALIDATING, name: WITNESS_CONFIGURATION },
] as const;

/** Pepr's two, and nopea's own two while something is managed. */
export async function checkHooks(
  context: Context,
  managesSomething: boolean,
): Promise<readonly Finding[]> {
  const found = await Promise.all(PAIRS.map(pair => checkPair(context, pair, managesSomething)));
  return found.flat();
}

async function checkPair(
  context: Context,
  { plural, name }: (typeof PAIRS)[number],
  isNeeded: boolean,
): Promise<readonly Finding[]> {
  const [peprs, own] = await Promise.all(
    ["pepr-nopea", name].map(one => probe(context, `${ADMISSION}/${plural}/${one}`)),
  );
  if (peprs?.state === "unreadable") return [unreadable(plural, peprs.why)];
  if (peprs?.state !== "found") {
    return [problem(`${plural} pepr-nopea`, "missing", "install nopea again: npx pepr deploy")];
  }
  const finding = judge(`${plural} pepr-nopea`, peprs.object, undefined);
  const check = `${plural} ${name}`;
  if (own?.state === "found") return [finding, judge(check, own.object, caOf(peprs.object))];
  if (!isNeeded) return [finding];
  const remedy = "the watcher puts it in place: see its log and its Deployment";
  return [finding, problem(check, "missing, so nobody is told who edits what", remedy)];
}

function judge(check: string, object: JsonObject, ca: string | undefined): Finding {
  const webhooks = parts(object, "webhooks");
  if (webhooks.some(({ failurePolicy }) => failurePolicy !== "Ignore")) {
    const remedy = 'set it to Ignore (package.json: pepr.onError "ignore")';
    return problem(check, "failurePolicy is not Ignore: writes fail while nopea is away", remedy);
  }
  if (ca !== undefined && caOf(object) !== ca) {
    const remedy = "the watcher mends it within a minute: if it does not, restart it";
    return problem(check, "trusts another certificate authority than Pepr's: stale", remedy);
  }
  return ok(check, "there, failurePolicy Ignore");
}

function caOf(object: JsonObject): string | undefined {
  const ca = part(parts(object, "webhooks")[0], "clientConfig").caBundle;
  return typeof ca === "string" ? ca : undefined;
}

const DAY = 86_400_000;
const SOON_DAYS = 30;

/** Of the admission server; of its authority where Secrets may not be read. */
export async function checkCertificate(context: Context): Promise<readonly Finding[]> {
  const check = "TLS certificate";
  const secret = await probe(context, `/api/v1/namespaces/${SYSTEM}/secrets/pepr-nopea-tls`);
  if (secret.state === "found") {
    const certificate = part(secret.object, "data")["tls.crt"];
    return [certificateFinding(check, certificate, context.now())];
  }
  if (secret.state === "absent") {
    return [
      problem(check, "Secret pepr-nopea-tls is missing", "install nopea again: npx pepr deploy"),
    ];
  }
  const hook = await probe(context, `${ADMISSION}/${MUTATING}/pepr-nopea`);
  const ca = hook.state === "found" ? caOf(hook.object) : undefined;
  const instead = certificateFinding(`${check} (of its authority)`, ca, context.now());
  return [unreadable(`Secret ${SYSTEM}/pepr-nopea-tls`, secret.why), instead];
}

/** How long it is still good for; `pem` as Kubernetes holds it, in base64. */
export function certificateFinding(check: string, pem: unknown, now: number): Finding {
  const remedy = "make a new one: npx pepr deploy (or build and apply again)";
  const until = typeof pem === "string" ? endOf(Buffer.from(pem, "base64")) : undefined;
  if (until === undefined) return problem(check, "cannot be read", remedy);
  const days = Math.floor((until - now) / DAY);
  const date = new Date(until).toISOString().slice(0, 10);
  if (until <= now) {
    return problem(check, `expired on ${date}: nobody is told who edits what`, remedy);
  }
  const message = `good until ${date}, ${days === 1 ? "1 day" : `${days} days`}`;
  return days < SOON_DAYS ? warning(check, message, remedy) : ok(check, message);
}

function endOf(pem: Buffer): number | undefined {
  try {
    return new Date(new X509Certificate(pem).validTo).getTime();
  } catch {
    return undefined;
  }
}
