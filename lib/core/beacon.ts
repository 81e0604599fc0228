import { z } from "zod";
import { classIdSchema, peerIdSchema } from "./ids.ts";
import { displayNameSchema, indexPositionSchema } from "./messages.ts";

/** Fits into one packet of every network. */
export const MAX_BEACON_BYTES = 1_200;
/** Lower ports belong to other services: what somebody says is not to lead there. */
const LOWEST_PORT = 1_024;
/** As `encodeBeacon` begins: other datagrams are dropped unread. */
const BEGINNING = new TextEncoder().encode('{"essaim":1,');

const port = z.number().int().min(LOWEST_PORT).max(65_535);

const peerBeaconSchema = z.object({
  essaim: z.literal(1),
  kind: z.literal("peer"),
  peer: peerIdSchema,
  /** Another one at each start of the process. */
  instance: z.string().regex(/^[0-9a-f]{32}$/),
  class: classIdSchema.optional(),
  port,
  /** Where members of the class are answered. */
  memberPort: port.optional(),
  index: indexPositionSchema,
  /** It has just come to this network, and wants to hear who is there. */
  isNew: z.literal(true).optional(),
});

const trackerBeaconSchema = z.object({
  essaim: z.literal(1),
  kind: z.literal("tracker"),
  class: classIdSchema,
  /** Of the class. */
  name: displayNameSchema,
  port,
  memberPort: port,
});

const beaconSchema = z.discriminatedUnion("kind", [peerBeaconSchema, trackerBeaconSchema]);

/** What a peer tells everybody on its network. Only a hint: nothing of it is proved, and its address is its source's. */
export type PeerBeacon = z.infer<typeof peerBeaconSchema>;
export type TrackerBeacon = z.infer<typeof trackerBeaconSchema>;
export type Beacon = PeerBeacon | TrackerBeacon;

export function encodeBeacon({ essaim, kind, ...rest }: Beacon): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ essaim, kind, ...rest }));
}

/** Whether it may be a beacon, at the cost of a few bytes. */
export function looksLikeBeacon(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_BEACON_BYTES && BEGINNING.every((byte, index) => bytes[index] === byte);
}

/** Undefined for anything that is not a beacon. Never throws. */
export function parseBeacon(bytes: Uint8Array): Beacon | undefined {
  if (!looksLikeBeacon(bytes)) return undefined;
  try {
    return beaconSchema.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))).data;
  } catch {
    return undefined;
  }
}
