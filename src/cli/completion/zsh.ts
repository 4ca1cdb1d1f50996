/** The completion script for zsh. */
import type { Typed, TypedOption } from "./tree";

/** To be sourced, or put into a directory of $fpath as `_nopea`. */
export function zshScript({ commands, globals }: Typed): string {
  const described = commands.map(({ name, what }) => `    ${quote(`${name}:${plain(what)}`)}`);
  const cases = commands.map(({ name, options, choices, takesRepository }) => {
    const words = choices.length > 0 ? `'1:what:(${choices.join(" ")})'` : "";
    const argument = takesRepository ? "'1:repository:_nopea_repositories'" : words;
    const specs = [...options.map(specOf), argument].filter(spec => spec !== "");
    return `        ${name}) _arguments $globals ${specs.join(" ")} ;;`;
  });
  return `#compdef nopea
# zsh completion for nopea: source <(nopea completion zsh)
_nopea_repositories() {
  local -a names given
  local i
  for ((i = 1; i < $#words; i++)); do
    case "$words[i]" in
      -n|--namespace|--kubeconfig|--context) given+=("$words[i]" "$words[i+1]") ;;
    esac
  done
  names=(\${(f)"$(nopea __complete $given 2>/dev/null)"})
  compadd -a names
}
_nopea() {
  local curcontext="$curcontext" state line
  local -a commands globals
  commands=(
${described.join("\n")}
  )
  globals=(${globals.map(specOf).join(" ")})
  _arguments -C $globals '1:command:->command' '*::argument:->argument'
  case "$state" in
    command) _describe command commands ;;
    argument)
      case "$line[1]" in
${cases.join("\n")}
      esac ;;
  esac
}
compdef _nopea nopea`;
}

function specOf({ flags, what, takes, choices }: TypedOption): string {
  const value = choices.length > 0 ? `:value:(${choices.join(" ")})` : VALUES[takes];
  const rest = quote(`[${plain(what)}]${value}`);
  if (flags.length < 2) return `${flags.join("")}${rest}`;
  return `'(${flags.join(" ")})'{${flags.join(",")}}${rest}`;
}

const VALUES: Readonly<Record<TypedOption["takes"], string>> = {
  nothing: "",
  "a value": ":value:",
  "a file": ":file:_files",
};

/** Without the characters that have a meaning there. */
function plain(text: string): string {
  return text.replace(/[[\]:\\]/g, " ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
