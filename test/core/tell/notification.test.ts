/** What healPolicy notify tells people. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeEvent } from "../../../src/core/tell/cloud-event";
import { notification } from "../../../src/core/tell/notification";
import type { Episode } from "../../../src/model/episode";
import { eventProblems, hasEventSchemas } from "../../support/event-schemas";
import { IMAGE, larrysEdit, leftEpisode, told } from "../../support/tellings";

const about = told({ healPolicy: "notify" });
const rfc3339 = (milliseconds: number) => new Date(milliseconds).toISOString();

function textOf(episode: Episode, word: "detected" | "resolved" = "detected", eventValues = false) {
  return notification(word, episode, about, { rfc3339, eventValues }).text;
}

describe("the sentence", () => {
  test("without values", () => {
    expect(textOf(leftEpisode())).toBe(
      `Deployment.apps/shop/api: larry changed ${IMAGE} (GitRepository shop/my-app). ` +
        "It stays as it is (healPolicy notify leaves it to people): commit it to Git, or set it back.",
    );
  });

  test("with values", () => {
    expect(textOf(leftEpisode(), "detected", true)).toContain(
      `larry changed ${IMAGE} from api:1.4 to hotfix-v1 (`,
    );
  });

  test("suspended: for how long, and why", () => {
    const reason = "nopea.io/suspend-heal is set: INC-4711";
    expect(textOf(leftEpisode({ decision: "suspended", reason }))).toMatch(
      /\. Suspended: nopea\.io\/suspend-heal is set: INC-4711\.$/,
    );
  });

  test("over when it is first told of: nothing is left to do", () => {
    expect(textOf(leftEpisode({ decision: "undone" }))).toMatch(
      /\(GitRepository shop\/my-app\)\.$/,
    );
  });

  test("the end", () => {
    const reason = "Git declares the live values now";
    expect(textOf(leftEpisode({ decision: "committed", reason }), "resolved")).toBe(
      "Deployment.apps/shop/api is as Git declares again: Git declares the live values now (GitRepository shop/my-app).",
    );
  });
});

test("names and values that speak to a whole room: they don't", () => {
  const changes = [{ path: IMAGE, from: "@here", to: "<!channel> <https://evil|good>\n@all" }];
  const text = textOf(
    leftEpisode({ edits: [larrysEdit({ by: "@channel", changes })] }),
    "detected",
    true,
  );
  expect(text).not.toMatch(/[<>\n]|@(all|here|channel)/);
});

test("any name and value: one line, not long", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ maxLength: 3_000 }), (by, to) => {
      const edits = [larrysEdit({ by, changes: [{ path: IMAGE, to }] })];
      const text = textOf(leftEpisode({ edits }), "detected", true) ?? "";
      expect(text).not.toMatch(/[\r\n<>]|@(all|here|channel|everyone)/i);
      expect(text.length).toBeLessThanOrEqual(2_000);
    }),
  );
});

test.skipIf(!hasEventSchemas)(
  "the body: a CDEvent whose envelope has the sentence as `text`",
  () => {
    const draft = notification("detected", leftEpisode(), about, { rfc3339, eventValues: true });
    const body = writeEvent(draft, { id: "01KF4X0000000000000000000A", time: rfc3339(0) });
    expect(eventProblems(body)).toEqual([]);
    expect(JSON.parse(body)).toMatchObject({ text: draft.text });
  },
);
