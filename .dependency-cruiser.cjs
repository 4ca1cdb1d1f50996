// Who may import whom. Each rule says why it exists, for whoever breaks it.
/** @type {import("dependency-cruiser").IConfiguration} */
const only = (name, from, to, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: from },
  to: { pathNot: to },
});
const npm = "^node_modules/";
module.exports = {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      comment: "A cycle means that two files are one idea, or that one of them knows too much.",
      from: {},
      to: { circular: true },
    },
    only(
      "model",
      "^src/model/",
      ["^src/model/"],
      "Nouns depend on nothing, so that everything may depend on them.",
    ),
    only(
      "core",
      "^src/core/",
      ["^src/core/", "^src/model/", `${npm}yaml/`],
      "Decisions are functions of values: no clock, no network, no client.",
    ),
    only(
      "ports",
      "^src/ports\\.ts$",
      ["^src/model/"],
      "A port speaks of nouns; whoever keeps it is not its business.",
    ),
    only(
      "config",
      "^src/config\\.ts$",
      ["^src/model/"],
      "Configuration is values; reading them is an adapter's work.",
    ),
    only(
      "worker",
      "^src/worker/",
      ["^src/worker/", "^src/core/", "^src/model/", "^src/ports\\.ts$"],
      "A worker reaches the world only through ports, so that tests can hand it another world.",
    ),
    {
      name: "adapters-do-not-decide",
      severity: "error",
      comment:
        "Adapters translate; what needs a decision belongs in core and is called by the worker.",
      from: { path: "^src/adapters/" },
      to: { path: ["^src/(core|worker|cli|local)/", "^capabilities/", "^pepr\\.ts$"] },
    },
    {
      name: "adapters-do-not-know-each-other",
      severity: "error",
      comment: "Two adapters that need each other meet in pepr.ts.",
      from: { path: "^src/adapters/([^/]+)/" },
      to: { path: "^src/adapters/([^/]+)/", pathNot: "^src/adapters/$1/" },
    },
    only(
      "capabilities",
      "^capabilities/",
      ["^capabilities/", "^src/(worker|core|model)/", "^src/ports\\.ts$", `${npm}pepr/`],
      "Capabilities are tables of contents for Pepr: they hand over and return.",
    ),
    {
      name: "only-pepr-knows-pepr",
      severity: "error",
      comment: "Pepr is a shell: only the composition root and the capabilities speak to it.",
      from: { path: "^src/" },
      to: { path: `${npm}(pepr|kubernetes-fluent-client)/` },
    },
    {
      name: "processes-are-wired-once",
      severity: "error",
      comment: "What runs in a process is chosen by the composition root: nobody else may need it.",
      from: { pathNot: "^(pepr\\.ts|src/process/)" },
      to: { path: "^src/process/" },
    },
    {
      name: "cli-and-local-stand-outside",
      severity: "error",
      comment:
        "The command and the local run are users of nopea: nothing of the module may need them.",
      from: { path: "^(src/(model|core|ports|config|worker|adapters)|capabilities/|pepr\\.ts)" },
      to: { path: "^src/(cli|local)/" },
    },
    {
      name: "cli-and-local-do-not-run-workers",
      severity: "error",
      comment: "Only the watcher drives workers: a second driver would be a second writer.",
      from: { path: "^src/(cli|local)/" },
      to: { path: "^src/worker/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts", ".js", ".json"] },
  },
};
