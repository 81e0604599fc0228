import { Buffer } from "node:buffer";
import { request } from "node:https";
import { serverNameOf } from "../../lib/core/class_messages.ts";
import type { PeerId } from "../../lib/core/ids.ts";
import type { Peer, Program } from "./processes.ts";

/** What somebody asks who writes requests by hand, with or without a certificate. */

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Asked {
  readonly path: string;
  /** Sent as JSON by POST. */
  readonly body?: unknown;
}

/** Over plain HTTP. */
export async function askPlainly(port: number, { path, body }: Asked): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: { "content-type": "application/json" },
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return answered(response.status, Object.fromEntries(response.headers), bytes);
}

interface Kept {
  readonly ca: string;
  readonly certificate: string;
}

/** The certificate of a peer's user, taken from its disk. */
export async function credentialsOf(peer: Peer): Promise<{ ca: string; cert: string; key: string }> {
  const { ca, certificate }: Kept = JSON.parse(await Deno.readTextFile(`${peer.data}/identity/class.json`));
  const key = await Deno.readTextFile(`${peer.data}/identity/key.pem`);
  return { ca, key, cert: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n` };
}

export async function peerIdOf(peer: Peer): Promise<PeerId> {
  return (await (await peer.api()).status()).peer.peerId;
}

/** Over mutual TLS; rejects when the connection ends without an answer. */
export function askSecurely(
  { memberPort }: Program,
  server: string,
  credentials: { ca: string; cert?: string; key?: string },
  { path, body }: Asked,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asking = request({
    ...credentials,
    host: "127.0.0.1",
    port: memberPort,
    servername: server,
    path,
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json" },
    minVersion: "TLSv1.3",
    agent: false,
    timeout: 10_000,
  }, (incoming) => {
    const parts: Uint8Array[] = [];
    incoming.on("data", (part) => parts.push(part));
    incoming.on(
      "end",
      () => resolve(answered(incoming.statusCode!, incoming.headers as Record<string, string>, Buffer.concat(parts))),
    );
    incoming.on("error", reject);
  });
  asking.on("error", reject);
  asking.on("timeout", () => asking.destroy(new Error("It said nothing for 10 s.")));
  asking.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

export async function serverOf(peer: Peer): Promise<string> {
  return serverNameOf(await peerIdOf(peer));
}

/** Without what differs between any two answers. */
function answered(status: number, headers: Record<string, string>, bytes: Uint8Array): Answer {
  const { date: _, ...others } = headers;
  return { status, headers: others, body: Buffer.from(bytes).toString("latin1") };
}

/** Everything that can be asked about a file of another peer. */
export function questionsAbout(fileId: string, owner: string, shareId: string): Asked[] {
  const file = `/v1/files/${fileId}`;
  return [
    ...["", "/hashes", "/have", "/chunks/0", "/chunks/0-1", "/content"].map((end) => ({ path: file + end })),
    { path: "/v1/bundle", body: { ids: [fileId] } },
    { path: "/v1/lease", body: { owner, shares: [shareId] } },
    { path: "/v1/index" },
  ];
}
