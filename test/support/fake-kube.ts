/** An API server that is a function: for what a real one does too rarely to wait for. */
import type { Kube, KubeAnswer, KubeRequest } from "../../src/adapters/kube/client";

export interface FakeKube {
  readonly kube: Kube;
  readonly requests: readonly KubeRequest[];
}

/** Answers 404 where `answer` has nothing to say. */
export function createFakeKube(
  answer: (request: KubeRequest, count: number) => Partial<KubeAnswer> | undefined,
): FakeKube {
  const requests: KubeRequest[] = [];
  return {
    requests,
    kube: async request => {
      request.signal.throwIfAborted();
      const count = requests.push(request);
      await Promise.resolve();
      const { status = 200, body = {} } = answer(request, count) ?? { status: 404 };
      return { status, body };
    },
  };
}
