/** Whose write it is, by what the API server says of the user: a field manager is only what a client calls itself. */
import type { AdmissionUser } from "../../model/admission";

export type Writer =
  | "nopea"
  /** The control plane: it carries out what others asked for. */
  | "system"
  /** Everybody else leaves evidence: people, and the controllers that they installed. */
  | "somebody";

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

const NOPEA: ServiceAccount = { namespace: "pepr-system", name: "pepr-nopea" };
/** On what nopea writes as a tenant's account; only who may impersonate can set it. */
const EXTRA_WRITER = "nopea.io/writer";
const SYSTEM = /^system:(?:node:|kube-|serviceaccount:kube-system:)|^system:apiserver$/;

/** Judges the user of a request; `account` is nopea's own. */
export function writerOf({ name, extra }: AdmissionUser, account = NOPEA): Writer {
  const ours = `system:serviceaccount:${account.namespace}:${account.name}`;
  if (name === ours || extra.includes(EXTRA_WRITER)) return "nopea";
  return SYSTEM.test(name) ? "system" : "somebody";
}
