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

/** Prints one thing after the other, as they happen: a line for people, or a value for -o json and -o yaml. */
export type Write = (line: string, value: unknown) => void;

/** For commands that go on: they write what happens, and answer nothing. */
export interface LiveFrame extends Frame {
  runLive(command: Command, work: (context: Context, write: Write) => Promise<void>): Promise<void>;
}
