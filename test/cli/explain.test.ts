import { describe, expect, it } from "vitest";
import { CommandError, EXIT } from "../../src/cli/context";
import { oneNamespace } from "../../src/cli/api/one-namespace";
import { explain } from "../../src/cli/explain";
import { format, formatNext } from "../../src/cli/print";
import { NopeaError } from "../../src/model/errors";

const server = "https://cluster";

describe("an error as whoever typed the command sees it", () => {
  it("a command's own: its message and its exit code", () => {
    const error = new CommandError("There is none.", EXIT.usage);
    expect(explain(error, server)).toEqual({ message: "There is none.", exitCode: 2 });
  });

  it("a server that does not answer: which, and what to check", () => {
    const { message } = explain(new NopeaError("cluster-unreachable", "no answer"), server);
    expect(message).toBe(
      "https://cluster: no answer.\nCheck that the cluster is up, and the kubeconfig (--kubeconfig, --context).",
    );
  });

  it.each([
    [401, "cluster-unreachable", "log in again"],
    [403, "object-forbidden", "Ask whoever runs the cluster"],
  ] as const)("%i: who to ask", (status, code, next) => {
    const error = new NopeaError(code, `GET /apis/x: ${status} not you`);
    const { message, exitCode } = explain(error, server);
    expect(message).toContain(next);
    expect(message).not.toContain("repository");
    expect(exitCode).toBe(1);
  });

  it("anything else: a bug, with what a report needs", () => {
    const { message, exitCode } = explain(new TypeError("x is not a function"), server);
    expect(message).toMatch(/bug of nopea.*\n.*x is not a function/);
    expect(exitCode).toBe(1);
  });

  it("-A beside a name: refused", () => {
    expect(oneNamespace({ namespace: "shop", allNamespaces: false })).toBe("shop");
    expect(() => oneNamespace({ namespace: "shop", allNamespaces: true })).toThrow("-n");
  });
});

describe("an answer", () => {
  const value = { a: ["x"], big: 12n };

  it("text, JSON, YAML", () => {
    expect(format("text", { value, text: "done" })).toBe("done\n");
    expect(format("text", { value, text: "" })).toBe("");
    expect(JSON.parse(format("json", { value, text: "done" }))).toEqual({ a: ["x"], big: 12 });
    expect(format("yaml", { value, text: "done" })).toBe("a:\n  - x\nbig: 12\n");
  });

  it("one of many: a line, a document", () => {
    expect(formatNext("text", "done", value)).toBe("done\n");
    expect(formatNext("json", "done", value)).toBe('{"a":["x"],"big":12}\n');
    expect(formatNext("yaml", "done", value)).toBe("---\na:\n  - x\nbig: 12\n");
  });
});
