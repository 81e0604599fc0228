/** A peer with many shares and a tracker that knows many more, and the addresses of their pages. */

import { randomBytes } from "node:crypto";
import { openSwarmIndex } from "../../lib/adapters/sqlite_swarm_index.ts";
import { FakeLog, fileId, peerId, recordBy, shareId } from "../fakes.ts";
import type { EssaimProcess } from "./essaim_process.ts";

const RECORDS_AT_ONCE = 10_000;
const FILES_IN_A_FOLDER = 100;
const FILE_BYTES = 2_048;
const LISTED_WITHIN_MS = 300_000;
const KINDS = ["photo #.jpg", "leçon #.pdf", "exercice corrigé #.odt", "vidéo du cours #.mp4", "données #.csv"];

/** A database as if peers had announced `count` public files. The signatures are not looked at by searches. */
export function fillTracker(path: string, count: number): void {
  const activity = { activityKept: 100 };
  using index = openSwarmIndex({ path, log: new FakeLog(), ...activity });
  const owner = peerId(1);
  const peer = { peerId: owner, key: { kty: "EC", crv: "P-256", x: "x".repeat(43), y: "y".repeat(43) } as const };
  for (let start = 0; start < count; start += RECORDS_AT_ONCE) {
    const records = Array.from({ length: Math.min(RECORDS_AT_ONCE, count - start) }, (_, offset) => {
      const number = start + offset;
      const name = KINDS[number % KINDS.length]!.replace("#", String(number));
      const at = new Date(Date.UTC(2026, 8, 1) + number * 1000).toISOString();
      const record = recordBy(owner, {
        shareId: shareId(number),
        fileId: fileId(number),
        name,
        at,
        size: 1000 + number,
      });
      return { record, jws: "e30.e30.e30" };
    });
    index.apply({
      peer: { ...peer, name: "bibliothèque", serial: start + 1, index: undefined, lastSeen: Date.now() },
      restart: false,
      records,
      completed: [],
      activity: [],
    });
  }
}

export async function writeSharedFiles(dir: string, count: number, signal: AbortSignal): Promise<void> {
  for (let index = 0; index < count; index++) {
    signal.throwIfAborted();
    const folder = `${dir}/dossier ${Math.floor(index / FILES_IN_A_FOLDER)}`;
    if (index % FILES_IN_A_FOLDER === 0) await Deno.mkdir(folder, { recursive: true });
    await Deno.writeFile(`${folder}/note ${index}.txt`, randomBytes(FILE_BYTES));
  }
}

export interface BenchPage {
  readonly title: string;
  readonly url: string;
  /** "" where none is needed. */
  readonly cookie: string;
}

/** All pages, once the peer shares all of its files. */
export async function essaimPages(peer: EssaimProcess, tracker: EssaimProcess, shares: number): Promise<BenchPage[]> {
  const own = `http://127.0.0.1:${peer.uiPort}`;
  const opened = await fetch(own, { headers: { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" } });
  await opened.body?.cancel();
  const cookie = opened.headers.get("set-cookie")?.split(";")[0] ?? "";
  const listed = async () => {
    const response = await fetch(`${own}/api/status`, { headers: { cookie } });
    const status: { shares: number } = await response.json();
    return status.shares >= shares || undefined;
  };
  await peer.service.until(`${shares} shares`, listed, LISTED_WITHIN_MS, 500);
  const at = (base: string, prefix: string, cookie: string) => (path: string): BenchPage => ({
    title: `${prefix}${path}`,
    url: `${base}${path}`,
    cookie,
  });
  return [
    ...["/", "/files", "/network", "/network?q=photo", "/transfers", "/settings"].map(at(own, "", cookie)),
    ...["/", "/search?q=photo"].map(at(`http://127.0.0.1:${tracker.port}`, "tracker ", "")),
  ];
}
