/** nopea's own HTTP port: reads requests within limits, asks what to say, and says it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { refuse, type HttpAnswer, type Reception, type RequestHead } from "../../model/http";
import type { Log } from "../../ports";
import { createBudget, type Budget } from "./budget";
import { deliverBody } from "./deliver-body";
import { keepListening } from "./keep-listening";
import { sendAnswer, sendMetrics } from "./send";

export interface HttpServerOptions {
  readonly port: number;
  readonly receive: (head: RequestHead) => Reception;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  /** Told the word of every answer but the metrics. */
  readonly answered: (outcome: string) => void;
  readonly log: Log;
  /** Default: BUDGET. */
  readonly budget?: Budget;
}

/** Deliveries in memory at once, and their bytes: two of the greatest. */
const BUDGET = { deliveries: 64, bytes: 50 * 1024 * 1024 };

const TIMES = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** Longer than the 60 s after which most proxies drop an idle connection. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
};
const MOST_CONNECTIONS = 1_000;

const FAILED = refuse(500, "internal", "report this as a bug of nopea");

/** Opens the port, now or as soon as it is free; close the returned server to end. */
export function startHttpServer(options: HttpServerOptions): Server {
  const budget = options.budget ?? createBudget(BUDGET);
  const server = createServer(TIMES);
  server.maxConnections = MOST_CONNECTIONS;
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    answerRequest(options, budget, { request, response }).catch((error: unknown) => {
      options.log.error({ error: String(error) }, "HTTP request failed");
      if (response.headersSent) response.destroy();
      else sendAnswer(request, response, FAILED);
    });
  };
  server.on("request", serve);
  // who asks before it sends is told so only when its body is wanted
  server.on("checkContinue", serve);
  keepListening(server, options.port, options.log);
  return server;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answerRequest(
  options: HttpServerOptions,
  budget: Budget,
  { request, response }: Exchange,
): Promise<void> {
  const send = (answer: HttpAnswer | undefined) => {
    if (answer === undefined) return;
    options.answered(wordOf(answer));
    sendAnswer(request, response, answer);
  };
  const reception = options.receive(headOf(request));
  switch (reception.do) {
    case "answer":
      send(reception.answer);
      return;
    case "tell":
      sendAnswer(request, response, reception.answer);
      return;
    case "metrics":
      sendMetrics(request, response, await options.metrics());
      return;
    case "read":
      if (request.headers.expect !== undefined) response.writeContinue();
      send(await deliverBody(request, reception, budget));
  }
}

/** One of a few, fit for a metric. */
function wordOf({ body: { error, status } }: HttpAnswer): string {
  const word = error ?? status;
  return typeof word === "string" ? word : "other";
}

function headOf({ method = "", url = "", headers }: IncomingMessage): RequestHead {
  const [path = ""] = url.split("?");
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { method, path, headers: Object.fromEntries(entries) };
}
