import { canonicalHost } from "../core/address.ts";
import { EssaimError } from "../core/errors.ts";
import type { CallbackReply, CallbackRequest } from "../core/known_address.ts";
import type { Caller } from "../core/permission.ts";
import { RateLimits } from "../core/rate_limit.ts";
import type { Clock } from "../ports.ts";
import { meetPeer, type MeetPorts } from "./meet_peer.ts";

const AT_ONCE = 8;
/** Every "no" takes this long: how soon a port refuses says whether something is behind it. */
const WITHIN_MS = 2_000;

/**
 * Tells peers whether they can be reached from here: at the address that they ask from, at one port of theirs, and only
 * as the peer that they say to be. Who can be is listed as a neighbour.
 */
export class CallBack {
  readonly #limits = new RateLimits({ burst: 1, perSecond: 1 });
  #running = 0;

  constructor(readonly ports: MeetPorts & { readonly clock: Clock }) {}

  /** Throws `busy` to who asks more than once a second, and when many ask at once; `not-found` where there is no address. */
  async answer({ peerId, port }: CallbackRequest, caller: Caller, signal: AbortSignal): Promise<CallbackReply> {
    const { clock } = this.ports;
    const host = caller.kind === "local" ? undefined : canonicalHost(caller.address);
    if (host === undefined || caller.kind === "member" && caller.peer !== peerId) {
      throw new EssaimError("not-found", "There is nothing at this address.");
    }
    const wait = this.#running >= AT_ONCE ? WITHIN_MS : this.#limits.take(host, clock.monotonic());
    if (wait > 0) throw new EssaimError("busy", "Ask again later.", { retryAfterMs: wait });
    this.#running++;
    const late = clock.sleep(WITHIN_MS, signal);
    late.catch(() => {});
    const within = new AbortController();
    try {
      const asked = meetPeer(this.ports, { host, port }, AbortSignal.any([signal, within.signal]), peerId);
      const reachable = await Promise.race([asked.then(() => true), late.then(() => false)]).catch(() => false);
      if (!reachable) await late;
      return { reachable };
    } finally {
      within.abort();
      this.#running--;
    }
  }
}
