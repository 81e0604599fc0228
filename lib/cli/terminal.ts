/**
 * Where a command writes. Results go to standard output, everything else (progress, remarks, errors) to standard
 * error. A reader that went away (`essaim search x | head -1`) is no error: what follows is dropped.
 */
export interface Terminal {
  /** Whether a person sees standard error, so that a moving bar makes sense. */
  readonly live: boolean;
  /** Width of the window that shows standard output; undefined where nobody looks. */
  readonly columns: number | undefined;
  line(text: string): void;
  remark(text: string): void;
}

type Output = Pick<typeof Deno.stdout, "writeSync">;

const ENCODER = new TextEncoder();

/** Writes lines until the other side is closed. */
function lines(output: Output): (text: string) => void {
  let open = true;
  return (text) => {
    let rest = ENCODER.encode(text + "\n");
    while (open && rest.length > 0) {
      try {
        rest = rest.subarray(output.writeSync(rest));
      } catch (error) {
        if (error instanceof Deno.errors.WouldBlock) continue; // a full pipe that somebody made non-blocking
        open = false; // closed pipe, full disk: nobody reads, and there is nowhere to say so
      }
    }
  };
}

export function systemTerminal(): Terminal {
  return {
    live: Deno.stderr.isTerminal() && Deno.env.get("TERM") !== "dumb",
    columns: Deno.stdout.isTerminal() ? windowColumns() : undefined,
    line: lines(Deno.stdout),
    remark: lines(Deno.stderr),
  };
}

/** Width of the window, 80 where it is not known. */
export function windowColumns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}
