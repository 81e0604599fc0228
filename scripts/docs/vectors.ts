import { createHash } from "node:crypto";
import { encodeBeacon, MAX_BEACON_BYTES } from "../../lib/core/beacon.ts";
import { Bitfield } from "../../lib/core/bitfield.ts";
import { encodeBundle } from "../../lib/core/bundle.ts";
import { runsOf, runTexts } from "../../lib/core/chunk_runs.ts";
import { codePrefixOf, parseClassCode, parseJoinLink, writeClassCode } from "../../lib/core/class_code.ts";
import type { ClassId, FileId, PeerId } from "../../lib/core/ids.ts";
import { toHex } from "../../lib/core/ids.ts";
import { encodeListing } from "../../lib/core/listing.ts";
import { chunkCount, chunkLength, chunkSizeFor, fileIdOf, MAX_CHUNK_SIZE } from "../../lib/core/manifest.ts";
import { type StreamEvent, streamEventText } from "../../lib/core/stream_events.ts";

/** Test vectors of docs/protocol.md: fixed inputs, and what the program makes of them. Hex is lower case. */

const KIB = 1024;
const MIB = 1024 * KIB;
const PEER = "5bba8a2e8c1cd38c55ad3cd9ad6f1d84" as PeerId;
const CLASS = "9f3c1e0a77b24d58c6e1f00d5a4b3c2d1e0f98877665544332211000ffeeddcc" as ClassId;
const INDEX = { epoch: "0f1e2d3c4b5a69788796a5b4c3d2e1f0", version: 41 };

export const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

/** Byte `i` is `i` mod 251, so that no two chunks are equal. */
export function patterned(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = i % 251;
  return bytes;
}

const FILES: readonly { readonly name: string; readonly text?: string; readonly size?: number; chunkSize: number }[] = [
  { name: "empty", text: "", chunkSize: MIB },
  { name: "five bytes", text: "hello", chunkSize: MIB },
  { name: "five bytes, other chunk size", text: "hello", chunkSize: 256 * KIB },
  { name: "exactly one chunk", size: 256 * KIB, chunkSize: 256 * KIB },
  { name: "one byte more than a chunk", size: 256 * KIB + 1, chunkSize: 256 * KIB },
  { name: "three chunks", size: 700_000, chunkSize: 256 * KIB },
  { name: "two chunks of the largest size", size: MAX_CHUNK_SIZE + 5, chunkSize: MAX_CHUNK_SIZE },
];

export function fileVectors() {
  const files = FILES.map(({ name, text, size, chunkSize }) => {
    const content = text === undefined ? patterned(size!) : new TextEncoder().encode(text);
    const { hashes, id } = manifestOf(content, chunkSize);
    return {
      name,
      ...(text === undefined ? { bytes: "i mod 251" } : { text }),
      size: content.length,
      chunkSize,
      hashes: hashes.map(toHex),
      sha256: toHex(sha256(content)),
      id,
    };
  });
  const { id, size, chunkSize, hashes } = files.find(({ name }) => name === "three chunks")!;
  const [a, b, c] = hashes as [string, string, string];
  return {
    files,
    refusedHashLists: [
      { why: "two hashes are exchanged", id, size, chunkSize, hashes: [b, a, c] },
      { why: "one hash is missing", id, size, chunkSize, hashes: [a, b] },
      { why: "one hash is too many", id, size, chunkSize, hashes: [a, b, c, c] },
      { why: "the size is another", id, size: size + 1, chunkSize, hashes },
      { why: "the chunk size is another", id, size, chunkSize: 512 * KIB, hashes: [a, b] },
    ],
    chunkSizes: [0, MIB, 2 ** 40, 2 ** 40 + 1, 3 * 2 ** 40, 2 ** 44]
      .map((size) => ({ size, preferred: MIB, chunkSize: chunkSizeFor(size, MIB) })),
  };
}

function manifestOf(content: Uint8Array, chunkSize: number) {
  const shape = { size: content.length, chunkSize };
  const hashes = Array.from({ length: chunkCount(shape) }, (_, i) => {
    const start = i * chunkSize;
    return sha256(content.subarray(start, start + chunkLength(shape, i)));
  });
  return { hashes, id: fileIdOf(content.length, chunkSize, concatenated(hashes), sha256) };
}

export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function beaconVectors() {
  const sent = [
    {
      essaim: 1,
      kind: "peer",
      peer: PEER,
      instance: "c0ffee00c0ffee00c0ffee00c0ffee00",
      class: CLASS,
      port: 5001,
      memberPort: 5101,
      index: INDEX,
      isNew: true,
    },
    { essaim: 1, kind: "peer", peer: PEER, instance: "c0ffee00c0ffee00c0ffee00c0ffee00", port: 5001, index: INDEX },
    { essaim: 1, kind: "tracker", class: CLASS, name: "Terminale S2", port: 5000, memberPort: 5443 },
  ] as const;
  const [, plain] = sent;
  const changed = (change: object) => JSON.stringify({ ...plain, ...change });
  return {
    beacons: sent.map((beacon) => ({ beacon, datagram: new TextDecoder().decode(encodeBeacon(beacon)) })),
    alsoAccepted: [{ why: "what is not known is ignored", datagram: changed({ colour: "honey" }), beacon: plain }],
    refused: [
      { why: "another version", datagram: changed({ essaim: 2 }) },
      { why: "a space after the opening brace", datagram: changed({}).replace("{", "{ ") },
      { why: "a port below 1024", datagram: changed({ port: 80 }) },
      { why: "a peer id in capitals", datagram: changed({ peer: PEER.toUpperCase() }) },
      { why: "no index", datagram: changed({ index: undefined }) },
      { why: "another kind", datagram: changed({ kind: "tree" }) },
      {
        why: "1,201 bytes",
        datagram: changed({ pad: "x".repeat(MAX_BEACON_BYTES + 1 - changed({ pad: "" }).length) }),
      },
    ],
  };
}

export function bitfieldVectors() {
  const fields = [[0, []], [1, [0]], [8, [0, 7]], [9, [8]], [12, [0, 1, 2, 5, 11]]] as const;
  return {
    bitfields: fields.map(([length, have]) => {
      const field = new Bitfield(length);
      for (const index of have) field.add(index);
      return { length, have, bytes: toHex(field.toBytes()) };
    }),
    refused: [
      { why: "a spare bit is set", length: 9, bytes: "0040" },
      { why: "too short", length: 9, bytes: "80" },
      { why: "too long", length: 8, bytes: "8000" },
    ],
    runs: [[], [0], [0, 1, 2, 3, 7], [5, 6, 9, 10, 11]].map((chunks) => ({
      chunks,
      text: runTexts(runsOf(chunks)).join(","),
    })),
    refusedRuns: ["1-", "-1", "3-2", "1,,2", "1 2", "1048576", "a", "7,7", "7,3", "0-9,9"],
  };
}

export function eventVectors() {
  const file = fileVectors().files.find(({ name }) => name === "three chunks")!.id;
  const events = [
    { kind: "stream", id: "00112233445566778899aabbccddeeff" },
    { kind: "have", file, chunks: [{ first: 0, last: 0 }, { first: 2, last: 2 }] },
    { kind: "offer", file, chunks: [{ first: 1, last: 2 }] },
    { kind: "offer", file, chunks: "all" },
    { kind: "offer", file, chunks: [] },
    { kind: "choke" },
    { kind: "unchoke" },
    { kind: "index", ...INDEX },
  ] as unknown as StreamEvent[];
  return { events: events.map((event) => ({ event, text: streamEventText(event) })) };
}

export function listingVectors() {
  const { files } = fileVectors();
  const id = (name: string): FileId => files.find((file) => file.name === name)!.id;
  const listing = {
    emptyFolders: ["Projet/vide"],
    files: [
      { path: "Projet/plan.txt", size: 5, id: id("five bytes") },
      { path: "Projet/données/mesures.csv", size: 700_000, id: id("three chunks") },
      { path: "Aide.txt", size: 0, id: id("empty") },
    ],
  };
  const content = encodeListing(listing);
  const good = { path: "a.txt", size: 5, id: id("five bytes") };
  const refused = (why: string, ...files: object[]) => ({
    why,
    content: JSON.stringify({ format: "essaim listing v1", emptyFolders: [], files }),
  });
  return {
    listing,
    content: new TextDecoder().decode(content),
    size: content.length,
    chunkSize: MIB,
    sha256: toHex(sha256(content)),
    id: manifestOf(content, MIB).id,
    refused: [
      refused("a path that leads out", { ...good, path: "../a.txt" }),
      refused("an absolute path", { ...good, path: "/a.txt" }),
      refused("a name of a device on Windows", { ...good, path: "CON" }),
      refused("two names that are one where capitals do not count", good, { ...good, path: "A.TXT" }),
      refused("a file that is also a folder", good, { ...good, path: "a.txt/b" }),
    ],
  };
}

export function bundleVectors() {
  const contents = ["hello", null, "", "é"];
  const bytes = encodeBundle(contents.map((text) => text === null ? undefined : new TextEncoder().encode(text)));
  return { contents, bytes: toHex(bytes) };
}

export function classCodeVectors() {
  const prefix = codePrefixOf(CLASS);
  const code = writeClassCode({ prefix, secret: "ABCDEFGH" });
  const typed = [code, code.toLowerCase(), code.replaceAll("-", " "), code.replaceAll("-", "–"), prefix];
  const links = [`http://192.168.1.10:5000/join#${code}`, `192.168.1.10:5000/join#${code}`, code];
  return {
    class: CLASS,
    prefix,
    codes: [...typed, "oIl0-1111-0000-ABCD"].map((text) => ({ text, code: parseClassCode(text) })),
    links: links.map((text) => ({ text, link: parseJoinLink(text) })),
    refused: ["", "ABCD", "ABCD-EFGH-JKMN-PQRU", "ABCD-EFGH-JKMN-PQRS-TVWX"],
  };
}
