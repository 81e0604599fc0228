import { Turns } from "../core/turns.ts";
import type { Clock } from "../ports.ts";

/** The password of the teacher's pages, as it is kept. */
export interface TeacherPassword {
  /** Another one after each change of the password; undefined while none is set. */
  mark(): string | undefined;
  /** Takes its time on purpose. False while none is set. */
  matches(password: string): Promise<boolean>;
  /** On the disk when it returns. Throws `bad-input` when it is too short or too long, `unwritable`. */
  set(password: string): Promise<void>;
}

export type SignedIn =
  | { readonly kind: "signed-in"; readonly token: string }
  | { readonly kind: "wrong" }
  /** No password is set. */
  | { readonly kind: "unset" }
  | { readonly kind: "limited"; readonly retryAfterMs: number };

interface Session {
  readonly mark: string;
  readonly until: number;
  usedAt: number;
}

const HOUR_MS = 3_600_000;
export const SESSION_MS = 8 * HOUR_MS;
export const SESSION_IDLE_MS = HOUR_MS / 2;
/** The teacher's computers and browsers; the session used least lately gives way. */
const MAX_SESSIONS = 16;
const TRIES_WITHIN_MS = 60_000;
const MAX_TRIES_BY_ADDRESS = 5;
/** From all addresses: a class that guesses together gains nothing. At the tracker's own computer no password is needed. */
const MAX_TRIES = 30;
/** Each takes 32 MiB and a core for a moment. */
const MAX_WAITING = 4;
const TOKEN_BYTES = 32;

/** Who has signed in to the teacher's pages. In memory: they end with the tracker, and with the password. */
export class TeacherSessions {
  readonly #sessions = new Map<string, Session>();
  #tries: { readonly address: string; readonly at: number }[] = [];
  readonly #checking = new Turns();
  #waiting = 0;

  constructor(readonly ports: { readonly password: TeacherPassword; readonly clock: Clock }) {}

  /** A new session, under a token that was never seen before. One password is checked at a time. */
  async signIn(password: string, address: string): Promise<SignedIn> {
    const mark = this.ports.password.mark();
    if (mark === undefined) return { kind: "unset" };
    const retryAfterMs = this.#waitOf(address);
    if (retryAfterMs > 0) return { kind: "limited", retryAfterMs };
    if (this.#waiting >= MAX_WAITING) return { kind: "limited", retryAfterMs: 1_000 };
    const attempt = { address, at: this.ports.clock.monotonic() };
    this.#tries.push(attempt); // before it is checked: tries that come at once count too
    if (!await this.#check(password)) return { kind: "wrong" };
    this.#tries = this.#tries.filter((one) => one !== attempt);
    return { kind: "signed-in", token: this.#begin(mark) };
  }

  /** Whether the token is of a session that goes on; then it goes on for another half hour. */
  isValid(token: string): boolean {
    const session = this.#sessions.get(token);
    if (!session) return false;
    const now = this.ports.clock.now();
    const isOver = now >= session.until || now - session.usedAt >= SESSION_IDLE_MS ||
      session.mark !== this.ports.password.mark();
    if (isOver) this.#sessions.delete(token);
    else session.usedAt = now;
    return !isOver;
  }

  signOut(token: string): void {
    this.#sessions.delete(token);
  }

  #begin(mark: string): string {
    const now = this.ports.clock.now();
    if (this.#sessions.size >= MAX_SESSIONS) {
      const [oldest] = [...this.#sessions].sort(([, a], [, b]) => a.usedAt - b.usedAt)[0]!;
      this.#sessions.delete(oldest);
    }
    const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
    this.#sessions.set(token, { mark, until: now + SESSION_MS, usedAt: now });
    return token;
  }

  async #check(password: string): Promise<boolean> {
    this.#waiting++;
    try {
      return await this.#checking.take(() => this.ports.password.matches(password));
    } finally {
      this.#waiting--;
    }
  }

  /** Milliseconds until this address may try again; 0: now. */
  #waitOf(address: string): number {
    const now = this.ports.clock.monotonic();
    this.#tries = this.#tries.filter(({ at }) => now - at < TRIES_WITHIN_MS);
    const own = this.#tries.filter((one) => one.address === address);
    const first = own.length >= MAX_TRIES_BY_ADDRESS
      ? own[own.length - MAX_TRIES_BY_ADDRESS]
      : this.#tries.length >= MAX_TRIES
      ? this.#tries[0]
      : undefined;
    return first === undefined ? 0 : first.at + TRIES_WITHIN_MS - now;
  }
}
