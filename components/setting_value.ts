import type { Setting } from "../lib/core/local_messages.ts";
import type { Language } from "../lib/i18n/language.ts";
import { changedRows, lineOf, readRows, rowsInForm, rowsOf, writeRows } from "./quiet_rows.ts";

type Plain = Setting["value"];

const QUIET = "quiet times";

/** Which settings the page shows, in which group. Those that nothing uses yet, and those of the tracker, are absent. */
export const GROUPS = {
  computer: ["peer.name", "peer.tracker"],
  folders: ["peer.shared_folder", "peer.download_folder"],
  sharing: ["sharing.default_visibility", "sharing.ignore"],
  limits: [
    "limits.upload_rate",
    "limits.download_rate",
    "limits.upload_rate_per_peer",
    "limits.download_rate_per_peer",
    "limits.quiet_times",
    "limits.parallel_downloads",
  ],
  pages: ["ui.language", "ui.theme", "ui.lock", "ui.welcome"],
  advanced: [
    "peer.host",
    "peer.port",
    "peer.member_port",
    "peer.ui_port",
    "chunking.chunk_size",
    "chunking.threshold",
    "sharing.rescan_interval",
    "sharing.quiet_period",
    "discovery.enabled",
    "discovery.udp_port",
    "discovery.interval",
    "discovery.keep_index",
    "limits.requests_per_peer",
    "limits.peers_per_download",
    "limits.upload_slots",
    "limits.connections",
    "limits.connections_per_address",
    "limits.stall_timeout",
    "limits.hash_workers",
    "limits.download_memory",
    "log.level",
    "log.format",
    "log.max_size",
    "log.kept_files",
  ],
} as const;

/** The value as the field shows it: French sizes in octets, one list item a line, nothing for "unlimited". */
export function shownValue({ type, value }: Setting, lang: Language): string {
  if (type === QUIET) return writeRows(rowsOf(value as readonly string[], lang));
  if (Array.isArray(value)) return value.join("\n");
  const text = String(value);
  if (type === "rate" && (text === "unlimited" || text === "0")) return "";
  return lang === "fr" && (type === "size" || type === "rate") ? text.replace(/B(?=\/s$|$)/, "o") : text;
}

/** The value to save for what stands in the field; whether it is good is for the server to say. */
export function typedValue({ type }: Setting, typed: string): Plain {
  const text = typed.trim();
  switch (type) {
    case "boolean":
      return text === "true";
    case "integer":
      return /^\d{1,15}$/.test(text) ? Number(text) : text;
    case QUIET:
      return readRows(typed).map(lineOf);
    case "list":
      return typed.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    case "rate":
      return text === "" ? "unlimited" : inBytes(text);
    case "size":
      return inBytes(text);
    default:
      return text;
  }
}

/** The file is written in one language. */
function inBytes(text: string): string {
  return text.replace(/o(?=\s*\/\s*s$|$)/, "B");
}

/** What stands in the field of a form sent without JavaScript; undefined when it has none. */
export function sentValue({ key, type }: Setting, form: URLSearchParams): string | undefined {
  // A switch that is off sends only the hidden "false" before it.
  const value = form.getAll(key).at(-1)?.replaceAll("\r\n", "\n");
  if (value === undefined || type !== QUIET) return value;
  return writeRows(changedRows(rowsInForm(form, key), form.get("quiet") ?? ""));
}

/** The choices of a type such as "auto | fr | en"; undefined for other types. */
export function choicesOf(type: string): readonly string[] | undefined {
  return type.includes(" | ") ? type.split(" | ") : undefined;
}
