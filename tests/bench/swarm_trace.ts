import type { Desk } from "../lan/networks.ts";
import type { SwarmJob } from "./swarm_contestant.ts";
import { table } from "./table.ts";

const LOOK_EVERY_MS = 50;
/** A link is idle while less than this part of it is used. */
const IDLE_BELOW = 0.05;
const MIB = 1024 ** 2;
/** One sign of a line of time. */
const SIGN_MS = 250;
const SIGNS = " ▁▂▃▄▅▆▇█";

/** What a computer's cable carried so far, in bytes, each segment with one header however many packets it became. */
interface Traffic {
  readonly down: number;
  readonly up: number;
}

interface Sample {
  readonly atMs: number;
  readonly traffic: readonly Traffic[];
}

/** Watches who sends how much to whom and when links are idle, while a file is delivered. */
export class SwarmTrace {
  constructor(readonly bitsPerSecond: number) {}

  async begin({ teacher, pupils }: SwarmJob) {
    const desks = [teacher, ...pupils];
    const names = ["teacher", ...pupils.map((_, index) => `pupil${index + 1}`)];
    const windows = await Promise.all(desks.map(openWindow));
    const senders = await Promise.all(desks.map((desk) => desk.countSenders()));
    const samples: Sample[] = [];
    const begun = performance.now();
    const look = () => {
      samples.push({ atMs: performance.now() - begun, traffic: windows.map((window) => window.look()) });
    };
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return {
      /** Ends the watch; what it gives prints all, told when each pupil was done. */
      stop: async () => {
        look();
        clearInterval(timer);
        const from = await Promise.all(senders.map((read) => read()));
        return (title: string, seconds: readonly number[]): void => {
          console.log(`\n${title}: who got how much of whom (MiB, with headers) and when links were idle`);
          console.log(this.#matrix(names, desks, from, samples, seconds));
          console.log(`\nuse of each link, a sign for each ${SIGN_MS} ms`);
          console.log(this.#lines(names, samples).join("\n"), "\n");
        };
      },
      async [Symbol.asyncDispose]() {
        clearInterval(timer);
        await Promise.all(windows.map((window) => window[Symbol.asyncDispose]()));
      },
    };
  }

  #matrix(
    names: readonly string[],
    desks: readonly Desk[],
    from: readonly ReadonlyMap<string, number>[],
    samples: readonly Sample[],
    seconds: readonly number[],
  ): string {
    const last = Math.max(...seconds);
    const rows = names.map((name, index) => {
      const done = seconds[index - 1]; // the teacher has it from the beginning
      const got = desks.map(({ address }) => (from[index]!.get(address) ?? 0) / MIB);
      return [
        name,
        ...got.map((mib) => mib < 0.05 ? "" : mib.toFixed(1)),
        got.reduce((sum, one) => sum + one, 0).toFixed(1),
        done?.toFixed(2) ?? "",
        done === undefined ? "" : this.#idle(samples, index, "down", done).toFixed(2),
        this.#idle(samples, index, "up", last).toFixed(2),
      ];
    });
    return table(["", ...names, "all", "done s", "idle down s", "idle up s"], rows);
  }

  /** Part of the link that was used between two samples. */
  #used(before: Sample, after: Sample, index: number, way: keyof Traffic): number {
    const bytes = after.traffic[index]![way] - before.traffic[index]![way];
    return bytes * 8 * 1_000 / (after.atMs - before.atMs) / this.bitsPerSecond;
  }

  #idle(samples: readonly Sample[], index: number, way: keyof Traffic, untilSeconds: number): number {
    let idleMs = 0;
    for (const [at, after] of samples.entries()) {
      const before = samples[at - 1];
      if (!before || before.atMs > untilSeconds * 1_000) continue;
      if (this.#used(before, after, index, way) < IDLE_BELOW) idleMs += after.atMs - before.atMs;
    }
    return idleMs / 1_000;
  }

  #lines(names: readonly string[], samples: readonly Sample[]): string[] {
    const marks = samples.filter((_, index) => index % (SIGN_MS / LOOK_EVERY_MS) === 0);
    const line = (index: number, way: keyof Traffic) =>
      marks.slice(1).map((after, at) => {
        const used = this.#used(marks[at]!, after, index, way);
        return SIGNS[
          Math.max(used < IDLE_BELOW ? 0 : 1, Math.min(SIGNS.length - 1, Math.round(used * (SIGNS.length - 1))))
        ];
      }).join("");
    return names.flatMap((name, index) =>
      (["down", "up"] as const).map((way) => `${name.padEnd(8)} ${way.padEnd(4)} |${line(index, way)}|`)
    );
  }
}

/** A process of that computer, by which its counters can be read without starting another one each time. */
async function openWindow(desk: Desk) {
  const [program = "", ...args] = [...desk.within, "cat"];
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new Uint8Array(1));
  const reader = child.stdout.getReader();
  await reader.read(); // it runs there by now
  return {
    look(): Traffic {
      const [, numbers = ""] = /eth0:(.*)/.exec(Deno.readTextFileSync(`/proc/${child.pid}/net/dev`)) ?? [];
      const fields = numbers.trim().split(/\s+/).map(Number);
      return { down: fields[0]!, up: fields[8]! }; // proc_pid_net(5)
    },
    async [Symbol.asyncDispose]() {
      await writer.close();
      await reader.cancel();
      await child.status;
    },
  };
}
