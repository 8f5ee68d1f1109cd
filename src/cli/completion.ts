// --completion=bash|zsh|fish: what a shell needs to complete jit386's command line, made from the table of options.
//
//   eval "$(jit386 --completion=bash)"

import { BENCH_OPTIONS, type Option, OPTIONS } from "./options.ts";

const TABLE: readonly Option[] = OPTIONS;

/** What an argument is, as far as completion can help. */
function kindOf(option: Option): "none" | "words" | "directory" | "file" | "other" {
  if (option.argument === "") return "none";
  if (option.values !== undefined) return "words";
  if (option.argument === "DIR") return "directory";
  return /FILE|HOST/.test(option.argument) ? "file" : "other";
}

const longNames = (table: readonly Option[]) => table.map((o) => `--${o.name}${o.argument === "" || o.bare !== undefined ? "" : "="}`).join(" ");

/** `--name=` and `-x ` with what follows them. The first word that is no option is the program; what comes behind is its own affair: files. */
function bash(): string {
  const cases = TABLE.flatMap((option) => {
    const kind = kindOf(option);
    if (kind === "none" || kind === "other") return [];
    const how = kind === "words" ? `COMPREPLY=($(compgen -W "${(option.values ?? []).join(" ")}" -- "$word"))` : `COMPREPLY=($(compgen -${kind === "directory" ? "d" : "f"} -- "$word"))`;
    return [`    --${option.name}${option.short === "" ? "" : `|-${option.short}`}) ${how}; return ;;\n`];
  });
  const taking = TABLE.filter((o) => o.argument !== "" && o.bare === undefined).flatMap((o) => [`--${o.name}`, ...(o.short === "" ? [] : [`-${o.short}`])]).join("|");
  return `# bash completion for jit386: eval "$(jit386 --completion=bash)"
_jit386() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} k program=
  COMPREPLY=()
  # bash takes = for a word of its own
  if [[ $word == "=" ]]; then word=
  elif [[ $previous == "=" ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((k = 1; k < COMP_CWORD; k++)); do
    case \${COMP_WORDS[k]} in
      ${taking}) [[ \${COMP_WORDS[k+1]} == "=" ]] && ((k++)); ((k++)) ;;
      -*) [[ \${COMP_WORDS[k+1]} == "=" ]] && ((k += 2)) ;;
      *) program=\${COMP_WORDS[k]}; break ;;
    esac
  done
  if [[ -z $program ]]; then
    case $previous in
${cases.join("")}    esac
  fi
  if [[ ( -z $program || $program == bench ) && $word == -* ]]; then
    local options="${longNames(TABLE)}"
    [[ $program == bench ]] && options="${longNames(BENCH_OPTIONS)}"
    COMPREPLY=($(compgen -W "$options" -- "$word"))
    [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace
    return
  fi
  if [[ -z $program ]]; then COMPREPLY=($(compgen -c -- "$word") $(compgen -f -- "$word"))
  else COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _jit386 jit386
`;
}

function zshSpecs(table: readonly Option[]): string[] {
  const quoted = (text: string) => text.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, "\\$&");
  return table.flatMap((option) => {
    const kind = kindOf(option);
    const action = kind === "words" ? `(${(option.values ?? []).join(" ")})` : kind === "directory" ? "_files -/" : kind === "file" ? "_files" : "";
    const argument = kind === "none" ? "" : `${option.bare === undefined ? ":" : "::"}${quoted(option.argument)}:${action}`;
    const many = option.repeatable ? "*" : "";
    const long = `'${many}--${option.name}${kind === "none" ? "" : option.bare === undefined ? "=" : "=-"}[${quoted(option.help)}]${argument}'`;
    return option.short === "" ? [long] : [long, `'${many}-${option.short}${kind === "none" ? "" : "+"}[${quoted(option.help)}]${argument}'`];
  });
}

function zsh(): string {
  const specs = (table: readonly Option[]) => zshSpecs(table).join(" \\\n    ");
  return `#compdef jit386
# zsh completion for jit386: eval "$(jit386 --completion=zsh)", or this as _jit386 in a directory of $fpath
_jit386() {
  if (( CURRENT > 2 )) && [[ $words[2] == bench ]]; then
    words=("$words[1]" "\${(@)words[3,-1]}")
    (( CURRENT-- ))
    _arguments -S -A '-*' \\
    ${specs(BENCH_OPTIONS)} \\
    '1:program:_files' '*::arguments:_files'
    return
  fi
  _arguments -S -A '-*' \\
    ${specs(TABLE)} \\
    '1:program:_files' '*::arguments:_files'
}
if [[ $funcstack[1] == _jit386 ]]; then _jit386 "$@"; else compdef _jit386 jit386; fi
`;
}

function fish(): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = (table: readonly Option[], when: string) => table.map((option) => {
    const kind = kindOf(option);
    const short = option.short === "" ? "" : ` -s ${option.short}`;
    const arguments_ = {
      none: "", words: ` -x -a ${quoted((option.values ?? []).join(" "))}`, directory: " -x -a '(__fish_complete_directories)'", file: " -r -F", other: " -x",
    };
    const argument = arguments_[kind];
    return `complete -c jit386 -n ${when}${short} -l ${option.name}${option.bare === undefined ? argument : ""} -d ${quoted(option.help)}\n`;
  }).join("");
  return `# fish completion for jit386: jit386 --completion=fish | source
function __jit386_no_program
  set -l words (commandline -opc)
  for word in $words[2..-1]
    string match -q -- '-*' $word; or return 1
  end
end
function __jit386_bench
  set -l words (commandline -opc)
  test "$words[2]" = bench; or return 1
  for word in $words[3..-1]
    string match -q -- '-*' $word; or return 1
  end
end
complete -c jit386 -n __jit386_no_program -a bench -d 'run a program in every way and compare'
${lines(TABLE, "__jit386_no_program")}${lines(BENCH_OPTIONS, "__jit386_bench")}`;
}

/** The script for a shell. */
export function completion(shell: string): string {
  return shell === "bash" ? bash() : shell === "zsh" ? zsh() : fish();
}
