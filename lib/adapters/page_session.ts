import { createHmac, timingSafeEqual } from "node:crypto";
import type { PeerId } from "../core/ids.ts";

/** A one-time link must be opened within this time. */
const KEY_VALID_MS = 5 * 60_000;
const MOST_KEYS = 32;

/** The session of this peer's pages: one cookie, and one-time keys that stand for it once. */
export class PageSession {
  /** Named after the peer, since browsers send a cookie to every port of the same host. */
  readonly #name: string;
  /** Follows from the token, so that open pages stay valid when the peer starts again, and end with the token. */
  readonly #value: string;
  readonly #keys = new Map<string, number>();

  constructor(peerId: PeerId, token: string) {
    this.#name = `essaim_${peerId}`;
    this.#value = createHmac("sha256", token).update("essaim page session v1").digest("hex");
  }

  get setCookie(): string {
    return `${this.#name}=${this.#value}; Path=/; HttpOnly; SameSite=Strict`;
  }

  isIn(cookies: string | null): boolean {
    const shown = cookies?.split(";").map((cookie) => cookie.trim()).filter((cookie) =>
      cookie.startsWith(`${this.#name}=`)
    );
    return shown?.some((cookie) => sameText(cookie.slice(this.#name.length + 1), this.#value)) ?? false;
  }

  /** A key for one link. The oldest is forgotten when there are too many. */
  newKey(now: number): string {
    const key = crypto.getRandomValues(new Uint8Array(16)).toHex();
    this.#keys.set(key, now + KEY_VALID_MS);
    if (this.#keys.size > MOST_KEYS) this.#keys.delete(this.#keys.keys().next().value!);
    return key;
  }

  /** Whether the key is good, which it is once. */
  takeKey(key: string, now: number): boolean {
    const until = this.#keys.get(key);
    this.#keys.delete(key);
    return until !== undefined && now < until;
  }
}

/** Without telling by the time it takes how much of it is right. */
export function sameText(shown: string, expected: string): boolean {
  const [a, b] = [shown, expected].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array];
  return a.length === b.length && timingSafeEqual(a, b);
}
