import { fileURLToPath } from "node:url";
import type { Program } from "./processes.ts";

export interface Flood {
  readonly port: number;
  /** Of a whole request. */
  readonly request: string;
  readonly requests: number;
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string; readonly servername: string };
}

export interface Flooded {
  readonly statuses: Readonly<Record<string, number>>;
  /** Refusals that did not say when to come again. */
  readonly withoutRetry: number;
  readonly ms: number;
}

/** Floods a listener out of a process of its own; resolves when it is over. */
export async function flood(what: Flood): Promise<Flooded> {
  const path = fileURLToPath(new URL("flood_child.ts", import.meta.url));
  const args = ["run", "-q", "-A", "--no-check", path];
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped" }).spawn();
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode(JSON.stringify(what)));
  const { stdout } = await child.output();
  await input.close().catch(() => {});
  return JSON.parse(new TextDecoder().decode(stdout));
}

export async function residentBytes({ pid }: Program): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(await Deno.readTextFile(`/proc/${pid}/status`))?.[1]) * 1024;
}
