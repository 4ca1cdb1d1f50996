/** What a command is run in: its streams, its environment, and who presses Ctrl-C. */
import type { Writable } from "node:stream";
import { createColors } from "picocolors";
import type { Colors } from "picocolors/types";
import yoctoSpinner from "yocto-spinner";
import type { Globals } from "./globals";

/** True where somebody looks at it; absent for files and pipes. */
type Stream = Writable & { readonly isTTY?: boolean };

export interface Terminal {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly exit: (code: number) => void;
}

/** Says what is under way; nothing is left of it after `stop`. */
export interface Progress {
  readonly say: (what: string) => void;
  readonly stop: () => void;
}

type Looks = Pick<Globals, "output" | "color">;

/** Colours for what is written to a stream, or functions that do nothing. */
export function colorsFor(
  stream: Stream,
  { env }: Pick<Terminal, "env">,
  { output, color }: Looks,
): Colors {
  const isWanted = color && (env.NO_COLOR ?? "") === "" && output === "text";
  return createColors(isWanted && isTerminal(stream, env));
}

/** What takes less than this needs no spinner. */
const QUICK_MS = 300;

/** A spinner on stderr where somebody looks at it. */
export function progressOn(terminal: Terminal, { output }: Looks): Progress {
  const { stderr, env } = terminal;
  if (output !== "text" || !isTerminal(stderr, env)) {
    return { say: () => undefined, stop: () => undefined };
  }
  const spinner = yoctoSpinner({ stream: stderr, handleSignals: false });
  let timer: NodeJS.Timeout | undefined;
  let last = "";
  return {
    say: what => {
      last = `${what} …`;
      // it shows whatever is set, also before it is started
      if (spinner.isSpinning) spinner.text = last;
      timer ??= setTimeout(() => spinner.start(last), QUICK_MS);
    },
    stop: () => {
      clearTimeout(timer);
      spinner.stop();
    },
  };
}

function isTerminal(stream: Stream, env: Terminal["env"]): boolean {
  return stream.isTTY === true && env.TERM !== "dumb";
}
