/** What can stand in one place of a command line. */
export type Values =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "files" | "folders" | "anything" };

export interface CompletedOption {
  /** "--data" */
  readonly flag: string;
  readonly about: string;
  /** Undefined when it takes none. */
  readonly value: Values | undefined;
}

export interface CompletedCommand {
  readonly name: string;
  readonly about: string;
  readonly options: readonly CompletedOption[];
  /** In order; the last one also stands for all that follow when `isOpen`. */
  readonly args: readonly Values[];
  readonly isOpen: boolean;
}

/** `_essaim` fills COMPREPLY; also with the bash 3.2 of macOS. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const options = (chosen: readonly CompletedOption[]) => chosen.map(({ flag }) => flag).join(" ");
  const valued = new Map(
    commands.flatMap(({ options }) => options.flatMap(({ flag, value }) => value ? [[flag, value] as const] : [])),
  );
  const cases = commands.map(({ name, args, isOpen, options: own }) => {
    const places = args.map((values, index) => {
      const pattern = isOpen && index === args.length - 1 ? "*" : String(index + 1);
      return `        ${pattern}) ${bashValues(values)} ;;\n`;
    }).join("");
    return `    ${name})
      if [[ $cur == -* ]]; then
        _essaim_words "${options(own)}"
        return
      fi
      case $place in
${places}      esac
      ;;
`;
  }).join("");
  return `# bash completion of essaim. Use: source <(essaim completion bash)
_essaim_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_essaim_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$cur"))
}
_essaim() {
  local cur=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= place=1 word value=
  COMPREPLY=()
  case $previous in
${[...valued].map(([flag, values]) => `    ${flag}) ${bashValues(values)}; return ;;\n`).join("")}  esac
  if [[ COMP_CWORD -eq 1 ]]; then
    if [[ $cur == -* ]]; then _essaim_words "--help --version ${
    options(bareOptions(commands))
  }"; else _essaim_words "${names}"; fi
    return
  fi
  command=\${COMP_WORDS[1]}
  for word in "\${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
    if [[ -n $value ]]; then
      value=
    else
      case $word in
        ${[...valued.keys()].join("|")}) value=yes ;;
        -*) ;;
        *) place=$((place + 1)) ;;
      esac
    fi
  done
  case $command in
${cases}    -*) _essaim_words "${options(bareOptions(commands))}" ;;
  esac
}
complete -F _essaim essaim
`;
}

function bashValues(values: Values): string {
  switch (values.kind) {
    case "words":
      return `_essaim_words "${values.words.join(" ")}"`;
    case "files":
      return "_essaim_paths -f";
    case "folders":
      return "_essaim_paths -d";
    case "anything":
      return ":";
  }
}

/** What can be given without a command: what `essaim peer` takes. */
function bareOptions(commands: readonly CompletedCommand[]): readonly CompletedOption[] {
  return commands.find(({ name }) => name === "peer")?.options ?? [];
}

/** For `source`, and as a file _essaim in a folder of $fpath. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const values = (values: Values) => {
    switch (values.kind) {
      case "words":
        return `(${values.words.join(" ")})`;
      case "files":
        return "_files";
      case "folders":
        return "_path_files -/";
      case "anything":
        return " ";
    }
  };
  const option = ({ flag, about, value }: CompletedOption) =>
    quoted(`${flag}[${escaped(about, /[\\[\]:]/g)}]${value ? `:${flag.slice(2)}:${values(value)}` : ""}`);
  const argument = (of: Values, index: number, { isOpen, args }: CompletedCommand) => {
    const place = isOpen && index === args.length - 1 ? "*" : String(index + 1);
    return quoted(`${place}:${of.kind === "words" ? "action" : "what"}:${values(of)}`);
  };
  const cases = commands.map((command) => {
    const specs = [...command.options.map(option), ...command.args.map((of, index) => argument(of, index, command))];
    return `    ${command.name})
      _arguments ${specs.join(" \\\n        ")}
      ;;
`;
  }).join("");
  const described = commands.map(({ name, about }) => `    ${quoted(`${name}:${escaped(about, /[\\:]/g)}`)}\n`).join(
    "",
  );
  return `#compdef essaim
# zsh completion of essaim. Use: source <(essaim completion zsh)
_essaim() {
  local -a commands=(
${described}  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  if [[ $command == -* ]]; then
    command=peer
  else
    shift words
    (( CURRENT-- ))
  fi
  case $command in
${cases}  esac
}
if [[ $funcstack[1] == _essaim ]]; then
  _essaim "$@"
else
  compdef _essaim essaim
fi
`;
}

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const line = (when: string, ...rest: string[]) => `complete -c essaim -n ${quoted(when)} ${rest.join(" ")}\n`;
  const option = (when: string, { flag, about, value }: CompletedOption) => {
    const takes = value === undefined ? "" : fishValues(value, "-r");
    return line(when, "-l", flag.slice(2), takes, "-d", quoted(about));
  };
  const bare = "__fish_use_subcommand";
  return `# fish completion of essaim. Use: essaim completion fish | source
complete -c essaim -f
${commands.map(({ name, about }) => line(bare, "-a", name, "-d", quoted(about))).join("")}${
    bareOptions(commands).map((one) => option(bare, one)).join("")
  }${
    commands.map(({ name, options, args }) => {
      const when = `__fish_seen_subcommand_from ${name}`;
      return options.map((one) => option(when, one)).join("") +
        args.filter(({ kind }) => kind !== "anything").map((values) => line(when, fishValues(values, ""))).join("");
    }).join("")
  }`;
}

function fishValues(values: Values, taken: string): string {
  switch (values.kind) {
    case "words":
      return `${taken} -f -a ${quoted(values.words.join(" "))}`.trim();
    case "files":
      return `${taken} -F`.trim();
    case "folders":
      return `${taken} -f -a '(__fish_complete_directories)'`.trim();
    case "anything":
      return taken;
  }
}

function escaped(text: string, characters: RegExp): string {
  return text.replace(characters, "\\$&");
}

/** One word for every shell: single quotes, in which only they themselves mean something. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
