/** The completion script for bash. */
import type { Typed, TypedOption } from "./tree";

/** To be sourced: `source <(nopea completion bash)`. */
export function bashScript({ commands, globals }: Typed): string {
  const all = [...globals, ...commands.flatMap(({ options }) => options)];
  const cases = commands.map(({ name, options, choices, takesRepository }) => {
    const words = [...choices, ...flagsOf([...options, ...globals])].join(" ");
    return `    ${name}) words="${words}"; names=${takesRepository ? "yes" : ""} ;;`;
  });
  const first = [...commands.map(({ name }) => name), ...flagsOf(globals)].join(" ");
  return `# bash completion for nopea: source <(nopea completion bash)
_nopea() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="" words="" names="" i
  local -a given=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${pattern(REACHING)}) given+=("\${COMP_WORDS[i]}" "\${COMP_WORDS[i+1]}"); i=$((i + 1)) ;;
      ${pattern(flagsOf(all.filter(takesValue)))}) i=$((i + 1)) ;;
      -*) ;;
      *) [ -n "$command" ] || command="\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$previous" in
${valueCases(all)}
  esac
  case "$command" in
    "") words="${first}" ;;
${cases.join("\n")}
  esac
  if [ -n "$names" ] && [[ "$current" != -* ]]; then
    words="$(nopea __complete "\${given[@]}" 2>/dev/null)"
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _nopea nopea`;
}

/** Options that say which names there are. */
const REACHING = ["-n", "--namespace", "--kubeconfig", "--context"];

function valueCases(options: readonly TypedOption[]): string {
  const closed = options.filter(({ choices }) => choices.length > 0);
  const files = flagsOf(options.filter(({ takes }) => takes === "a file"));
  const open = options.filter(each => each.takes === "a value" && each.choices.length === 0);
  return [
    ...closed.map(({ flags, choices }) => reply(flags, `-W "${choices.join(" ")}"`)),
    ...(files.length === 0 ? [] : [reply(files, "-f")]),
    `    ${pattern(flagsOf(open))}) return ;;`,
  ].join("\n");
}

function reply(flags: readonly string[], words: string): string {
  return `    ${pattern(flags)}) COMPREPLY=($(compgen ${words} -- "$current")); return ;;`;
}

function takesValue({ takes }: TypedOption): boolean {
  return takes !== "nothing";
}

function flagsOf(options: readonly TypedOption[]): readonly string[] {
  return [...new Set(options.flatMap(({ flags }) => flags))];
}

function pattern(flags: readonly string[]): string {
  return flags.join("|");
}
