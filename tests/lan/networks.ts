/** Two computers on one cable: network namespaces joined by a veth pair. Needs Linux, root and `ip`. */
export interface Cable extends AsyncDisposable {
  readonly ends: readonly [Computer, Computer];
}

export interface Computer {
  readonly address: string;
  /** Runs the command given after it on this computer. */
  readonly within: readonly string[];
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}

async function ip(...args: string[]): Promise<void> {
  await run("ip", args);
}

/** Of namespaces, also of several tests at once. */
function prefix(): string {
  return `essaim-${Deno.pid}-${crypto.randomUUID().slice(0, 4)}`;
}

/** Says that this system does not allow it; a failure where everything has to be tested. */
export function skipped(why: string): undefined {
  if (Deno.env.get("CI")) throw new Error(`Not to be skipped here: ${why}`);
  console.log(`skipped: ${why}`);
}

function noNamespaces(error: unknown): undefined {
  return skipped(`no network namespaces here (${(error as Error).message})`);
}

export interface LoneComputer extends AsyncDisposable {
  readonly within: readonly string[];
}

/** A computer with no network but its loopback. Undefined, with the reason printed, where this system does not allow it. */
export async function loneComputer(): Promise<LoneComputer | undefined> {
  const name = `${prefix()}-lone`;
  const remove = () => ip("netns", "del", name).catch(() => {});
  try {
    await ip("netns", "add", name);
    await ip("-n", name, "link", "set", "lo", "up");
  } catch (error) {
    await remove();
    return noNamespaces(error);
  }
  return { within: ["ip", "netns", "exec", name], [Symbol.asyncDispose]: remove };
}

/** Undefined, with the reason printed, where this system does not allow it. */
export async function cable(): Promise<Cable | undefined> {
  const name = prefix();
  const names = [`${name}-a`, `${name}-b`] as const;
  const addresses = ["10.213.77.1", "10.213.77.2"] as const;
  const remove = async () => {
    for (const name of names) await ip("netns", "del", name).catch(() => {}); // its end of the cable goes with it
  };
  try {
    for (const name of names) await ip("netns", "add", name);
    await ip("link", "add", "eth0", "netns", names[0], "type", "veth", "peer", "name", "eth0", "netns", names[1]);
    for (const [index, name] of names.entries()) {
      await ip("-n", name, "addr", "add", `${addresses[index]}/24`, "dev", "eth0");
      for (const device of ["lo", "eth0"]) await ip("-n", name, "link", "set", device, "up");
    }
  } catch (error) {
    await remove();
    return noNamespaces(error);
  }
  const computer = (index: 0 | 1): Computer => ({
    address: addresses[index],
    within: ["ip", "netns", "exec", names[index]],
  });
  return { ends: [computer(0), computer(1)], [Symbol.asyncDispose]: remove };
}

/** A computer at a switch, of which more can be said. */
export interface Desk extends Computer {
  /** What it sends from now on, for `tc`: `20mbit`. */
  limit(rate: string): Promise<void>;
  /** What it sends and what the switch sends to it from now on: a link of `rate`, for `tc`, both ways. */
  shape(rate: string): Promise<void>;
  /** Bytes on the cable so far, Ethernet headers included, once it is shaped. */
  carried(): Promise<Carried>;
  /** Counts what comes to it by the address of the sender, in bytes without Ethernet headers. */
  countSenders(): Promise<() => Promise<ReadonlyMap<string, number>>>;
  /** Its cable. */
  link(state: "up" | "down"): Promise<void>;
  /** From now on it has this address instead of the one before. */
  moveTo(address: string): Promise<void>;
  /** So much in a hundred of what comes to it is lost. */
  lose(percent: number): Promise<void>;
  /** Counts what it sends and `match`, an expression of `nft`, holds for; the answer says how many packets it were. */
  count(match: string): Promise<() => Promise<number>>;
  ip(...args: string[]): Promise<void>;
}

export interface Carried {
  readonly sent: number;
  readonly received: number;
}

export interface Room extends AsyncDisposable {
  readonly computers: readonly Desk[];
  /** Runs the command given after it where everything that any of them sends passes by, on the device `br0`. */
  readonly within: readonly string[];
  /** Puts these at a switch of their own, with no cable to the first one. */
  part(indexes: readonly number[]): Promise<void>;
  /** All are at one switch again. */
  heal(): Promise<void>;
}

/**
 * As a link shapes: little at once, and a queue like that of a switch. Twice the largest segment that a sender hands over,
 * else `tc` cuts each into packets, which costs more of the computer than all else here.
 */
const LINK_SHAPE = ["burst", "128kb", "limit", "512kb"];

/** `plug`: the namespace and device of its port at the switch. */
function deskOf(name: string, first: string, plug: readonly [string, string]): Desk {
  const cable = [[name, "eth0"], plug] as const;
  let address = first;
  let rules = 0;
  const within = ["ip", "netns", "exec", name];
  const nft = (...args: string[]) => run("ip", ["netns", "exec", name, "nft", ...args]);
  /** A chain of its own for each rule. */
  const rule = async (hook: "input" | "output", text: string) => {
    const table = `essaim${rules++}`;
    await nft("add", "table", "inet", table);
    await nft("add", "chain", "inet", table, "c", `{ type filter hook ${hook} priority 0 ; }`);
    await nft("add", "rule", "inet", table, "c", text);
    return table;
  };
  return {
    get address() {
      return address;
    },
    within,
    async limit(rate) {
      const shape = ["root", "tbf", "rate", rate, "burst", "64kb", "latency", "50ms"];
      await run("ip", ["netns", "exec", name, "tc", "qdisc", "replace", "dev", "eth0", ...shape]);
    },
    async shape(rate) {
      for (const [where, device] of cable) {
        await run("tc", ["-n", where, "qdisc", "replace", "dev", device, "root", "tbf", "rate", rate, ...LINK_SHAPE]);
      }
    },
    async carried() {
      const [sent, received] = await Promise.all(cable.map(async ([where, device]): Promise<number> => {
        const [{ bytes }] = JSON.parse(await run("tc", ["-n", where, "-j", "-s", "qdisc", "show", "dev", device]));
        return bytes;
      }));
      return { sent: sent!, received: received! };
    },
    async countSenders() {
      const table = `essaim${rules++}`;
      await nft("add", "table", "inet", table);
      await nft("add", "set", "inet", table, "from", "{ type ipv4_addr; size 1024; flags dynamic; counter; }");
      await nft("add", "chain", "inet", table, "c", "{ type filter hook input priority 0 ; }");
      await nft("add", "rule", "inet", table, "c", "iifname eth0 update @from { ip saddr counter }");
      return async () => {
        const listed = await nft("list", "set", "inet", table, "from");
        return new Map(
          listed.matchAll(/([\d.]+) counter packets \d+ bytes (\d+)/g).map(([, from, bytes]) => [from!, Number(bytes)]),
        );
      };
    },
    link: (state) => ip("-n", name, "link", "set", "eth0", state),
    async moveTo(next) {
      await ip("-n", name, "addr", "flush", "dev", "eth0");
      await ip("-n", name, "addr", "add", `${next}/24`, "dev", "eth0");
      address = next;
    },
    async lose(percent) {
      await rule("input", `iifname eth0 numgen random mod 100 < ${percent} drop`);
    },
    async count(match) {
      const table = await rule("output", `${match} counter`);
      return async () => Number(/packets (\d+)/.exec(await nft("list", "table", "inet", table))?.[1]);
    },
    ip: (...args) => ip("-n", name, ...args),
  };
}

/** Several computers at one switch. Undefined, with the reason printed, where this system does not allow it. */
export async function switched(count: number): Promise<Room | undefined> {
  const all = prefix();
  const hub = `${all}-switch`;
  const names = Array.from({ length: count }, (_, index) => `${all}-${index}`);
  const addressOf = (index: number) => `10.213.78.${index + 1}`;
  const remove = async () => {
    for (const name of [...names, hub]) await ip("netns", "del", name).catch(() => {});
  };
  try {
    for (const name of [hub, ...names]) await ip("netns", "add", name);
    for (const bridge of ["br0", "br1"]) {
      await ip("-n", hub, "link", "add", bridge, "type", "bridge");
      await ip("-n", hub, "link", "set", bridge, "up");
    }
    for (const [index, name] of names.entries()) {
      const plug = `port${index}`;
      await ip("link", "add", "eth0", "netns", name, "type", "veth", "peer", "name", plug, "netns", hub);
      await ip("-n", hub, "link", "set", plug, "master", "br0", "up");
      await ip("-n", name, "addr", "add", `${addressOf(index)}/24`, "dev", "eth0");
      for (const device of ["lo", "eth0"]) await ip("-n", name, "link", "set", device, "up");
    }
  } catch (error) {
    await remove();
    return noNamespaces(error);
  }
  const plug = (indexes: Iterable<number>, bridge: string) =>
    Promise.all(Array.from(indexes, (index) => ip("-n", hub, "link", "set", `port${index}`, "master", bridge)));
  return {
    computers: names.map((name, index) => deskOf(name, addressOf(index), [hub, `port${index}`])),
    within: ["ip", "netns", "exec", hub],
    part: async (indexes) => void await plug(indexes, "br1"),
    heal: async () => void await plug(names.keys(), "br0"),
    [Symbol.asyncDispose]: remove,
  };
}
