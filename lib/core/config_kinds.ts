import { z } from "zod";
import { EssaimError } from "./errors.ts";
import { parseQuietTime, QUIET_EXAMPLE, type QuietTime, writeQuietTime } from "./quiet_times.ts";
import { parseBytes, parseDuration, parseRate, writeBytes, writeDuration, writeRate } from "./units.ts";

/** A value as it is written in YAML. */
export type Plain = string | number | boolean | readonly string[];

/** Ports to try in order; `[0]` means any free port. */
export type PortRange = readonly number[];

/** What one configuration key holds: how it is read, what the user is told, how it is written back. */
export interface Kind<T> {
  /** For the documentation: "size", "duration", "list"… */
  readonly type: string;
  /** Completes "must be …". */
  readonly accepts: string;
  readonly schema: z.ZodType<T>;
  /** Text from the environment or the command line, as YAML would have given it. */
  fromText(text: string): unknown;
  /** `schema.parse(write(value))` equals `value`. */
  write(value: T): Plain;
}

const asIs = (text: string) => text;

export function integer(min: number, max: number, note = ""): Kind<number> {
  return {
    type: "integer",
    accepts: `a whole number from ${min} to ${max}${note}`,
    schema: z.int().min(min).max(max),
    fromText: (text) => /^\d{1,15}$/.test(text.trim()) ? Number(text) : text,
    write: (value) => value,
  };
}

export function boolean(): Kind<boolean> {
  return {
    type: "boolean",
    accepts: "true or false",
    schema: z.boolean(),
    fromText: (text) => text === "true" ? true : text === "false" ? false : text,
    write: (value) => value,
  };
}

export function oneOf<const T extends string>(...values: [T, ...T[]]): Kind<T> {
  return {
    type: values.join(" | "),
    accepts: `one of ${values.join(", ")}`,
    schema: z.literal(values),
    fromText: asIs,
    write: (value) => value,
  };
}

/** Text that matches `pattern`. Control characters are refused everywhere: these values reach logs and terminals. */
export function text(type: string, accepts: string, pattern: RegExp, longest: number): Kind<string> {
  return {
    type,
    accepts: `${accepts}, at most ${longest} characters`,
    schema: z.string().max(longest).regex(/^\P{Cc}*$/u).regex(pattern),
    fromText: asIs,
    write: (value) => value,
  };
}

/** Labels of letters, digits and hyphens; the last is no number, or "10.0.0" and "127.0.0.1:80" would be names. */
const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*(?!\d+$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;
const IP_ADDRESS = z.union([z.ipv4(), z.ipv6()]);

/** An IPv4 or IPv6 address (with its zone, "fe80::1%eth0") or a name. */
export function host(): Kind<string> {
  return {
    type: "host",
    accepts: 'an address of this computer such as "192.168.1.10", a host name, or "0.0.0.0" for every network',
    schema: z.string().max(255).refine((value) =>
      HOST_NAME.test(value) || IP_ADDRESS.safeParse(value.replace(/%[\w.-]{1,32}$/, "")).success
    ),
    fromText: asIs,
    write: (value) => value,
  };
}

/** An http(s) address or "". A trailing slash is dropped; user names, queries and fragments are refused. */
export function url(): Kind<string> {
  return {
    type: "url",
    accepts: 'an address such as "http://192.168.1.10:5000", or "" for none',
    schema: z.string().max(2048).transform((value, context) => {
      if (value === "") return "";
      const parsed = URL.canParse(value) ? new URL(value) : undefined;
      if (parsed && /^https?:\/\/[^\s\\@?#]+$/i.test(value)) return parsed.href.replace(/\/+$/, "");
      context.addIssue("not an address");
      return z.NEVER;
    }),
    fromText: asIs,
    write: (value) => value,
  };
}

/** Reads with a parser that throws `bad-input`, then applies `allowed`. */
function parsed<In, Out>(
  written: z.ZodType<In>,
  parse: (value: In) => Out,
  allowed: (value: Out) => boolean = () => true,
): z.ZodType<Out> {
  return written.transform((value, context) => {
    try {
      const read = parse(value);
      if (allowed(read)) return read;
      context.addIssue("out of bounds");
    } catch (error) {
      if (!(error instanceof EssaimError)) throw error;
      context.addIssue(error.message);
    }
    return z.NEVER;
  });
}

const quantity = (parse: (value: string | number) => number, allowed: (value: number) => boolean) =>
  parsed(z.union([z.string(), z.number()]), parse, allowed);

export function size(min: number, max: number): Kind<number> {
  return {
    type: "size",
    accepts: `a size from ${writeBytes(min)} to ${writeBytes(max)}, such as "10 MB" or "32 MiB", or a number of bytes`,
    schema: quantity(parseBytes, (bytes) => bytes >= min && bytes <= max),
    fromText: asIs,
    write: writeBytes,
  };
}

/** A power of two between `min` and `max` bytes, or "" (null): not chosen here. */
export function chunkSize(min: number, max: number): Kind<number | null> {
  const isPowerOfTwo = (bytes: number) => Number.isInteger(Math.log2(bytes));
  return {
    type: "size",
    accepts: `a power of two from ${writeBytes(min)} to ${writeBytes(max)}, such as "1 MiB", or "" to leave it open`,
    schema: z.union([
      z.literal("").transform(() => null),
      quantity(parseBytes, (bytes) => bytes >= min && bytes <= max && isPowerOfTwo(bytes)),
    ]),
    fromText: asIs,
    write: (value) => value === null ? "" : writeBytes(value),
  };
}

export function rate(min: number): Kind<number> {
  return {
    type: "rate",
    accepts: `"unlimited" (or 0), or a rate of at least ${writeRate(min)}, such as "5 MB/s"`,
    schema: quantity(parseRate, (bytesPerSecond) => bytesPerSecond >= min),
    fromText: asIs,
    write: writeRate,
  };
}

/** `min` and `max` in milliseconds. */
export function duration(min: number, max: number): Kind<number> {
  return {
    type: "duration",
    accepts: `a duration from ${writeDuration(min)} to ${writeDuration(max)} with its unit, such as "10 s" or "2 min"`,
    schema: quantity(parseDuration, (ms) => ms >= min && ms <= max),
    fromText: asIs,
    write: writeDuration,
  };
}

const HIGHEST_PORT = 65_535;
const MOST_PORTS = 1000; // each one is tried at start, so a wider range only hides a mistake

/** The ports meant by "5001-5100" or "8001,8101" in the order given; undefined when it is neither. */
function parsePorts(text: string): PortRange | undefined {
  if (text.trim() === "0") return [0];
  const ports = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(part.trim());
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? first);
    if (!(first >= 1 && first <= last && last <= HIGHEST_PORT && last - first < MOST_PORTS)) return undefined;
    for (let port = first; port <= last; port++) ports.add(port);
    if (ports.size > MOST_PORTS) return undefined;
  }
  return [...ports];
}

export function ports(): Kind<PortRange> {
  return {
    type: "ports",
    accepts: `a port from 1 to ${HIGHEST_PORT}, a range such as "5001-5100", a list such as "8001,8101" ` +
      `(at most ${MOST_PORTS} ports), or 0 for any free one`,
    schema: z.union([z.string().max(8 * MOST_PORTS), z.int(), z.array(z.int()).min(1).max(MOST_PORTS)]).transform(
      (value, context) => {
        const parsed = parsePorts(String(value));
        if (parsed) return parsed;
        context.addIssue("not ports");
        return z.NEVER;
      },
    ),
    fromText: asIs,
    write(value) {
      const [first = 0] = value;
      if (value.length === 1) return first;
      const isRun = value.every((port, index) => port === first + index);
      return isRun ? `${first}-${first + value.length - 1}` : value.join(",");
    },
  };
}

/** File-name patterns: `*` stands for any characters, `?` for one. */
export function patterns(): Kind<readonly string[]> {
  return {
    type: "list",
    accepts: 'a list of at most 200 file names in which * stands for anything, such as ["*.tmp", "Thumbs.db"]',
    schema: z.array(z.string().min(1).max(255).regex(/^[^/\\\p{Cc}]+$/u)).max(200),
    fromText: (text) => text.trim() === "" ? [] : text.split(",").map((item) => item.trim()),
    write: (value) => value,
  };
}

/** Hours of the week, one entry a line. */
export function quietTimes(): Kind<readonly QuietTime[]> {
  return {
    type: "quiet times",
    accepts: `a list of at most 50 quiet times, each like "${QUIET_EXAMPLE}"`,
    schema: z.array(parsed(z.string().max(200), parseQuietTime)).max(50),
    fromText: (text) => text.trim() === "" ? [] : text.split(";"),
    write: (times) => times.map(writeQuietTime),
  };
}
