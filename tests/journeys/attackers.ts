import assert from "node:assert/strict";
import { readPrivate } from "../../lib/adapters/key_files.ts";
import { classAuthority, type KeptAuthority } from "../../lib/adapters/class_authority.ts";
import { type KeptIdentity, openIdentity } from "../../lib/adapters/identity.ts";
import { type Certificate, TRACKER_SERVER_NAME } from "../../lib/core/class_messages.ts";
import type { UserId } from "../../lib/core/ids.ts";
import { certificateSpan, type Member } from "../../lib/core/membership.ts";
import { exchange } from "../adapters/raw_http.ts";
import { exchangeSecurely } from "../adapters/raw_tls.ts";
import type { Classroom, Peer, Program } from "./processes.ts";
import { credentialsOf, serverOf } from "./strangers.ts";
import { tempDir } from "../temp.ts";

/** What somebody does who writes every byte by hand, or has stolen what was not his. */

export interface Credentials {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The key of the class, which nobody but its tracker has. */
export async function authorityOf({ tracker }: Classroom): Promise<KeptAuthority> {
  const read = async (name: string) => (await readPrivate(`${tracker.data}/class/${name}`, name, 4096))!;
  return await classAuthority(await read("ca.key"), await read("ca.pem"));
}

/** A key of its own and a certificate by this authority. */
export async function issued(
  authority: KeptAuthority,
  span: Pick<Member, "notBefore" | "notAfter"> = certificateSpan(Date.now()),
): Promise<Required<Credentials>> {
  const { keyPem, peerId, publicKey } = await newIdentity();
  const user = crypto.randomUUID().replaceAll("-", "") as UserId;
  const certificate = await authority.issue({ peerId, user, name: "eve", key: publicKey, ...span });
  return { ca: authority.pem, key: keyPem, cert: pemOf(certificate) };
}

export async function newIdentity(): Promise<KeptIdentity> {
  const folder = await tempDir();
  try {
    return await openIdentity(`${folder}/identity`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

export function pemOf(certificate: Certificate): string {
  return `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`;
}

/** Somebody at a connection: sends these bytes and returns all that came back, without its date. */
export type Wire = (request: string) => Promise<string>;

export function plainWire({ port }: Program): Wire {
  return async (request) => undated(await exchange(port, request));
}

/** As the user of `asker`, to a peer or, where none is given, to the tracker. */
export async function memberWire(asker: Peer, server: Peer | Program): Promise<Wire> {
  const credentials = await credentialsOf(asker);
  const servername = server.args[0] === "tracker" ? TRACKER_SERVER_NAME : await serverOf(server as Peer);
  return async (request) => undated(await exchangeSecurely(server.memberPort, request, { ...credentials, servername }));
}

export function requestOf(
  line: string,
  { headers = {}, body }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown } = {},
): string {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const all = {
    host: "127.0.0.1",
    connection: "close",
    ...body === undefined ? {} : { "content-type": "application/json", "content-length": `${text.length}` },
    ...headers,
  };
  return `${line} HTTP/1.1\r\n${
    Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("")
  }\r\n${text}`;
}

function undated(answer: string): string {
  return answer.replace(/\r\ndate: [^\r]*/i, "");
}

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

/** Without the lengths between its parts. */
export function bodyOf(answer: string): string {
  const body = answer.slice(answer.indexOf("\r\n\r\n") + 4);
  return /\r\ntransfer-encoding: chunked\r\n/i.test(answer) ? body.replace(/(?:^|\r\n)[0-9a-f]+\r\n/g, "") : body;
}

/** What the teacher does at the tracker's own computer. */
export async function teacherDoes({ tracker }: Classroom, path: string): Promise<void> {
  const origin = `http://127.0.0.1:${tracker.port}`;
  const options = { method: "POST", headers: { origin }, body: new URLSearchParams(), redirect: "manual" } as const;
  const response = await fetch(`${origin}/class${path}`, options);
  await response.body?.cancel();
  assert.equal(response.status, 303, path);
}

export async function userOf({ data }: Peer, authority: KeptAuthority): Promise<UserId> {
  const { certificate } = JSON.parse(await Deno.readTextFile(`${data}/identity/class.json`));
  return (await authority.readCertificate(certificate)).user;
}
