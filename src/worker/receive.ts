/** Receives what comes to nopea's HTTP port: who may speak is settled before anything is said about repositories. */
import {
  answerHearing,
  badBody,
  ignored,
  INVALID_SIGNATURE,
  missingSignature,
  NOT_CONFIGURED,
  TOO_LARGE,
  UNKNOWN_PROVIDER,
} from "../core/webhook/answers";
import { readDelivery } from "../core/webhook/delivery";
import { proofOf, senderOf, type Sender } from "../core/webhook/provider";
import { routeOf } from "../core/webhook/route";
import type { HttpAnswer, Reception, RequestHead } from "../model/http";
import type { PushTarget, Verify } from "../model/webhook";
import type { Log } from "../ports";
import type { Supervisor } from "./supervisor";

/** GitHub sends 25 MB at most. */
const MAX_BYTES = 25 * 1024 * 1024;

export interface ReceiverOptions {
  /** Read anew for each request; empty: webhooks are refused. */
  readonly secrets: () => readonly string[];
  readonly verify: Verify;
  readonly supervisor: Pick<Supervisor, "push">;
  readonly health: () => HttpAnswer;
  readonly readiness: () => HttpAnswer;
  readonly log: Log;
}

/** Route, method, name, secret, provider, length, signature, body, repositories: in this order. */
export function createReceiver(options: ReceiverOptions): (head: RequestHead) => Reception {
  return head => {
    const route = routeOf(head.method, head.path);
    switch (route.to) {
      case "metrics":
        return { do: "metrics" };
      case "health":
        return { do: "tell", answer: options.health() };
      case "ready":
        return { do: "tell", answer: options.readiness() };
      case "nowhere":
        return { do: "answer", answer: route.answer };
      case "webhook":
        return receiveWebhook(options, route.target, head);
    }
  };
}

function receiveWebhook(
  options: ReceiverOptions,
  target: PushTarget,
  { headers }: RequestHead,
): Reception {
  const answer = (answer: HttpAnswer): Reception => ({ do: "answer", answer });
  if (options.secrets().length === 0) return answer(NOT_CONFIGURED);
  const sender = senderOf(headers);
  if (sender === undefined) return answer(UNKNOWN_PROVIDER);
  if (Number(headers["content-length"] ?? 0) > MAX_BYTES) return answer(TOO_LARGE);
  const proof = proofOf(sender.provider, headers);
  // nobody's 25 MiB are read who does not even claim to know the secret
  if (proof === undefined) return answer(missingSignature(sender.provider));
  const deliver = (body: Uint8Array): HttpAnswer => {
    if (!options.verify(proof, body, options.secrets())) return INVALID_SIGNATURE;
    return hear(options, target, { sender, contentType: headers["content-type"], body });
  };
  return { do: "read", maxBytes: MAX_BYTES, tooLarge: TOO_LARGE, deliver };
}

interface Trusted {
  readonly sender: Sender;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

/** From here on the sender is known to know the secret. */
function hear(
  { supervisor, log }: ReceiverOptions,
  target: PushTarget,
  { sender, contentType, body }: Trusted,
): HttpAnswer {
  const delivery = readDelivery(sender, contentType, body);
  const webhook = [target.namespace, target.name].filter(part => part !== undefined).join("/");
  const fields = { webhook, provider: sender.provider };
  switch (delivery.kind) {
    case "bad":
      log.warn({ ...fields, problem: delivery.problem }, "webhook not understood");
      return badBody(delivery.problem);
    case "ignored":
      log.info({ ...fields, reason: delivery.reason }, "webhook ignored");
      return ignored(delivery.reason);
    case "push": {
      const hearing = supervisor.push(target, delivery.push);
      log.info({ ...fields, commit: delivery.push.commit, ...hearing }, "push received");
      return answerHearing(hearing);
    }
  }
}
