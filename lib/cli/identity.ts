import { EssaimError } from "../core/errors.ts";
import { printable } from "../core/safe_path.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";

const SHORTEST = 8; // characters; the file may be tried without end
const MAX_STDIN_BYTES = 4_096;
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
    throw new EssaimError("unwritable", `Cannot write ${printable(target)}: ${why}.`, { cause });
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
    throw new EssaimError("unreadable", `Cannot read ${printable(source)}: ${(cause as Error).message}.`, { cause });
  }
  const passphrase = fromStdin ? await stdin() : ask("Passphrase: ");
  const { className } = await work(data, passphrase, file);
  const { terminal } = context;
  terminal.line(
    className === undefined ? "This is that peer now." : `This is that peer now, in ${printable(className)}.`,
  );
  terminal.remark("The computer that it comes from must not be used with this identity any more.");
  return EXIT.done;
}

async function newPassphrase(fromStdin: boolean): Promise<string> {
  const passphrase = fromStdin ? await stdin() : ask(`Passphrase (at least ${SHORTEST} characters): `);
  if ([...passphrase].length < SHORTEST) {
    throw new EssaimError("bad-input", `The passphrase needs at least ${SHORTEST} characters.`);
  }
  if (!fromStdin && ask("Again: ") !== passphrase) {
    throw new EssaimError("bad-input", "The two passphrases differ. Nothing was written.");
  }
  return passphrase;
}

/** A line typed on the terminal, which does not show it. */
function ask(question: string): string {
  const { stdin, stderr } = Deno;
  if (!stdin.isTerminal()) {
    throw new EssaimError("bad-input", "There is no terminal to ask for the passphrase. Use --passphrase-stdin.");
  }
  stderr.writeSync(new TextEncoder().encode(question));
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  stdin.setRaw(true);
  try {
    while (stdin.readSync(one) === 1) {
      const [byte = 0] = one;
      if (byte === 0x03) throw new EssaimError("cancelled", "Nothing was done.");
      if (byte === 0x0d || byte === 0x0a || byte === 0x04) break;
      if (byte === 0x7f || byte === 0x08) { while (bytes.length > 0 && (bytes.pop()! & 0xc0) === 0x80); }
      else if (bytes.length < MAX_STDIN_BYTES) bytes.push(byte);
    }
  } finally {
    stdin.setRaw(false);
    stderr.writeSync(new TextEncoder().encode("\n"));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/** Standard input without its last line end. */
async function stdin(): Promise<string> {
  let text = "";
  for await (const part of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.length > MAX_STDIN_BYTES) throw new EssaimError("too-large", "The passphrase is too long.");
  }
  return text.replace(/\r?\n$/, "");
}
