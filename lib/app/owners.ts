import type { ClassMembers } from "../class_ports.ts";
import { EssaimError } from "../core/errors.ts";
import type { PeerId } from "../core/ids.ts";
import type { Member } from "../core/membership.ts";
import type { Certificate, Keys, PublicKey } from "../core/messages.ts";
import { isRestricted, type LiveRecord, type SignedRecord } from "../core/share_record.ts";
import type { Signatures } from "../ports.ts";
import type { OwnerProof } from "../store_ports.ts";

export interface ProvingPorts {
  readonly signatures: Signatures;
  readonly members: ClassMembers;
}

/** A live record with what proves it. */
export interface Proved {
  readonly signed: SignedRecord<LiveRecord>;
  readonly proof: OwnerProof;
}

/** The owners that one answer speaks of: those in the class by certificates, the others by their keys. */
export class Owners {
  constructor(
    readonly ports: ProvingPorts,
    readonly keys: Keys,
    readonly members: ReadonlyMap<PeerId, { readonly member: Member; readonly certificate: Certificate }>,
  ) {}

  /** Certificates that are not of the class, or not valid now, prove nothing. */
  static async of(
    answer: { readonly keys?: Keys; readonly certificates?: Readonly<Record<string, Certificate>> | undefined },
    ports: ProvingPorts,
  ): Promise<Owners> {
    const members = new Map<PeerId, { member: Member; certificate: Certificate }>();
    for (const certificate of Object.values(answer.certificates ?? {})) {
      const member = await ports.members.member(certificate).catch(() => undefined);
      if (member) members.set(member.peerId, { member, certificate });
    }
    return new Owners(ports, answer.keys ?? {}, members);
  }

  keyOf(peer: PeerId): PublicKey | undefined {
    return this.members.get(peer)?.member.key ?? this.keys[peer];
  }

  /**
   * The record, signed by its owner; one that is not public by a member of this class in the name of its user. Undefined
   * for a tombstone. Throws `bad-record`.
   */
  async prove(jws: string): Promise<Proved | undefined> {
    const { signatures } = this.ports;
    const { record } = await signatures.verifyRecord(jws, (peer) => this.keyOf(peer));
    return record.deleted ? undefined : this.#prove({ record, jws });
  }

  /** The same; a tombstone as it is, which shows nothing that would have to be proved. */
  async read(jws: string): Promise<SignedRecord> {
    const { signatures } = this.ports;
    const { record } = await signatures.verifyRecord(jws, (peer) => this.keyOf(peer));
    return record.deleted ? { record, jws } : this.#prove({ record, jws }).signed;
  }

  #prove({ record, jws }: SignedRecord<LiveRecord>): Proved {
    const { members } = this.ports;
    const owner = this.members.get(record.owner);
    const isProved = !isRestricted(record) ||
      owner !== undefined && record.user === owner.member.user && record.class === members.id;
    if (!isProved) {
      throw new EssaimError("bad-record", "The owner of this record does not prove to be of this class.");
    }
    return { signed: { record, jws }, proof: { key: this.keyOf(record.owner)!, certificate: owner?.certificate } };
  }
}
