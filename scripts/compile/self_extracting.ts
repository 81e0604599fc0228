import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { optionsWithValue } from "../../lib/cli/program.ts";
import { describedProgram } from "../described_program.ts";
import { filesBelow } from "./files_below.ts";
import HEAD from "./head.sh" with { type: "text" };

/** What the head says of the archive behind it. */
export interface Archive {
  /** Hexadecimal SHA-256 of the compressed archive. */
  readonly hash: string;
  /** How many files are in it. */
  readonly files: number;
  /** Their sizes together. */
  readonly bytes: number;
}

/** The POSIX shell script that stands before the archive. `system`: such as "Linux x86_64". */
export function shellHead({ hash, files, bytes }: Archive, version: string, system: string): string {
  const values = {
    VERSION: version,
    SYSTEM: system,
    SHORT_HASH: hash.slice(0, 16),
    HASH: hash,
    FILES: files,
    BYTES: bytes,
    VALUED: [...optionsWithValue(describedProgram())].join(" | "),
  };
  const said = Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(`@${name}@`, String(value)),
    HEAD,
  );
  // The head says how long it is itself, in as many digits as that takes.
  const lengthWith = (offset: number) => said.replace("@OFFSET@", String(offset)).length + 1;
  let offset = lengthWith(0);
  while (lengthWith(offset) !== offset) offset = lengthWith(offset);
  return said.replace("@OFFSET@", String(offset));
}

/** As `uname` says it. */
export function systemName({ os, arch }: Pick<typeof Deno.build, "os" | "arch">): string {
  if (os === "darwin") return `Darwin ${arch === "aarch64" ? "arm64" : arch}`;
  return `${os === "linux" ? "Linux" : os} ${arch}`;
}

export interface SelfExtractingOptions {
  /** Holds `app`, the program tree; Deno is put beside it. */
  readonly folder: string;
  readonly output: string;
  readonly version: string;
  /** The program that runs the tree. */
  readonly deno: string;
  /** Of gzip, 1 to 9. */
  readonly level: number;
}

/** One executable file that extracts itself, for the system of this computer. */
export async function writeSelfExtracting(
  { folder, output, version, deno, level }: SelfExtractingOptions,
): Promise<void> {
  await Deno.copyFile(deno, join(folder, "deno"));
  const paths = (await Array.fromAsync(filesBelow(folder))).sort();
  let bytes = 0;
  for (const path of paths) {
    const file = join(folder, path);
    await Deno.chmod(file, path === "deno" ? 0o755 : 0o644); // as root, tar keeps them
    bytes += (await Deno.stat(file)).size;
  }
  const packed = join(folder, ".archive");
  const tar = new Deno.Command("tar", { args: ["-cf", "-", "-C", folder, ...paths], stdout: "piped" }).spawn();
  await pipeline(tar.stdout, createGzip({ level }), createWriteStream(packed));
  if (!(await tar.status).success) throw new Error("tar failed; see above.");
  const hash = createHash("sha256");
  for await (const part of createReadStream(packed)) hash.update(part);
  const head = shellHead({ hash: hash.digest("hex"), files: paths.length, bytes }, version, systemName(Deno.build));
  const writing = `${output}.new`;
  try {
    await Deno.writeTextFile(writing, head, { mode: 0o755 });
    await pipeline(createReadStream(packed), createWriteStream(writing, { flags: "a" }));
    await Deno.rename(writing, output);
  } catch (error) {
    await Deno.remove(writing).catch(() => {});
    throw error;
  }
}
