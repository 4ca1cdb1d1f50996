/** Whose write it is, by what the API server says of the user: a field manager is only what a client calls itself. */
import { accountUser, type Account } from "../../model/account";
import type { AdmissionUser } from "../../model/admission";
import { EXTRA_WRITER } from "../../model/hooks";

export type Writer =
  | "nopea"
  /** The control plane: it carries out what others asked for. */
  | "system"
  /** Everybody else leaves evidence: people, and the controllers that they installed. */
  | "somebody";

const NOPEA: Account = { namespace: "pepr-system", name: "pepr-nopea" };
const SYSTEM = /^system:(?:node:|kube-|serviceaccount:kube-system:)|^system:apiserver$/;

/** Judges the user of a request; `account` is nopea's own. */
export function writerOf({ name, extra }: AdmissionUser, account = NOPEA): Writer {
  if (name === accountUser(account) || extra.includes(EXTRA_WRITER)) return "nopea";
  return SYSTEM.test(name) ? "system" : "somebody";
}
