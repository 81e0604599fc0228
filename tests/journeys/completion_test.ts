import assert from "node:assert/strict";
import { essaim } from "./cli_runner.ts";

/** The completion scripts in the shells themselves. Without one it says that it is skipped; in CI it fails. */

/** What is typed before Tab, and what the line is after it. */
const TYPED: readonly [line: string, completed: string][] = [
  ["essaim unsh", "essaim unshare "],
  ["essaim tracker-p", "essaim tracker-password "],
  ["essaim downloads pa", "essaim downloads pause "],
  ["essaim downloads --data x ca", "essaim downloads --data x cancel "],
  ["essaim group rem", "essaim group remove "],
  ["essaim completion z", "essaim completion zsh "],
  ["essaim share --cl", "essaim share --class "],
  ["essaim share Lesson.pdf --priv", "essaim share Lesson.pdf --private "],
  ["essaim share Less", "essaim share Lesson.pdf "],
  ["essaim share Lesson.pdf Pho", "essaim share Lesson.pdf Photos/"],
  ["essaim status --data Pho", "essaim status --data Photos/"],
  ["essaim status --data Less", "essaim status --data Less"],
  ["essaim --udp", "essaim --udp-port "],
  ["essaim nonsense x", "essaim nonsense x"],
];

interface Place {
  readonly folder: string;
  readonly script: string;
}

async function run(program: string, args: readonly string[], { folder }: Place): Promise<string> {
  const command = new Deno.Command(program, {
    args: [...args],
    cwd: folder,
    env: { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, TERM: "dumb" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  });
  const { code, stdout, stderr } = await command.output();
  const err = new TextDecoder().decode(stderr);
  assert.deepEqual([code, err], [0, ""]);
  return new TextDecoder().decode(stdout);
}

/** The line with its last word replaced by the only candidate. */
function completedBy(line: string, candidates: readonly string[]): string {
  const [only, ...others] = candidates;
  assert.deepEqual(others, [], line);
  if (only === undefined) return line;
  return `${line.slice(0, line.lastIndexOf(" ") + 1)}${only}${only.endsWith("/") ? "" : " "}`;
}

const SHELLS: Record<string, (line: string, place: Place) => Promise<string>> = {
  /** As readline calls it: with the words of the line and the number of the last one. */
  async bash(line, place) {
    const words = line.split(" ");
    const ask = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); complete -p essaim >/dev/null || exit 9
_essaim; for one in "\${COMPREPLY[@]}"; do if [[ -d $one ]]; then echo "$one/"; else echo "$one"; fi; done`;
    const out = await run("bash", ["--norc", "-c", ask, "bash", place.script, ...words], place);
    return completedBy(line, out.split("\n").filter((one) => one !== ""));
  },
  /** A zsh in a terminal of its own, in which Tab is pressed; another key tells what stands in the line then. */
  async zsh(line, place) {
    const inside = `zmodload zsh/zpty
zpty -b inner zsh -f -i
zpty -w inner "PS1=; setopt no_always_last_prompt; autoload -U compinit; compinit -u -D; source $1"
zpty -w inner "tell() { print -r -- \\"line:\\$BUFFER:\\" > $3; exit }; zle -N tell; bindkey '^Xt' tell; bindkey '^I' complete-word; print re'ady'"
zpty -r inner got "*ready*" || exit 8
zpty -n -w inner "$2"$'\\t'
zpty -n -w inner $'\\C-Xt'
for ((waited = 0; waited < 300; waited++)); do [[ -s $3 ]] && break; zpty -r -t inner got; sleep 0.05; done
zpty -d inner
cat $3`;
    const out = await run("zsh", ["-f", "-c", inside, "zsh", place.script, line, `${place.folder}/line`], place);
    await Deno.remove(`${place.folder}/line`);
    return /^line:(.*):$/m.exec(out)?.[1] ?? out;
  },
  /** fish tells what it would propose. */
  async fish(line, place) {
    const out = await run(
      "fish",
      ["--no-config", "-c", `source $argv[1]; complete -C $argv[2]`, place.script, line],
      place,
    );
    const found = out.split("\n").map((one) => one.split("\t")[0]!).filter((one) => one !== "");
    return completedBy(line, found);
  },
};

for (const [shell, complete] of Object.entries(SHELLS)) {
  const isMissing = !await new Deno.Command(shell, { args: ["-c", "exit"] }).output().then(() => true, () => false);
  const ignore = isMissing && Deno.env.get("CI") !== "true";
  if (ignore) console.log(`skipped: no ${shell} here`);
  Deno.test({
    name: `${shell} completes commands, what they take, options, files and folders`,
    ignore,
    fn: async () => {
      const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "essaim-completion-" }));
      try {
        await Deno.mkdir(`${folder}/Photos`);
        await Deno.writeTextFile(`${folder}/Lesson.pdf`, "");
        const { code, out, err } = await essaim(["completion", shell]);
        assert.equal(code, 0, err);
        const script = `${folder}/.script`;
        await Deno.writeTextFile(script, out);
        for (const [line, completed] of TYPED) assert.equal(await complete(line, { folder, script }), completed, line);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

Deno.test("another shell is refused with those that are known", async () => {
  const { code, err } = await essaim(["completion", "tcsh"]);
  assert.equal(code, 2);
  assert.match(err, /completion bash, completion zsh, completion fish/);
});
