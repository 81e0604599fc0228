import type { Status } from "../core/local_messages.ts";
import { printable } from "../core/safe_path.ts";
import { formatBytes } from "../core/units.ts";
import { amount } from "./amount.ts";
import { type Context, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";

/** Prints how the local peer is doing. */
export async function status(context: Context): Promise<ExitCode> {
  const status = await (await context.connect()).status();
  if (context.json) await printJson(context.terminal, status);
  else for (const line of describeStatus(status)) context.terminal.line(printable(line));
  return EXIT.done;
}

function describeStatus(
  { peer, tracker, class: joined, peers, shares, downloads, scan, problems, pending }: Status,
): string[] {
  const lines = [
    `Peer        ${peer.name} (${peer.peerId.slice(0, 12)})`,
    `Class       ${describeClass(joined)}`,
    `Tracker     ${describeTracker(tracker)}`,
    `Others      ${peers} present`,
    `Shares      ${shares}`,
    `Downloads   ${downloads} under way`,
  ];
  if (scan.kind === "scanning") {
    lines.push(
      `Scanning    ${amount(scan.seen, "file")} seen, ${scan.toHash} to hash, ${formatBytes(scan.hashedBytes)} of ${
        formatBytes(scan.totalBytes)
      } done`,
    );
  }
  if (pending > 0) {
    lines.push(
      `Added       ${amount(pending, "file")} on the page, shown to nobody until it is chosen who can see ${
        pending === 1 ? "it" : "them"
      }`,
    );
  }
  return [...lines, ...problems.map(({ message }) => `Problem     ${message}`)];
}

function describeClass(joined: Status["class"]): string {
  if (joined === null) return "none: only what is public is shared and fetched";
  return joined.removed ? `none: the teacher has removed this computer from ${joined.name}` : joined.name;
}

function describeTracker({ url, state }: Status["tracker"]): string {
  if (state === "none") return "none: computers find each other on the local network";
  if (state === "online") return `${url}, online`;
  return `${url}, does not answer; what is being fetched goes on from the computers known, searching waits for it`;
}
