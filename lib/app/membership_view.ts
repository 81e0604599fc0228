import type { UserId } from "../core/ids.ts";
import type { Joined } from "../core/membership.ts";

export interface JoinRequested {
  readonly link: string;
  readonly tracker?: string | undefined;
  /** Link of a tracker that was heard, with the first half of the code. */
  readonly heard?: string | undefined;
  readonly name: string;
}

/** The class that this computer belongs to, as the other use cases see it. */
export interface MembershipView {
  readonly current: Joined | undefined;
  /** Whether the teacher has removed this computer from it. */
  readonly removed: boolean;
  /** Also of a computer that was removed. */
  readonly standing: { readonly name: string; readonly user: UserId; readonly removed: boolean } | undefined;
  /** Everybody else in the class, as last heard from the tracker. */
  people(): { user: UserId; name: string }[];
  /** Throws `bad-input`, `wrong-code`, `name-taken`, `removed`, `limited`, `unreachable`, `conflict` (in a class already). */
  join(request: JoinRequested, signal: AbortSignal): Promise<void>;
  /** The key stays; what is not public is readable by nobody until the class is joined again. */
  leave(): Promise<void>;
  /** By which one more computer joins as the same user, once. Throws `unreachable`, `conflict` in no class. */
  deviceCode(signal: AbortSignal): Promise<{ code: string; link: string; until: string }>;
  /** The newest of who is in the class, as far as the tracker answers soon. */
  refreshPeople(): Promise<void>;
  /** Key and membership, encrypted with the passphrase. */
  exportIdentity(passphrase: string): Promise<Uint8Array>;
  /** The answer ends it. */
  onChange(listener: () => void): () => void;
  /** "" when none is set. */
  trackerUrl(): string;
}
