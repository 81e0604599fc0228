import { isLoopback } from "../core/address.ts";
import type { CardFact } from "../core/doctor.ts";
import { broadcastOf } from "../core/subnet.ts";
import type { EchoFacts } from "../discovery_ports.ts";

const GROUP = "239.255.77.77";
const SENT_TIMES = 3;
const BETWEEN_MS = 150;
const WITHIN_MS = 1_000;

/** The addresses of the network cards, as the system tells them; none where it does not. */
export function networkCards(): CardFact[] {
  try {
    return Deno.networkInterfaces().map(({ name, family, address, netmask }) => ({ name, family, address, netmask }));
  } catch {
    return [];
  }
}

/**
 * Sends random bytes to everybody on each IPv4 network of this computer, on a port of their own, and listens whether
 * they come back here: a firewall of this computer keeps them away. Never rejects.
 */
export async function udpEcho(cards: readonly CardFact[], signal: AbortSignal): Promise<EchoFacts> {
  const own = cards.filter((card) =>
    card.family === "IPv4" && !isLoopback(card.address) && broadcastOf(card) !== undefined
  );
  if (own.length === 0) return { broadcast: undefined, multicast: undefined };
  const [broadcast, multicast] = await Promise.all([
    comesBack(own, undefined, signal),
    comesBack(own, GROUP, signal),
  ]);
  return { broadcast, multicast };
}

/** `group`: of multicast; without one, each network's broadcast address. Undefined where nothing could be sent. */
async function comesBack(
  cards: readonly CardFact[],
  group: string | undefined,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const ears = listen("0.0.0.0");
  if (ears === undefined) return undefined;
  // Multicast leaves by the network whose address its socket has.
  const mouths = cards.flatMap((card) => {
    const socket = group === undefined ? ears : listen(card.address);
    return socket === undefined ? [] : [{ socket, card }];
  });
  const sockets = new Set([ears, ...mouths.map(({ socket }) => socket)]);
  const end = new AbortController();
  const within = AbortSignal.any([signal, end.signal, AbortSignal.timeout(WITHIN_MS)]);
  const close = () => sockets.forEach((socket) => socket.close());
  if (within.aborted) close();
  else within.addEventListener("abort", close, { once: true });
  const { port } = ears.addr as Deno.NetAddr;
  const probe = crypto.getRandomValues(new Uint8Array(16));
  let isSent = false;
  const send = async () => {
    for (const { address } of group === undefined ? [] : cards) {
      await ears.joinMulticastV4(GROUP, address).catch(() => {});
    }
    for (let times = 0; times < SENT_TIMES && !within.aborted; times++) {
      for (const { socket, card } of mouths) {
        const to: Deno.NetAddr = { transport: "udp", hostname: group ?? broadcastOf(card)!, port };
        await socket.send(probe, to).then(() => isSent = true, () => {});
      }
      await pause(BETWEEN_MS, within);
    }
  };
  const sending = send();
  let isHeard = false;
  try {
    for await (const [data] of ears) {
      isHeard = data.length === probe.length && data.every((byte, index) => byte === probe[index]);
      if (isHeard) break;
    }
  } catch {
    // The socket was closed: time is over.
  }
  end.abort();
  await sending;
  return isHeard || (isSent ? false : undefined);
}

function listen(hostname: string): Deno.DatagramConn | undefined {
  try {
    return Deno.listenDatagram({ transport: "udp", hostname, port: 0, loopback: true });
  } catch {
    return undefined;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) return Promise.resolve();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    resolve();
  }, { once: true });
  return promise;
}
