/** Types of the few parts of undici that are bundled: the whole of it would be twice as large. */
declare module "undici/lib/dispatcher/agent.js" {
  import { Agent } from "undici";
  export default Agent;
}

declare module "undici/lib/dispatcher/env-http-proxy-agent.js" {
  import { EnvHttpProxyAgent } from "undici";
  export default EnvHttpProxyAgent;
}

declare module "undici/lib/dispatcher/pool.js" {
  import { Pool } from "undici";
  export default Pool;
}

declare module "undici/lib/api/api-connect.js" {
  import type { Dispatcher } from "undici";
  const connect: Dispatcher["connect"];
  export default connect;
}

declare module "undici/lib/api/api-request.js" {
  import type { Dispatcher } from "undici";
  type Options = Omit<Dispatcher.RequestOptions, "body"> & {
    readonly origin: string;
    // undici's own types leave iterables out
    readonly body?: Dispatcher.RequestOptions["body"] | AsyncIterable<Uint8Array>;
  };
  export default function request(
    this: Dispatcher,
    options: Options,
  ): Promise<Dispatcher.ResponseData>;
}

declare module "undici/lib/core/connect.js" {
  import { buildConnector } from "undici";
  export default buildConnector;
}
