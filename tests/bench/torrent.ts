import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { PIECE_BYTES, type TestFile } from "./test_file.ts";

type Bencodable = number | string | Uint8Array | { readonly [key: string]: Bencodable };

/** Bencoding of BEP 3; keys are sorted here. Latin-1 carries the octets. */
function bencode(value: Bencodable): string {
  if (typeof value === "number") return `i${value}e`;
  if (typeof value === "string") return bencode(new TextEncoder().encode(value));
  if (value instanceof Uint8Array) return `${value.length}:${Buffer.from(value).toString("latin1")}`;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return `d${entries.map(([key, item]) => bencode(key) + bencode(item)).join("")}e`;
}

export interface Torrent {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-1 of the info dictionary, 40 hex digits. */
  readonly infoHash: string;
}

/** A version 1 torrent of one file, with its tracker; else for those only who are told of each other. */
export function torrentOf(file: TestFile, announce?: string): Torrent {
  const pieces = Buffer.concat(file.pieces.sha1);
  const info: Bencodable = {
    length: file.size,
    name: file.name,
    "piece length": PIECE_BYTES,
    pieces,
    ...(announce === undefined ? { private: 1 } : {}),
  };
  const infoHash = createHash("sha1").update(bencode(info), "latin1").digest("hex");
  const torrent: Bencodable = announce === undefined ? { info } : { announce, info };
  return { bytes: Uint8Array.from(Buffer.from(bencode(torrent), "latin1")), infoHash };
}
