import type { Certificate, ClassId } from "./class_messages.ts";
import type { PeerId, UserId } from "./ids.ts";
import type { PublicKey } from "./messages.ts";

/** What a valid certificate of a class says: which computer, of which user, called how. Times in ms since 1970. */
export interface Member {
  readonly peerId: PeerId;
  readonly user: UserId;
  readonly name: string;
  readonly key: PublicKey;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** The class that this computer has joined, and as whom. */
export interface Joined {
  readonly class: { readonly id: ClassId; readonly name: string };
  readonly me: Member;
  readonly certificate: Certificate;
}

export const DAY_MS = 24 * 3_600_000;
export const CERTIFICATE_DAYS = 30;
/** Clocks in a class may be wrong by this much. */
export const CLOCK_TOLERANCE_MS = 2 * DAY_MS;
const RENEWED_AFTER_MS = 10 * DAY_MS;
export const LEASE_MS = DAY_MS;
export const LEASE_SIGNED_EVERY_MS = 3_600_000;

/** When a certificate issued at `now` is valid. `notBefore` lies back, for clocks that are behind. */
export function certificateSpan(now: number): Pick<Member, "notBefore" | "notAfter"> {
  return { notBefore: now - CLOCK_TOLERANCE_MS, notAfter: now + CERTIFICATE_DAYS * DAY_MS };
}

export function isValidAt({ notBefore, notAfter }: Pick<Member, "notBefore" | "notAfter">, now: number): boolean {
  return notBefore <= now && now <= notAfter;
}

/** Whether the certificate is old enough to ask for another one. */
export function isDueForRenewal({ notBefore }: Pick<Member, "notBefore">, now: number): boolean {
  return now - (notBefore + CLOCK_TOLERANCE_MS) >= RENEWED_AFTER_MS;
}
