/** What the frame offers to commands: it connects, runs, prints and sets the exit code. */
import type { Command } from "commander";
import type { Answer, Context } from "./context";

/** What commands get that read files only. */
export type OfflineContext = Omit<Context, "kube" | "stream" | "server">;

export interface Frame {
  /** Connects, runs, prints, sets the exit code. */
  run(command: Command, work: (context: Context) => Promise<Answer>): Promise<void>;
  /** The same without a cluster: for commands that read files only. */
  runOffline(command: Command, work: (context: OfflineContext) => Promise<Answer>): Promise<void>;
}
