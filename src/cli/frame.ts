/** Runs a command's work: connects, shows what is under way, prints the answer or the error, sets the exit code. */
import { connect } from "./connection";
import { EXIT, type Answer, type Context } from "./context";
import { explain } from "./explain";
import { globalsOf, type Globals } from "./globals";
import { format, formatNext } from "./print";
import type { LiveFrame, OfflineContext } from "./run";
import { colorsFor, progressOn, type Terminal } from "./terminal";

/** What a shell says of a program that Ctrl-C has ended. */
export const INTERRUPTED = 130;

/** The frame of all commands that are run in this terminal. */
export function createFrame(terminal: Terminal): LiveFrame {
  return {
    run: (command, work) => {
      const globals = globalsOf(command);
      return guarded(terminal, globals, async base => {
        print(terminal, globals, await connected(terminal, { base, globals }, work));
      });
    },
    runOffline: (command, work) => {
      const globals = globalsOf(command);
      return guarded(terminal, globals, async base => {
        print(terminal, globals, await work(base));
      });
    },
    runLive: (command, work) => {
      const globals = globalsOf(command);
      const write = (line: string, value: unknown) => {
        terminal.stdout.write(formatNext(globals.output, line, value));
      };
      return guarded(terminal, globals, async base => {
        await connected(terminal, { base, globals }, context => work(context, write));
        terminal.exit(EXIT.ok);
      });
    },
  };
}

/** Whatever happens, the spinner ends and the exit code is set. */
async function guarded(
  terminal: Terminal,
  globals: Globals,
  work: (base: Base) => Promise<void>,
): Promise<void> {
  const progress = progressOn(terminal, globals);
  const base: Base = {
    namespace: globals.namespace ?? "default",
    allNamespaces: globals.allNamespaces,
    colors: colorsFor(terminal.stdout, terminal, globals),
    now: terminal.now,
    progress: progress.say,
    signal: terminal.signal,
    stop: progress.stop,
  };
  try {
    await work(base);
  } catch (error) {
    progress.stop();
    fail(terminal, globals, error);
  } finally {
    progress.stop();
  }
  if (terminal.signal.aborted) terminal.exit(INTERRUPTED);
}

interface Base extends OfflineContext {
  /** Ends the spinner. */
  readonly stop: () => void;
}

/** An error that came up while a command talked to this server. */
class WhileTalking extends Error {
  readonly server: string;
  constructor(server: string, cause: unknown) {
    super("", { cause });
    this.server = server;
  }
}

async function connected<T>(
  { now }: Terminal,
  { base, globals }: { readonly base: Base; readonly globals: Globals },
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const connection = await connect(globals, now);
  const { kube, stream, server, namespace } = connection;
  const chosen = globals.namespace ?? namespace ?? base.namespace;
  try {
    const answer = await work({ ...base, kube, stream, server, namespace: chosen });
    base.stop();
    return answer;
  } catch (cause) {
    throw new WhileTalking(server, cause);
  } finally {
    await connection.close();
  }
}

function print({ stdout, exit }: Terminal, { output }: Globals, answer: Answer): void {
  stdout.write(format(output, answer));
  exit(answer.exitCode);
}

/** Ctrl-C needs no message: who pressed it knows. */
function fail(terminal: Terminal, globals: Globals, error: unknown): void {
  if (terminal.signal.aborted) return;
  const { server, cause } =
    error instanceof WhileTalking ? error : { server: undefined, cause: error };
  const { message, exitCode } = explain(cause, server);
  const colors = colorsFor(terminal.stderr, terminal, { ...globals, output: "text" });
  if (message !== "") terminal.stderr.write(`${colors.red("error:")} ${message}\n`);
  terminal.exit(exitCode);
}
