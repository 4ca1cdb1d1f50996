/** The nopea command against the real API server and the running pair, as people use it. */
import { execFile, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCommand, type BuiltCommand, type Ran } from "../support/command";
import { eventually } from "../support/cluster";
import { deployment, handsOn } from "../support/drift";
import { usePeople } from "../support/people";
import { configMap, useWorld, type App } from "../support/world";

const world = useWorld();
const people = usePeople(world);
const { larry } = people;
const shell = promisify(execFile);

const escapes = /\u001b/;

let command: BuiltCommand;
let asAdmin = "";
let asLarry = "";
let app: App;

beforeAll(async () => {
  command = await buildCommand();
  asAdmin = await command.kubeconfig("admin", world.cluster.adminAccess);
  asLarry = await command.kubeconfig("larry", larry.access);
  app = await people.app({
    files: { "a.yaml": configMap("a", "1"), "api.yaml": deployment("api", "api:1") },
    spec: { healGracePeriod: "10m" },
    watches: { configmaps: "a", "deployments.apps": "api" },
  });
});

afterAll(() => command.remove());

const nopea = (...args: readonly string[]): Promise<Ran> =>
  command.run(["-n", app.namespace, ...args], { kubeconfig: asLarry });

const json = (ran: Ran): unknown => JSON.parse(ran.stdout);

describe("nopea status", () => {
  it("all: a line for each repository, without colours in a pipe", async () => {
    const ran = await nopea("status");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^NAME +PHASE +COMMIT .*\napp +Synced +[0-9a-f]{7} /);
    expect(ran.stdout).not.toMatch(escapes);
  });

  it("-A -o json, -o yaml: the namespace is in it, and it can be read", async () => {
    const ran = await command.run(["status", "-A", "-o", "json"], { kubeconfig: asAdmin });
    expect(json(ran)).toMatchObject({
      repositories: expect.arrayContaining([
        expect.objectContaining({ namespace: app.namespace, name: "app", commit: app.commit }),
      ]) as unknown,
    });
    const yaml = await nopea("status", "app", "-o", "yaml");
    expect(yaml.stdout).toContain(`lastSyncedCommit: ${app.commit}\n`);
  });

  it("somebody who may not list them: the reason, and exit code 1", async () => {
    const ran = await command.run(["status", "-A"], { kubeconfig: asLarry });
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toMatch(/^error: .*forbidden: User "larry"/);
  });

  it("a name that is not there: what, where and what next, and exit code 1", async () => {
    const ran = await nopea("status", "other");
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain(`There is no GitRepository other in namespace ${app.namespace}`);
  });
});

describe("nopea drift", () => {
  it("an edit by larry: who, from what to what, how long still; 3 where it is asked for", async () => {
    await larry.types(app, ["set", "image", "deploy/api", "image=hotfix-v1"]);
    await app.until(({ driftCount = 0 }) => driftCount === 1);
    // the status may tell of it a moment before its record does
    const ran = await eventually(async () => {
      const tried = await nopea("drift", "app", "--open", "--exit-code");
      return tried.stdout.includes("hotfix-v1") ? tried : undefined;
    }, 20_000);
    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(/Deployment\.apps\/\S+\/api +larry +update +/);
    expect(ran.stdout).toContain("containers[name=image].image: api:1 → hotfix-v1");
    // a deadline is a whole second, rounded up
    expect(ran.stdout).toMatch(/waiting, (10m|10m1s|9m\d+s) left/);
    const details = await nopea("status", "app");
    expect(details.stdout).toMatch(/larry .*heals in (10m|10m1s|9m\d+s)/);
    expect((await nopea("status", "app", "--exit-code")).code).toBe(0);
    const { records } = json(await nopea("drift", "-o", "json")) as { records: unknown };
    expect(records).toMatchObject([{ state: "open", edits: [{ by: "larry", groups: ["sre"] }] }]);
  });

  it("nothing that fits: one sentence, and 0", async () => {
    const ran = await nopea("drift", "other", "--open", "--exit-code");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toBe(`No open drift of other in namespace ${app.namespace}.\n`);
  });
});

describe("nopea sync", () => {
  it("a new commit: it waits until that is in", async () => {
    const commit = await app.push({ "a.yaml": configMap("a", "2") });
    const ran = await nopea("sync", "app");
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain(commit);
    expect(await app.data("a")).toEqual({ value: "2" });
  });

  it("a commit that cannot be applied: what is wrong, and exit code 1", async () => {
    await app.push({ "bad.yaml": "kind: [" });
    const ran = await nopea("sync", "app");
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/Ready: +InvalidManifests: .*bad\.yaml/);
    expect((await nopea("status", "--exit-code")).code).toBe(3);
    await app.push({ "bad.yaml": "" });
    expect((await nopea("sync", "app")).code).toBe(0);
  });

  it("--no-wait: it only asks", async () => {
    const ran = await nopea("sync", "app", "--no-wait", "-o", "json");
    const { syncAt } = json(ran) as { syncAt: string };
    await app.until(({ lastHandledSyncAt }) => lastHandledSyncAt === syncAt);
  });
});

describe("nopea suspend and resume", () => {
  it("a repository: nothing is synced until it is resumed", async () => {
    expect((await nopea("suspend", "app")).code).toBe(0);
    expect((await app.resource()).spec.suspend).toBe(true);
    const refused = await nopea("sync", "app");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("is suspended (spec.suspend)");
    expect((await nopea("resume", "gr/app")).code).toBe(0);
    await app.synced((await app.resource()).status?.lastAttemptedCommit);
    expect((await app.resource()).spec.suspend).toBe(false);
  });

  it("an object: who, until when and why; set again, the time begins anew", async () => {
    const hands = handsOn(world, app);
    const ran = await nopea("suspend", "cm/a", "--for", "4h", "--reason", "INC-4711");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/By: +larry\nUntil: +\S+ \((4h|3h59m) left\)\nReason: +INC-4711\n/);
    await app.until(({ suspended = [] }) => suspended.some(({ by }) => by === "larry"));
    const until = async () =>
      (await hands.get("a")).metadata.annotations?.["nopea.io/suspend-heal-until"];
    const before = await until();
    await new Promise(resolve => setTimeout(resolve, 1_500));
    expect((await nopea("suspend", "configmap/a", "--for", "4h")).code).toBe(0);
    expect(Date.parse((await until()) ?? "")).toBeGreaterThan(Date.parse(before ?? ""));
    expect((await nopea("resume", "configmaps/a")).code).toBe(0);
    expect(await hands.suspension("a")).toEqual([]);
    expect((await nopea("resume", "cm/a")).stdout).toContain("is not suspended");
  });

  it("an object that nopea does not manage: a warning", async () => {
    const ran = await nopea("suspend", "cm/kube-root-ca.crt", "-o", "json");
    expect(json(ran)).toMatchObject({ repository: "" });
    const text = await nopea("suspend", "cm/kube-root-ca.crt");
    expect(text.stdout).toContain("Warning: nopea does not manage this object");
    await nopea("resume", "cm/kube-root-ca.crt");
  });
});

describe("nopea events", () => {
  const reporter = { reportingController: "nopea.false.systems/nopea", reportingInstance: "x" };
  const tell = async (note: string, about: "object" | "repository", occurrence: string) => {
    const { namespace } = app;
    const repository = { ...app.ref };
    const object = { apiVersion: "v1", kind: "ConfigMap", namespace, name: "a" };
    await world.cluster.admin.create({
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: {
        namespace,
        name: `${occurrence}-${about}`,
        labels: { "nopea.io/event": occurrence },
      },
      ...reporter,
      ...{ type: "Normal", reason: "Healed", action: "Heal", note },
      eventTime: new Date().toISOString().replace("Z", "000Z"),
      ...(about === "object"
        ? { regarding: object, related: repository }
        : { regarding: repository }),
    } as never);
  };

  it("what has been: each occurrence once, about the object; one JSON object a line", async () => {
    await tell("put back", "repository", "hand-made-1");
    await tell("put back", "object", "hand-made-1");
    const ran = await nopea("events", "app", "--no-follow", "-o", "json");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const lines = ran.stdout
      .trim()
      .split("\n")
      .map(line => JSON.parse(line) as { note: string });
    const ours = lines.filter(({ note }) => note === "put back");
    expect(ours).toMatchObject([
      { reason: "Healed", object: `ConfigMap/${app.namespace}/a`, repository: "app" },
    ]);
  });

  it("live: what comes is printed as it comes, and Ctrl-C ends it with 130", async () => {
    let told = false;
    const ran = await command.run(["-n", app.namespace, "events"], {
      kubeconfig: asLarry,
      seen: (stdout, kill) => {
        if (!told) void tell("live", "object", "hand-made-2");
        told = true;
        if (stdout.includes("live")) kill("SIGINT");
      },
    });
    expect(ran).toMatchObject({ code: 130, stderr: "" });
    expect(ran.stdout).toMatch(/Healed +ConfigMap\/\S+\/a +live\n$/);
  });
});

describe("the command line", () => {
  it("what is wrong with it: said at once, with exit code 2", async () => {
    for (const [args, message] of [
      [["stat"], "Did you mean status?"],
      [["status", "--nope"], "unknown option '--nope'"],
      [["sync"], "missing required argument"],
      [["drift", "--since", "soon"], "It is a time like"],
      [["suspend", "foo/bar"], 'knows no kind "foo"'],
      [["status", "-o", "xml"], "Allowed choices are text, json, yaml"],
    ] as const) {
      const ran = await nopea(...args);
      expect(ran).toMatchObject({ code: 2, stdout: "" });
      expect(ran.stderr).toContain(message);
    }
  });

  it("called by kubectl: the help speaks of kubectl nopea", async () => {
    const { PATH = "" } = process.env;
    const env = { PATH: `${command.dir}:${PATH}` };
    const { code, stdout } = await world.cluster.kubectl(["nopea", "status", "--help"], { env });
    expect(code).toBe(0);
    expect(stdout).toContain("kubectl nopea status my-app");
  });

  it("no cluster there: the address, why, what next", async () => {
    const access = { ...larry.access, url: "https://127.0.0.1:9" };
    const kubeconfig = await command.kubeconfig("nowhere", access);
    const ran = await command.run(["status"], { kubeconfig });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/^error: https:\/\/127\.0\.0\.1:9: .*ECONNREFUSED/);
    const none = await command.run(["status"], { kubeconfig: "/nowhere" });
    expect(none.stderr).toContain("The kubeconfig cannot be used");
  });

  it("a program that answers for the user (exec in the kubeconfig): it is asked for the token", async () => {
    const token = await world.cluster.tokenFor(app.namespace, "default");
    const { url, ca } = world.cluster.adminAccess;
    const status = { token };
    const answer = {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status,
    };
    const exec = { apiVersion: answer.apiVersion, command: "echo", args: [JSON.stringify(answer)] };
    const data = Buffer.from(ca).toString("base64");
    const kubeconfig = join(command.dir, "exec.kubeconfig");
    await writeFile(
      kubeconfig,
      JSON.stringify({
        "current-context": "none",
        clusters: [{ name: "c", cluster: { server: url, "certificate-authority-data": data } }],
        users: [{ name: "u", user: { exec: { ...exec, interactiveMode: "Never" } } }],
        contexts: [
          { name: "x", context: { cluster: "c", user: "u", namespace: app.namespace } },
          { name: "none", context: { cluster: "gone", user: "u" } },
        ],
      }),
    );
    const args = ["status", "--kubeconfig", kubeconfig, "--context", "x"];
    const ran = await command.run(args, { kubeconfig: "/nowhere" });
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^app /m);
  });

  it("| head: no error", async () => {
    const script = `nopea help | head -1; echo "\${PIPESTATUS[0]}"; nopea -n ${app.namespace} events --no-follow | head -1`;
    const env = {
      ...process.env,
      PATH: `${command.dir}:${process.env.PATH ?? ""}`,
      KUBECONFIG: asLarry,
    };
    const { stdout, stderr } = await shell("bash", ["-c", script], { env });
    expect(stdout).toMatch(/^Usage: nopea .*\n0\n/);
    expect(stderr).toBe("");
  });

  it("bash completes commands, options and the names of repositories", async () => {
    const complete = async (...words: readonly string[]) => {
      const list = words.map(word => `'${word}'`).join(" ");
      const script = `source <(nopea completion bash); COMP_WORDS=(nopea ${list}); COMP_CWORD=${words.length}; _nopea; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const env = {
        ...process.env,
        PATH: `${command.dir}:${process.env.PATH ?? ""}`,
        KUBECONFIG: asLarry,
      };
      const { stdout, stderr } = await shell("bash", ["-c", script], { env });
      expect(stderr).toBe("");
      return stdout.trim().split("\n");
    };
    expect(await complete("s")).toEqual(["status", "sync", "suspend"]);
    expect(await complete("-n", app.namespace, "sync", "")).toEqual(["app"]);
    expect(await complete("status", "-n", app.namespace, "a")).toEqual(["app"]);
    expect(await complete("drift", "--op")).toEqual(["--open"]);
    expect(await complete("status", "-o", "")).toEqual(["text", "json", "yaml"]);
    expect(await complete("completion", "")).toEqual(
      expect.arrayContaining(["bash", "zsh", "fish"]),
    );
  });
});

const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

describe.skipIf(!hasTmux)("in a terminal (skipped without tmux)", () => {
  let terminals = 0;
  const inTerminal = async (typed: string): Promise<string> => {
    // a server of its own: the one before may still be on its end when the next client asks for it
    const socket = join(command.dir, `tmux-${++terminals}`);
    const script = join(command.dir, "typed.sh");
    const lines = [
      `export KUBECONFIG='${asLarry}' PATH='${command.dir}':"$PATH"`,
      "unset NO_COLOR CI",
      typed,
      'echo "exit code: $?"; sleep 60',
    ];
    await writeFile(script, lines.join("\n"));
    const tmux = async (...args: readonly string[]) =>
      (await shell("tmux", ["-S", socket, "-f", "/dev/null", ...args])).stdout;
    await tmux("new-session", "-d", "-x", "200", "-y", "20", `bash '${script}'`);
    try {
      return await eventually(async () => {
        const screen = await tmux("capture-pane", "-p", "-e");
        return /^exit code: \d/m.test(screen) ? screen : undefined;
      }, 20_000);
    } finally {
      await tmux("kill-server");
    }
  };

  it("colours, and nothing left of the spinner", async () => {
    const screen = await inTerminal(`nopea status -n ${app.namespace}`);
    expect(screen).toMatch(/\u001b\[32mSynced/);
    expect(screen).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
    expect(screen).toMatch(/^NAME .*\n.*app.*\n(.*\n)*exit code: 0/m);
  });

  it("--no-color and NO_COLOR: none", async () => {
    for (const typed of ["nopea --no-color status", "NO_COLOR=1 nopea status"]) {
      const screen = await inTerminal(`${typed} -n ${app.namespace}`);
      expect(screen).toContain("Synced");
      expect(screen).not.toMatch(/\u001b\[32m/);
    }
  });
});
