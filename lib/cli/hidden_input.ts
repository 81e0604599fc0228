import { EssaimError } from "../core/errors.ts";

const MAX_BYTES = 4_096;
const [CTRL_C, CTRL_D, BACKSPACE, LINE_FEED, RETURN, DELETE] = [0x03, 0x04, 0x08, 0x0a, 0x0d, 0x7f];
const IS_CONTINUED = 0x80;

/**
 * A line typed at the terminal, which does not show it. `option`: with which it is read from a pipe. Throws `bad-input`
 * where there is no terminal, `cancelled`.
 */
export function askHidden(question: string, option: string): string {
  const { stdin, stderr } = Deno;
  if (!stdin.isTerminal()) {
    throw new EssaimError("bad-input", `There is no terminal to type it at. Use ${option} to read it from a pipe.`);
  }
  const say = (text: string) => stderr.writeSync(new TextEncoder().encode(text));
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  say(question);
  stdin.setRaw(true);
  try {
    while (stdin.readSync(one) === 1) {
      const byte = one[0]!;
      if (byte === CTRL_C) throw new EssaimError("cancelled", "Nothing was changed.");
      if (byte === RETURN || byte === LINE_FEED || byte === CTRL_D) break;
      if (byte === BACKSPACE || byte === DELETE) dropLetter(bytes);
      else if (bytes.length < MAX_BYTES) bytes.push(byte);
    }
  } finally {
    stdin.setRaw(false);
    say("\n");
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/** The last letter of UTF-8, whose later bytes begin with 10. */
function dropLetter(bytes: number[]): void {
  while (bytes.length > 0 && (bytes.pop()! & 0xc0) === IS_CONTINUED);
}

/** Standard input without its last line end. Throws `too-large`. */
export async function readHidden(): Promise<string> {
  let text = "";
  for await (const part of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.length > MAX_BYTES) {
      throw new EssaimError("too-large", "Standard input is too long for a password or passphrase.");
    }
  }
  return text.replace(/\r?\n$/, "");
}
