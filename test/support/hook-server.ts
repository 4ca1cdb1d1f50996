/** Stands in for Pepr's HTTPS server: approves everything, and writes down what it was asked about. */
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Authority } from "../../src/local/certificates";

interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: {
    readonly uid: string;
    readonly operation: string;
    readonly name: string;
    readonly resource: { readonly resource: string };
    readonly subResource?: string;
    readonly userInfo: { readonly username: string };
  };
}

export interface HookServer {
  readonly port: number;
  /** `mutate UPDATE configmaps a larry`, in the order in which they came. */
  readonly asked: readonly string[];
  stop(): void;
}

/** Known to the API server as Service `pepr-nopea` in `pepr-system`. */
export async function startHookServer(authority: Authority): Promise<HookServer> {
  const asked: string[] = [];
  const pair = authority.server(["pepr-nopea.pepr-system.svc"], ["127.0.0.1"]);
  const server = createServer(pair, (request, response) => {
    const [, hook = ""] = (request.url ?? "").split("/");
    void json(request).then(body => {
      const { apiVersion, kind, request: about } = body as Review;
      const { uid, operation, name, resource, subResource, userInfo } = about;
      const what = [resource.resource, ...(subResource === undefined ? [] : [subResource])];
      asked.push([hook, operation, what.join("/"), name, userInfo.username].join(" "));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ apiVersion, kind, response: { uid, allowed: true } }));
    });
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    asked,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
