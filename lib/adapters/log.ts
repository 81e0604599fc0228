import { getRotatingFileSink, type RotatingFileSinkOptions } from "@logtape/file";
import type { LogLevel, LogRecord, Sink } from "@logtape/logtape";
import { printable } from "../core/safe_path.ts";
import type { Log } from "../ports.ts";

type Level = "debug" | "info" | "warning" | "error";

/** What was logged, before it is made a line. */
export interface LogEntry {
  readonly level: Level;
  readonly code: string;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface LogOptions {
  /** Folder of the log files; made when missing. */
  readonly dir: string;
  /** "peer" writes peer.log, then peer.log.1 (older), peer.log.2 … */
  readonly name: string;
  /** Least serious level written. */
  readonly level: Level;
  readonly format: "text" | "json";
  /** Bytes at which a new file is begun. */
  readonly maxSize: number;
  /** Files kept, the current one included. */
  readonly keptFiles: number;
  /** Gets every entry too, whatever its level, to tell a person who watches. */
  readonly echo?: ((entry: LogEntry) => unknown) | undefined;
}

const LEVELS: readonly Level[] = ["debug", "info", "warning", "error"];
const FLUSH_EVERY_MS = 500; // what kill -9 may cost
const BUFFER_CHARS = 4_096;
const LONGEST_LINE = 16_384; // characters; the rest is cut

/** Writes lines to a rotated file. Never throws once open, and never stops the program: a full disk costs lines only. */
export function openLog(options: LogOptions): Log & AsyncDisposable {
  const format = options.format === "json" ? jsonLine : textLine;
  const sink = openSink(options, format);
  const least = LEVELS.indexOf(options.level);
  let closed = false;

  function write(level: Level, code: string, message: string, data: Record<string, unknown> = {}): void {
    if (closed) return;
    try {
      if (LEVELS.indexOf(level) >= least) sink?.(recordOf(level, code, message, data));
      options.echo?.({ level, code, message, data });
    } catch {
      // nowhere to say so, and the work goes on
    }
  }

  return {
    debug: (code, message, data) => write("debug", code, message, data),
    info: (code, message, data) => write("info", code, message, data),
    warning: (code, message, data) => write("warning", code, message, data),
    error: (code, message, data) => write("error", code, message, data),
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      await sink?.[Symbol.asyncDispose]();
    },
  };
}

/** The overload for `nonBlocking`, which the compiler does not choose by itself. */
const openRotatingFile = getRotatingFileSink as (
  path: string,
  options: RotatingFileSinkOptions & { nonBlocking: true },
) => Sink & AsyncDisposable;

/** Undefined when the file cannot be opened: the program then runs without a log. */
function openSink({ dir, name, maxSize, keptFiles, echo }: LogOptions, formatter: (record: LogRecord) => string) {
  try {
    Deno.mkdirSync(dir, { recursive: true, mode: 0o700 });
    return openRotatingFile(`${dir}/${name}.log`, {
      formatter,
      maxSize,
      maxFiles: keptFiles - 1,
      nonBlocking: true,
      flushInterval: FLUSH_EVERY_MS,
      bufferSize: BUFFER_CHARS,
    });
  } catch (error) {
    const why = error instanceof Deno.errors.NotCapable ? "Essaim may not write there" : (error as Error).message;
    const message = `There is no log: ${dir}/${name}.log cannot be written (${why}).`;
    echo?.({ level: "warning", code: "no-log", message, data: {} });
    return undefined;
  }
}

function recordOf(level: Level, code: string, message: string, data: Record<string, unknown>): LogRecord {
  return {
    category: [code],
    level: level satisfies LogLevel,
    message: [message],
    rawMessage: message,
    timestamp: Date.now(),
    properties: data,
  };
}

/** `2026-09-01T08:00:00.000Z WARNING port-taken Port 5000 is taken. {"port":5000}` */
function textLine({ timestamp, level, category, rawMessage, properties }: LogRecord): string {
  const data = Object.values(properties).some((value) => value !== undefined) ? ` ${json(properties)}` : "";
  const time = new Date(timestamp).toISOString();
  return line(`${time} ${level.toUpperCase().padEnd(7)} ${category[0] ?? ""} ${String(rawMessage)}${data}`);
}

function jsonLine({ timestamp, level, category, rawMessage, properties }: LogRecord): string {
  const head = { time: new Date(timestamp).toISOString(), level, code: category[0], message: rawMessage };
  const whole = json({ ...head, data: properties });
  return whole.length < LONGEST_LINE ? line(whole) : line(json({ ...head, message: "…", cut: whole.length }));
}

/** One line, whatever the parts contain. In JSON the escapes mean the characters that they replace. */
function line(text: string): string {
  return `${printable(text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text)}\n`;
}

/** JSON of anything: errors as their message, big integers as text, bytes as their number, circles left out. */
function json(value: unknown): string {
  const above: unknown[] = [];
  try {
    return JSON.stringify(value, function (this: unknown, _key, item: unknown) {
      if (item instanceof Error) return `${item.name}: ${item.message}`;
      if (typeof item === "bigint") return String(item);
      if (item instanceof Uint8Array) return `${item.length} bytes`;
      if (item instanceof Map) return Object.fromEntries(item);
      if (item instanceof Set) return [...item];
      if (typeof item !== "object" || item === null) return item;
      while (above.length > 0 && above.at(-1) !== this) above.pop();
      if (above.includes(item)) return "(circular)";
      above.push(item);
      return item;
    });
  } catch {
    return '{"data":"(cannot be written)"}';
  }
}
