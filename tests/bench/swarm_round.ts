import { setTimeout as delay } from "node:timers/promises";
import type { Desk } from "../lan/networks.ts";
import { warmMemory } from "./run.ts";
import { ETHERNET } from "./swarm_links.ts";
import type { Order, SwarmContestant, SwarmJob } from "./swarm_contestant.ts";
import type { SwarmTrace } from "./swarm_trace.ts";
import { median } from "./table.ts";
import { checkDelivered } from "./test_file.ts";

const LOOK_EVERY_MS = 5;
const GIVE_UP_MS = 240_000;

/** One delivery to all pupils; times in seconds from the commands to a verified file. */
export interface Delivery {
  /** Of the last pupil. */
  readonly seconds: number;
  readonly firstSeconds: number;
  readonly medianSeconds: number;
  /** How often the teacher's computer sent the whole file. */
  readonly copies: number;
  /** Part of all cores that was at work. Near 1, the computer was the limit and not the links. */
  readonly busy: number;
}

/** Prepares, gives all commands at once, and hashes every file that came. Rejects unless each is right. */
export async function deliver(
  contestant: SwarmContestant,
  job: SwarmJob,
  trace: SwarmTrace | undefined,
): Promise<Delivery> {
  await using prepared = await contestant.prepare(job);
  const poised = prepared.orders.map((order, index) => poise(job.pupils[index]!, order, job.signal));
  await using tracing = await trace?.begin(job);
  await warmMemory(job.pupils.length * job.file.size);
  const sentBefore = (await job.teacher.carried()).sent;
  const workBefore = cpuWork();
  const begun = performance.now();
  await Promise.all(poised.map((pupil) => pupil.go()));
  const seconds = await Promise.race([
    whenDone(prepared.orders, begun, job.signal),
    Promise.all(poised.map(({ failure }) => failure)).then(() => new Promise<never>(() => {})),
  ]);
  const work = cpuWork();
  const { sent } = await job.teacher.carried();
  const print = await tracing?.stop();
  for (const { delivered } of prepared.orders) await checkDelivered(delivered, job.file, job.signal);
  print?.(contestant.title, seconds);
  return {
    seconds: Math.max(...seconds),
    firstSeconds: Math.min(...seconds),
    medianSeconds: median(seconds),
    copies: (sent - sentBefore) / (job.file.size * ETHERNET),
    busy: (work.busy - workBefore.busy) / (work.all - workBefore.all),
  };
}

/** A shell that waits on the pupil's computer for a line and becomes the command: what starting costs is paid before. */
function poise({ within }: Desk, { command }: Order, signal: AbortSignal) {
  const [program = "", ...args] = [...within, "sh", "-c", 'read -r _ && exec "$@"', "sh", ...command];
  const child = new Deno.Command(program, { args, signal, stdin: "piped", stdout: "null", stderr: "piped" }).spawn();
  const failure = child.output().then(({ code, stderr }) => {
    if (code !== 0) throw new Error(`${command[0]} ended with exit code ${code}: ${new TextDecoder().decode(stderr)}`);
  });
  failure.catch(() => {}); // told by whoever waits for the deliveries
  return {
    failure,
    async go(): Promise<void> {
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode("\n"));
      await writer.close();
    },
  };
}

/** Seconds after which each pupil had the file. */
async function whenDone(orders: readonly Order[], begun: number, signal: AbortSignal): Promise<number[]> {
  const seconds = orders.map(() => NaN);
  for (;;) {
    const now = performance.now() - begun;
    for (const [index, { done }] of orders.entries()) {
      if (Number.isNaN(seconds[index]) && exists(done)) seconds[index] = now / 1_000;
    }
    const late = seconds.filter(Number.isNaN).length;
    if (late === 0) return seconds;
    if (now > GIVE_UP_MS) {
      throw new Error(`${late} of ${orders.length} pupils had no file after ${GIVE_UP_MS / 1_000} s`);
    }
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Time that all cores spent so far, in ticks; proc(5), /proc/stat. */
function cpuWork(): { readonly busy: number; readonly all: number } {
  const [total = ""] = Deno.readTextFileSync("/proc/stat").split("\n");
  const ticks = total.split(/\s+/).slice(1, 9).map(Number); // guests are in user time already
  const all = ticks.reduce((sum, one) => sum + one, 0);
  const [idle = 0, waiting = 0] = ticks.slice(3, 5);
  return { busy: all - idle - waiting, all };
}
