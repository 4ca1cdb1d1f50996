/** What the kernel tells of a process: memory, CPU time and open files. */
import { readdir, readFile, readlink, writeFile } from "node:fs/promises";

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const TICKS = 100;

/** What it holds of the machine's memory; NaN when it is gone. */
export function residentMegabytes(pid: number): Promise<number> {
  return statusMegabytes(pid, "VmRSS");
}

/** The most that it held since its start, or since `forgetPeak`. */
export function peakMegabytes(pid: number): Promise<number> {
  return statusMegabytes(pid, "VmHWM");
}

/** The peak begins anew with what is held now. */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, "5");
}

async function statusMegabytes(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN;
  return Math.round(Number(kilobytes) / 1024);
}

/** CPU seconds, its own and the kernel's for it, since it was started. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // the name before the last parenthesis may hold anything; fields 14 and 15 follow
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

interface OpenFiles {
  readonly sockets: number;
  readonly others: number;
}

/** What it has open right now. */
export async function openFiles(pid: number): Promise<OpenFiles> {
  const directory = `/proc/${pid}/fd`;
  const links = await Promise.all(
    // one that was closed meanwhile has no link
    (await readdir(directory)).map(fd => readlink(`${directory}/${fd}`).catch(() => undefined)),
  );
  const open = links.filter(link => link !== undefined);
  const sockets = open.filter(link => link.startsWith("socket:")).length;
  return { sockets, others: open.length - sockets };
}
