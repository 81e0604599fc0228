/** Two computers on one cable: network namespaces joined by a veth pair. Needs Linux, root and `ip`. */
export interface Cable extends AsyncDisposable {
  readonly ends: readonly [Computer, Computer];
}

export interface Computer {
  readonly address: string;
  /** Runs the command given after it on this computer. */
  readonly within: readonly string[];
}

async function ip(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args }).output();
  if (!success) throw new Error(`ip ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}

export interface LoneComputer extends AsyncDisposable {
  readonly within: readonly string[];
}

/** A computer with no network but its loopback. Undefined, with the reason printed, where this system does not allow it. */
export async function loneComputer(): Promise<LoneComputer | undefined> {
  const name = `essaim-${Deno.pid}-lone`;
  const remove = () => ip("netns", "del", name).catch(() => {});
  try {
    await ip("netns", "add", name);
    await ip("-n", name, "link", "set", "lo", "up");
  } catch (error) {
    await remove();
    console.log(`skipped: no network namespaces here (${(error as Error).message})`);
    return undefined;
  }
  return { within: ["ip", "netns", "exec", name], [Symbol.asyncDispose]: remove };
}

/** Undefined, with the reason printed, where this system does not allow it. */
export async function cable(): Promise<Cable | undefined> {
  const names = ["a", "b"].map((end) => `essaim-${Deno.pid}-${end}`) as [string, string];
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
    console.log(`skipped: no network namespaces here (${(error as Error).message})`);
    return undefined;
  }
  const computer = (index: 0 | 1): Computer => ({
    address: addresses[index],
    within: ["ip", "netns", "exec", names[index]],
  });
  return { ends: [computer(0), computer(1)], [Symbol.asyncDispose]: remove };
}

export interface Room extends AsyncDisposable {
  readonly computers: readonly Computer[];
  /** Runs the command given after it where everything that any of them sends passes by, on the device `br0`. */
  readonly within: readonly string[];
}

/** Several computers at one switch. Undefined, with the reason printed, where this system does not allow it. */
export async function switched(count: number): Promise<Room | undefined> {
  const hub = `essaim-${Deno.pid}-switch`;
  const names = Array.from({ length: count }, (_, index) => `essaim-${Deno.pid}-${index}`);
  const addressOf = (index: number) => `10.213.78.${index + 1}`;
  const remove = async () => {
    for (const name of [...names, hub]) await ip("netns", "del", name).catch(() => {});
  };
  try {
    for (const name of [hub, ...names]) await ip("netns", "add", name);
    await ip("-n", hub, "link", "add", "br0", "type", "bridge");
    await ip("-n", hub, "link", "set", "br0", "up");
    for (const [index, name] of names.entries()) {
      const plug = `port${index}`;
      await ip("link", "add", "eth0", "netns", name, "type", "veth", "peer", "name", plug, "netns", hub);
      await ip("-n", hub, "link", "set", plug, "master", "br0", "up");
      await ip("-n", name, "addr", "add", `${addressOf(index)}/24`, "dev", "eth0");
      for (const device of ["lo", "eth0"]) await ip("-n", name, "link", "set", device, "up");
    }
  } catch (error) {
    await remove();
    console.log(`skipped: no network namespaces here (${(error as Error).message})`);
    return undefined;
  }
  const within = (name: string) => ["ip", "netns", "exec", name];
  return {
    computers: names.map((name, index) => ({ address: addressOf(index), within: within(name) })),
    within: within(hub),
    [Symbol.asyncDispose]: remove,
  };
}
