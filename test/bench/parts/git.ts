/** 100 files of a repository of 100 MB, by three clients. */
import type { Add } from "../figures";
import { compareClients, createMonorepo, type GitCost } from "../git";
import type { Part } from "../part";

const PATH = "`path` of 100 files in a 100 MB repository";

export const git: Part = {
  name: "git",
  goals: [
    {
      measure: `${PATH} (floor: git itself, shallow, partial and sparse)`,
      figure: "nopea, first commit",
      floor: "git, first commit",
      bound: "at most",
      limit: 0.5,
    },
    {
      measure: `${PATH}: transferred (floor: git itself)`,
      figure: "nopea, first commit: transferred",
      floor: "git, first commit: transferred",
      bound: "at most",
      limit: 1,
    },
    {
      measure: `${PATH}: memory growth`,
      figure: "nopea, first commit: memory growth",
      bound: "at most",
      limit: 50,
    },
  ],
  async measure({ git: server, isQuick, runs, say }, add) {
    const bytes = isQuick ? 2e6 : 100e6;
    for (let run = 1; run <= runs; run++) {
      let made = 0;
      const make = () => createMonorepo(server, `monorepo-${run}-${++made}`, bytes);
      for (const cost of await compareClients(make)) addCost(add, cost);
      say(`git: run ${run} done`);
    }
  },
};

function addCost(add: Add, { client, commit, ...cost }: GitCost): void {
  const what = `${client}, ${commit} commit`;
  add(what, "s", cost.milliseconds / 1000);
  add(`${what}: transferred`, "MB", cost.kilobytes / 1000);
  for (const megabytes of cost.megabytes) add(`${what}: memory growth`, "MB", megabytes);
}
