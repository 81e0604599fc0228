import { EssaimError } from "../core/errors.ts";
import { printable } from "../core/safe_path.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { askHidden, readHidden } from "./hidden_input.ts";

const SHORTEST = 8; // characters; the file may be tried without end
const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** Makes `file` the identity of the stopped peer in `data`; the wiring gives it. Resolves to the name in the class. */
export type ImportIdentity = (
  data: string,
  passphrase: string,
  file: Uint8Array,
) => Promise<{ readonly className: string | undefined }>;

/** Writes key and membership of the local peer into a new file, which only the passphrase opens. */
export async function exportIdentity(context: Context, path: string, fromStdin: boolean): Promise<ExitCode> {
  const api = await context.connect();
  const target = context.absolute(path);
  const passphrase = await newPassphrase(fromStdin);
  const bytes = await api.exportIdentity(passphrase);
  try {
    await Deno.writeFile(target, bytes, { createNew: true, mode: 0o600 });
  } catch (cause) {
    const why = cause instanceof Deno.errors.AlreadyExists ? "there is a file of this name" : (cause as Error).message;
    throw new EssaimError("unwritable", `Cannot write ${printable(target)}: ${why}. Give another file.`, { cause });
  }
  const { terminal } = context;
  terminal.line(`Wrote ${printable(target)}.`);
  terminal.remark(
    "This moves the identity: stop this computer's peer for good before the other one starts. Two computers with one " +
      `identity get in each other's way; for a second computer take ${context.hint("device-code")} instead.`,
  );
  return EXIT.done;
}

/** The other way round, on a computer where no peer runs. */
export async function importIdentity(
  context: Context,
  path: string,
  data: string,
  fromStdin: boolean,
  work: ImportIdentity,
): Promise<ExitCode> {
  const source = context.absolute(path);
  let file: Uint8Array;
  try {
    if ((await Deno.stat(source)).size > MAX_FILE_BYTES) throw new Error("it is too large for an identity");
    file = await Deno.readFile(source);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new EssaimError("unreadable", `Cannot read ${printable(source)}: ${why}. Check its path and permissions.`, {
      cause,
    });
  }
  const passphrase = await read("Passphrase: ", fromStdin);
  const { className } = await work(data, passphrase, file);
  const { terminal } = context;
  terminal.line(
    className === undefined ? "This is that peer now." : `This is that peer now, in ${printable(className)}.`,
  );
  terminal.remark("The computer that it comes from must not be used with this identity any more.");
  return EXIT.done;
}

async function newPassphrase(fromStdin: boolean): Promise<string> {
  const passphrase = await read(`Passphrase (at least ${SHORTEST} characters): `, fromStdin);
  if ([...passphrase].length < SHORTEST) {
    throw new EssaimError("bad-input", `The passphrase needs at least ${SHORTEST} characters. Choose a longer one.`);
  }
  if (!fromStdin && await read("The same once more: ", fromStdin) !== passphrase) {
    throw new EssaimError("bad-input", "The two passphrases differ. Nothing was written; try again.");
  }
  return passphrase;
}

async function read(question: string, fromStdin: boolean): Promise<string> {
  return fromStdin ? await readHidden() : askHidden(question, "--passphrase-stdin");
}
