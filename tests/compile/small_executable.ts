import { randomBytes } from "node:crypto";
import { writeSelfExtracting } from "../../scripts/compile/self_extracting.ts";

/** Stands for Deno in the archive: shows what it was started with, and leaves the rest to Deno. */
const FAKE_DENO = `#!/bin/sh
case $1 in
eval) \${ON_EVAL:-:}; exec '${Deno.execPath()}' "$@" ;;
run) printf '%s|' "$@"; exit "\${EXIT_CODE:-0}" ;;
esac
`;

export interface Ran {
  readonly code: number;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** A self-extracting file with little in it, alone in a folder, and a home and a spare folder for who starts it. */
export class SmallExecutable implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  /** `ballast`: bytes of random data in it. */
  static async write(ballast = 1_000): Promise<SmallExecutable> {
    const folder = await Deno.makeTempDir({ prefix: "essaim-small-" });
    const content = `${folder}/content`;
    for (const path of [`${content}/app/lib`, `${folder}/home`, `${folder}/spare`]) {
      await Deno.mkdir(path, { recursive: true });
    }
    await Deno.writeTextFile(`${content}/app/main.ts`, "");
    await Deno.writeFile(`${content}/app/lib/a file.ts`, randomBytes(ballast));
    await Deno.writeTextFile(`${folder}/fake_deno`, FAKE_DENO);
    const output = `${folder}/essaim`;
    await writeSelfExtracting({ folder: content, output, version: "1.2.3", deno: `${folder}/fake_deno`, level: 1 });
    return new SmallExecutable(folder);
  }

  get file(): string {
    return `${this.folder}/essaim`;
  }

  get home(): string {
    return `${this.folder}/home`;
  }

  get base(): string {
    return `${this.home}/.cache/essaim`;
  }

  /** TMPDIR of who starts it. */
  get spare(): string {
    return `${this.folder}/spare`;
  }

  /** Starts it in an environment with nothing else. */
  async run(args: readonly string[] = [], env: Record<string, string> = {}, cwd = this.folder): Promise<Ran> {
    const { code, signal, stdout, stderr } = await new Deno.Command(this.file, {
      args: [...args],
      env: { HOME: this.home, TMPDIR: this.spare, ...env },
      clearEnv: true,
      cwd,
      stdin: "null",
    }).output();
    return { code, signal, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Names in a folder, sorted; none when it is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
    throw error;
  }
}

/** The folder of this version in a base. */
export async function versionIn(base: string): Promise<string> {
  const [name, ...more] = (await namesIn(base)).filter((name) => name !== "cache");
  if (name === undefined || more.length > 0) throw new Error(`not one version in ${base}: ${name} ${more}`);
  return `${base}/${name}`;
}
