import { fileURLToPath } from "node:url";

/** One way to be slow. */
export interface Way {
  /** Over TLS, with a certificate or none; without it, bare TCP. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string; readonly servername: string };
  /** Sent at once, with so many bytes after it. */
  readonly begin: string;
  readonly filler?: number;
  /** Sent again and again. */
  readonly trickle: string;
  readonly reads: boolean;
}

export interface SlowAttack {
  readonly port: number;
  readonly connections: number;
  readonly ways: readonly Way[];
}

/** Slow connections out of a process of its own, until it is disposed. */
export class Slow implements AsyncDisposable {
  private constructor(readonly child: Deno.ChildProcess, readonly open: number) {}

  /** Resolves when all are connected, or were refused. */
  static async start(attack: SlowAttack): Promise<Slow> {
    const path = fileURLToPath(new URL("slow_child.ts", import.meta.url));
    const args = ["run", "-q", "-A", "--no-check", path];
    const child = new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped" }).spawn();
    const input = child.stdin.getWriter();
    await input.write(new TextEncoder().encode(`${JSON.stringify(attack)}\n`));
    input.releaseLock();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader.read();
    reader.cancel().catch(() => {});
    return new Slow(child, Number(value));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child.stdin.close().catch(() => {});
    await this.child.status;
  }
}
