/** The completion script for fish. */
import type { Typed, TypedCommand, TypedOption } from "./tree";

/** To be sourced: `nopea completion fish | source`. */
export function fishScript({ commands, globals }: Typed): string {
  const lines = [
    ...commands.map(
      ({ name, what }) => `complete -c nopea -n __fish_use_subcommand -a ${name} -d ${quote(what)}`,
    ),
    ...globals.map(option => `complete -c nopea ${optionText(option)}`),
    ...commands.flatMap(ofCommand),
  ];
  return `# fish completion for nopea: nopea completion fish | source
function __nopea_repositories
  set -l given
  set -l words (commandline -opc)
  for i in (seq 2 (count $words))
    switch $words[$i]
      case -n --namespace --kubeconfig --context
        set -a given $words[$i] $words[(math $i + 1)]
    end
  end
  nopea __complete $given 2>/dev/null
end
complete -c nopea -f
${lines.join("\n")}`;
}

function ofCommand({ name, options, choices, takesRepository }: TypedCommand): readonly string[] {
  const start = `complete -c nopea -n '__fish_seen_subcommand_from ${name}'`;
  return [
    ...options.map(option => `${start} ${optionText(option)}`),
    ...(choices.length > 0 ? [`${start} -a ${quote(choices.join(" "))}`] : []),
    ...(takesRepository ? [`${start} -a '(__nopea_repositories)'`] : []),
  ];
}

function optionText({ flags, what, takes, choices }: TypedOption): string {
  const names = flags.map(flag =>
    flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  );
  const words = choices.length > 0 ? `-x -a ${quote(choices.join(" "))}` : VALUES[takes];
  return [...names, words, `-d ${quote(what)}`].filter(text => text !== "").join(" ");
}

const VALUES: Readonly<Record<TypedOption["takes"], string>> = {
  nothing: "",
  "a value": "-x",
  "a file": "-r -F",
};

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
