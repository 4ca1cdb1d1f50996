/** What every Secrets promises, as tests: run on the real one and on the fake. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SecretName, SecretTexts } from "../../src/model/git-secret";
import type { Secrets } from "../../src/ports";
import { eventually } from "../support/cluster";

export interface SecretsWorld {
  readonly secrets: Secrets;
  /** Every Secret that was told to have changed, in order. */
  readonly changed: readonly SecretName[];
  createNamespace(): Promise<string>;
  /** Makes the Secret hold exactly this; undefined: it is deleted. */
  set(secret: SecretName, texts: SecretTexts | undefined): Promise<void>;
}

/** The suite: `open` makes a world in which nobody has asked for a Secret yet. */
export function describeSecrets(name: string, open: () => SecretsWorld): void {
  describe(`${name} keeps the promise of Secrets`, () => {
    let world: SecretsWorld;
    let secret: SecretName;
    beforeAll(() => {
      world = open();
    });
    beforeEach(async () => {
      secret = { namespace: await world.createNamespace(), name: "git" };
    });

    const ask = (of = secret, signal = new AbortController().signal) =>
      world.secrets.gitCredentials(of.namespace, of.name, signal);
    const login = async () => {
      const [, encoded = ""] = ((await ask()).authorization ?? "").split(" ");
      return Buffer.from(encoded, "base64").toString();
    };
    const toldOf = (of: SecretName) =>
      world.changed.filter(told => told.namespace === of.namespace && told.name === of.name).length;

    it("a Secret with username and password: what a Git server takes", async () => {
      await world.set(secret, { username: "larry", password: "pässwörd" });
      expect(await login()).toBe("larry:pässwörd");
      expect(await login()).toBe("larry:pässwörd");
    });

    it("one that does not exist: secret-not-found, and it is named", async () => {
      await expect(ask()).rejects.toMatchObject({
        code: "secret-not-found",
        message: `Secret ${secret.namespace}/git does not exist`,
      });
    });

    it("one that cannot be used: secret-invalid, named, without a value", async () => {
      await world.set(secret, { password: "hunter2" });
      const problem = await ask().catch((error: unknown) => error);
      expect(problem).toMatchObject({
        code: "secret-invalid",
        message: expect.stringMatching(`Secret ${secret.namespace}/git: .*username`) as string,
      });
      expect(String(problem)).not.toContain("hunter2");
    });

    it("created after it was missed: told, and there", async () => {
      await expect(ask()).rejects.toThrow("does not exist");
      await world.set(secret, { token: "t" });
      await eventually(() => toldOf(secret) > 0, 5_000);
      expect(await login()).toBe("x-access-token:t");
    });

    it("rotated: told, and the new one counts from then on", async () => {
      await world.set(secret, { token: "old" });
      expect(await login()).toBe("x-access-token:old");
      const before = toldOf(secret);
      await world.set(secret, { token: "new" });
      await eventually(() => toldOf(secret) > before, 5_000);
      expect(await login()).toBe("x-access-token:new");
    });

    it("deleted: told, and gone", async () => {
      await world.set(secret, { token: "t" });
      await login();
      const before = toldOf(secret);
      await world.set(secret, undefined);
      await eventually(() => toldOf(secret) > before, 5_000);
      await expect(ask()).rejects.toMatchObject({ code: "secret-not-found" });
    });

    it("one of the same name in another namespace: another one", async () => {
      const other = { ...secret, namespace: await world.createNamespace() };
      await world.set(other, { token: "theirs" });
      await expect(ask()).rejects.toMatchObject({ code: "secret-not-found" });
    });

    it("aborted: rejects with the reason", async () => {
      await world.set(secret, { token: "t" });
      const reason = new Error("enough");
      await expect(ask(secret, AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
}
