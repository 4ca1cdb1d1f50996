/** What CDEvents say, by the official schemas of CDEvents and by CloudEvents. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { driftEvent, serviceEvent } from "../../../src/core/tell/cdevents";
import { writeEvent } from "../../../src/core/tell/cloud-event";
import type { EventDraft } from "../../../src/model/cloud-event";
import type { Happening } from "../../../src/model/happening";
import { anyEpisode } from "../../support/episodes";
import {
  cdeventProblems,
  conformanceExamples,
  eventProblems,
  hasEventSchemas,
} from "../../support/event-schemas";
import { COMMIT, IMAGE, failed, leftEpisode, synced, told } from "../../support/tellings";

const BEFORE = "1".repeat(40);
const stamp = { id: "01KF4X0000000000000000000A", time: "2026-01-15T10:30:00Z" };
const rfc3339 = (milliseconds: number) => new Date(milliseconds).toISOString().replace(".000", "");
const tools = { rfc3339, eventValues: false };

interface Body {
  readonly type: string;
  readonly source: string;
  readonly data: {
    readonly subject: { readonly id: string; readonly content: unknown };
    readonly customData: Readonly<Record<string, unknown>>;
  };
}

function bodyOf(draft: EventDraft | undefined): Body {
  if (draft === undefined) throw new Error("nothing is told");
  return JSON.parse(writeEvent(draft, stamp)) as Body;
}

const about = told();
const removed: Happening = { what: "removed", commit: COMMIT };

describe("what is told of a sync", () => {
  test("the first commit: deployed, with its package URL", () => {
    const { type, source, data } = bodyOf(serviceEvent(synced(COMMIT), about));
    expect({ type, source }).toEqual({
      type: "dev.cdevents.service.deployed.0.3.0",
      source: "/nopea/shop/my-app",
    });
    expect(data.subject).toEqual({
      id: "shop/my-app",
      source: "/nopea/shop/my-app",
      content: {
        environment: { id: "shop" },
        artifactId: `pkg:github/org/my-app@${COMMIT}`,
      },
    });
    expect(data.customData).not.toHaveProperty("previousCommit");
  });

  test("another commit: upgraded, with the previous one", () => {
    const { type, data } = bodyOf(serviceEvent(synced(COMMIT, BEFORE), about));
    expect(type).toBe("dev.cdevents.service.upgraded.0.3.0");
    expect(data.customData).toMatchObject({
      commit: COMMIT,
      previousCommit: BEFORE,
      objects: { total: 12, created: 12, updated: 0 },
    });
  });

  test("only a failure is over: nothing", () => {
    expect(serviceEvent(synced(COMMIT, COMMIT), about)).toBeUndefined();
  });

  test("failure: removed, with its cause", () => {
    const { type, data } = bodyOf(serviceEvent(failed("no"), about));
    expect(type).toBe("dev.cdevents.service.removed.0.3.0");
    expect(data.subject.content).toEqual({ environment: { id: "shop" } });
    expect(data.customData).toMatchObject({
      outcome: "failure",
      cause: "object-refused",
      reason: "ObjectRefused",
      message: "no",
      commit: COMMIT,
    });
  });

  test("deleted with its objects: removed, a success", () => {
    const { type, data } = bodyOf(serviceEvent(removed, about));
    expect(type).toBe("dev.cdevents.service.removed.0.3.0");
    expect(data.customData).toMatchObject({ outcome: "success", commit: COMMIT });
  });

  test.each<Happening>([{ what: "rests" }, { what: "goes-on" }])("$what: nothing", happening => {
    expect(serviceEvent(happening, about)).toBeUndefined();
  });
});

describe("what is told of drift", () => {
  test("who changed what, and what becomes of it; paths only", () => {
    const { type, data } = bodyOf(driftEvent("detected", leftEpisode(), about, tools));
    expect(type).toBe("dev.cdeventsx.nopea-drift.detected.0.1.0");
    expect(data.subject.id).toBe("Deployment.apps/shop/api");
    expect(data.customData).toMatchObject({
      ...{ object: "Deployment.apps/shop/api", uid: "uid-1", class: "manual_drift" },
      ...{ fields: [IMAGE], who: "larry", decision: "left", commit: BEFORE },
      reason: "healPolicy notify leaves it to people",
      record: "01kf4x0000000000000000000a",
      repository: { namespace: "shop", name: "my-app", branch: "main", path: "deploy" },
      edits: [
        {
          ...{ by: "larry", groups: ["sre"], at: "2026-01-15T10:30:00Z", verb: "UPDATE" },
          ...{ manager: "kubectl-set", source: "admission", changes: [{ path: IMAGE }] },
        },
      ],
    });
    expect(JSON.stringify(data)).not.toMatch(/hotfix|api:1\.4/);
  });

  test("NOPEA_EVENT_VALUES: values too, as the episode has them", () => {
    const draft = driftEvent("resolved", leftEpisode(), about, { rfc3339, eventValues: true });
    expect(draft.type).toBe("dev.cdeventsx.nopea-drift.resolved.0.1.0");
    expect(bodyOf(draft).data.customData).toMatchObject({
      edits: [{ changes: [{ path: IMAGE, from: "api:1.4", to: "hotfix-v1" }] }],
    });
  });

  test("thousands of fields: the first hundred, and how many there are", () => {
    const fields = Array.from({ length: 5_000 }, (_, at) => `data.key${at}`);
    const { data } = bodyOf(driftEvent("detected", leftEpisode({ fields }), about, tools));
    expect(data.customData).toMatchObject({ fields: fields.slice(0, 100), fieldCount: 5_000 });
  });
});

describe.skipIf(!hasEventSchemas)("schemas of CDEvents (NOPEA_CDEVENTS_SCHEMAS)", () => {
  test.each(conformanceExamples())("%s is valid, and not without its source", (_name, text) => {
    const example = JSON.parse(text) as { context: Record<string, unknown> };
    expect(cdeventProblems(example)).toEqual([]);
    const { source: _, ...context } = example.context;
    expect(cdeventProblems({ ...example, context })).not.toEqual([]);
  });

  test.each([
    ["deployed", serviceEvent(synced(COMMIT), about)],
    ["upgraded", serviceEvent(synced(COMMIT, BEFORE), about)],
    ["failed", serviceEvent(failed(), about)],
    ["failed, address unreadable", serviceEvent(failed(), told({ url: "", branch: "" }))],
    ["removed", serviceEvent(removed, about)],
    ["detected", driftEvent("detected", leftEpisode(), about, tools)],
    ["resolved", driftEvent("resolved", leftEpisode({ uid: "" }), about, tools)],
  ])("%s", (_name, draft) => {
    expect(draft && eventProblems(writeEvent(draft, stamp))).toEqual([]);
  });

  test("any episode", () => {
    fc.assert(
      fc.property(anyEpisode, fc.boolean(), (episode, eventValues) => {
        const draft = driftEvent("detected", episode, about, { rfc3339, eventValues });
        expect(eventProblems(writeEvent(draft, stamp))).toEqual([]);
      }),
    );
  });

  test("any failure", () => {
    fc.assert(
      fc.property(fc.string(), message => {
        const draft = serviceEvent(failed(message), about);
        expect(draft && eventProblems(writeEvent(draft, stamp))).toEqual([]);
      }),
    );
  });
});
