/** When an episode is detected and when it is resolved, for whoever listens outside. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { driftNews, type DriftWord } from "../../../src/core/tell/drift-news";
import type { Episode } from "../../../src/model/episode";
import { leftEpisode } from "../../support/tellings";

const { until: _, ...atOnce } = leftEpisode({ decision: "waiting" });
const left = leftEpisode();
const failed = leftEpisode({ decision: "failed" });
const waiting = leftEpisode({ decision: "waiting", until: 5 });
const healed = leftEpisode({ decision: "healed" });
const again = (episode: Episode, repeats = 1): Episode => ({ ...episode, repeats });

const BOTH: readonly DriftWord[] = ["detected", "resolved"];

/** What a process tells of versions, one after the other. */
function tell(versions: readonly Episode[], first?: Episode): readonly DriftWord[] {
  let before = first;
  let standing: boolean | undefined;
  return versions.flatMap(episode => {
    const { words, isStanding } = driftNews(before, episode, standing);
    standing = isStanding;
    before = episode;
    return words;
  });
}

describe("an episode", () => {
  test.each([
    ["left, then healed", [left, healed], BOTH],
    ["over when it is first heard of", [healed], BOTH],
    ["healed at once", [atOnce, healed], BOTH],
    ["changes its decision", [left, waiting, failed, healed], BOTH],
    ["repeats, healed at once", [atOnce, healed, again(atOnce), again(healed)], BOTH],
    ["repeats, over when heard of", [atOnce, healed, again(healed)], BOTH],
    ["repeats, and stays", [atOnce, healed, again(left), again(healed)], [...BOTH, ...BOTH]],
    [
      "repeats, and healing fails, then is tried again",
      [healed, again(atOnce), again(failed), again(atOnce), again(failed), again(healed)],
      [...BOTH, ...BOTH],
    ],
    ["repeats, in a fight", [healed, again(atOnce), again(waiting)], [...BOTH, "detected"]],
  ] as const)("%s", (_situation, versions, words) => {
    expect(tell(versions)).toEqual(words);
  });

  test("after a restart: what stands in the record was told", () => {
    expect(tell([healed], left)).toEqual(["resolved"]);
    expect(tell([failed], waiting)).toEqual([]);
    expect(tell([again(healed)], again(atOnce))).toEqual([]);
    expect(tell([again(healed)], again(left))).toEqual(["resolved"]);
  });
});

const version = fc.record({
  decision: fc.constantFrom(
    ...(["waiting", "suspended", "left", "failed", "healed", "committed", "undone"] as const),
  ),
  repeats: fc.integer({ min: 0, max: 2 }),
  isLater: fc.boolean(),
});

test("any versions in any order: detected and resolved alternate, detected first", () => {
  fc.assert(
    fc.property(fc.array(version, { maxLength: 30 }), versions => {
      const episodes = versions.map(({ isLater, ...more }) =>
        leftEpisode({ ...more, ...(isLater ? { until: 1 } : {}) }),
      );
      const words = tell(episodes);
      expect(words).toEqual(words.map((_word, at) => (at % 2 === 0 ? "detected" : "resolved")));
    }),
  );
});

test("any versions: whatever is open and no repeat has been told; whatever is closed does not stand", () => {
  fc.assert(
    fc.property(fc.array(version, { minLength: 1, maxLength: 20 }), versions => {
      const episodes = versions.map(({ isLater, ...more }) =>
        leftEpisode({ ...more, ...(isLater ? { until: 1 } : {}) }),
      );
      const stands = tell(episodes).at(-1) === "detected";
      const { decision, repeats } = episodes.at(-1) ?? left;
      if (["healed", "committed", "undone"].includes(decision)) expect(stands).toBe(false);
      else if (repeats === 0 || decision !== "waiting") expect(stands).toBe(true);
    }),
  );
});
