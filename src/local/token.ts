/** Tokens of service accounts. */
import type { Access } from "./access";
import { createKubeClient } from "./kube-client";

/** A token of the service account that lives for a day. */
export async function requestToken(
  admin: Access,
  namespace: string,
  serviceAccount: string,
): Promise<string> {
  const kube = createKubeClient(admin);
  try {
    const answer = await kube.call<{ status: { token: string } }>({
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`,
      body: {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { expirationSeconds: 86_400 },
      },
    });
    return answer.status.token;
  } finally {
    await kube.close();
  }
}
