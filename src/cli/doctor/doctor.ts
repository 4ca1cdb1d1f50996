/** `nopea doctor`: whether nopea is installed as it should be, and what waits for somebody. */
import type { Colors } from "picocolors/types";
import { EXIT, type Answer, type Context } from "../context";
import { checkDefinitions, checkFlux, checkVersion } from "./check-definitions";
import { checkCertificate, checkHooks } from "./check-hooks";
import { checkDeployments, checkServices } from "./check-processes";
import { checkRepositories } from "./check-repositories";
import { checkRights } from "./check-rights";
import { checkSettings } from "./check-settings";
import type { Finding } from "./finding";
import { isWatched } from "./is-watched";

/** Exit code `found` where there is a problem; warnings are none. */
export async function doctor(context: Context): Promise<Answer> {
  context.progress("looking at the installation");
  const repositories = await checkRepositories(context, await isWatched(context));
  const checked = await Promise.all([
    checkVersion(context),
    checkDefinitions(context),
    checkFlux(context),
    checkDeployments(context),
    checkServices(context),
    checkHooks(context, repositories.managesSomething),
    checkCertificate(context),
    checkSettings(context),
    checkRights(context),
  ]);
  const findings = [...checked.flat(), ...repositories.findings];
  const hasProblems = findings.some(({ severity }) => severity === "problem");
  return {
    value: { server: context.server, findings },
    text: [...findings.map(finding => line(finding, context.colors)), summary(findings)].join("\n"),
    exitCode: hasProblems ? EXIT.found : EXIT.ok,
  };
}

function line({ severity, check, message, remedy }: Finding, c: Colors): string {
  const signs = { ok: c.green("ok"), warning: c.yellow("warning"), problem: c.red("problem") };
  const space = " ".repeat("problem".length - severity.length);
  const next = remedy === undefined ? "" : `\n         ${c.dim(`→ ${remedy}`)}`;
  return `${signs[severity]}${space}  ${check}: ${message}${next}`;
}

function summary(findings: readonly Finding[]): string {
  const count = (of: Finding["severity"]) =>
    findings.filter(({ severity }) => severity === of).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  if (problems + warnings === 0) return `\nAll is well: ${findings.length} checks.`;
  const words = [[problems, "problem"] as const, [warnings, "warning"] as const]
    .filter(([number]) => number > 0)
    .map(([number, word]) => (number === 1 ? `1 ${word}` : `${number} ${word}s`));
  return `\n${words.join(", ")} in ${findings.length} checks.`;
}
