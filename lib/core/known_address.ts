import { z } from "zod";
import { canonicalHost } from "./address.ts";
import { EssaimError } from "./errors.ts";
import { peerIdSchema, userIdSchema } from "./ids.ts";

/** Of the first peer on a computer. */
const USUAL_PORT = 5001;
const MAX_LENGTH = 300;

export interface HostPort {
  /** An address, without brackets, or a name. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads what somebody typed: "10.0.0.7", "alice-pc:5002", "[fd00::7]:5001"; an address copied from a browser's address
 * bar too. Throws `bad-input`.
 */
export function parseHostPort(text: string): HostPort {
  const typed = text.trim();
  const bare = typed.replace(/^http:\/\//i, "").replace(/\/+$/, "");
  const [, bracketed, plain, portText] = /^(?:\[([^\][]+)\]|([^:/?#@\s[\]]+))(?::(\d{1,5}))?$/.exec(bare) ?? [];
  const name = bracketed ?? plain;
  // 4294967295 and 0x7f.1 are addresses to a browser, but never what somebody means.
  const isRight = name !== undefined && name.length <= 255 && (bracketed === undefined || bracketed.includes(":")) &&
    (!/^[\d.]+$/.test(name) || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name));
  const host = isRight ? canonicalHost(name) : undefined;
  const port = portText === undefined ? USUAL_PORT : Number(portText);
  if (typed.length > MAX_LENGTH || host === undefined || port < 1 || port > 65_535) {
    throw new EssaimError(
      "bad-input",
      `${JSON.stringify(typed.slice(0, 80))} is not the address of a computer. ` +
        "Give something like 192.168.1.20, 192.168.1.20:5001, alice-pc:5001 or [fd00::20]:5001.",
    );
  }
  return { host, port };
}

/** As it is typed and shown. */
export function writeHostPort({ host, port }: HostPort): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** `POST /api/peers/connect`. */
export const connectSchema = z.object({ address: z.string().min(1).max(MAX_LENGTH) });

/** A computer whose address this one remembers. */
export const knownAddressSchema = z.object({
  /** "HOST:PORT", by which it is removed. */
  address: z.string(),
  /** `by-hand` until it is removed, `met` for some days. */
  kind: z.enum(["by-hand", "met"]),
  peerId: peerIdSchema.optional(),
  name: z.string().optional(),
  user: userIdSchema.optional(),
  /** When it last answered. */
  lastSeen: z.string(),
  present: z.boolean(),
});
export type KnownAddressView = z.infer<typeof knownAddressSchema>;

/** `POST /v1/callback`: the asker wants to know whether it can be reached from there, at the port it announces. */
export const callbackRequestSchema = z.object({
  peerId: peerIdSchema,
  port: z.number().int().min(1024).max(65_535),
});
export type CallbackRequest = z.infer<typeof callbackRequestSchema>;

/** It says no more, so that nobody learns what else answers at a port. */
export const callbackReplySchema = z.object({ reachable: z.boolean() });
export type CallbackReply = z.infer<typeof callbackReplySchema>;
