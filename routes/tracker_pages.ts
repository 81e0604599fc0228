import { CodeSheets } from "../lib/app/code_sheets.ts";
import type { AskSwarm } from "../lib/app/ask_swarm.ts";
import type { SwarmFigures } from "../lib/app/swarm_figures.ts";
import { isLoopback, type Origin } from "../lib/core/address.ts";
import type { EssaimError } from "../lib/core/errors.ts";
import type { Caller } from "../lib/core/permission.ts";
import { isLanguage, pickLanguage } from "../lib/i18n/language.ts";
import { FROM_SOURCE, type Theme, type TrackerPageState } from "./define.ts";
import { lazyPages } from "./lazy_pages.ts";
import type { Answer } from "./pages.tsx";
import type { Came } from "./teacher_gate.ts";
import type { TeacherParts } from "./teacher_parts.ts";

/** What the tracker's pages reach. */
export interface TrackerParts {
  readonly ask: AskSwarm;
  readonly figures: SwarmFigures;
  /** Where others reach this tracker, the likeliest address first; none when only this computer does. */
  addresses(): readonly string[];
  /** Milliseconds since 1970. */
  now(): number;
  /** None where the tracker has no class. */
  readonly teacher?: TeacherParts | undefined;
}

/**
 * The addresses to tell a visitor: the one that led here, unless only this computer has it or it is the one for members,
 * before all others.
 */
export function addressesFor(url: URL, { addresses }: Pick<TrackerParts, "addresses">): string[] {
  const here = isLoopback(url.hostname) || isEncrypted(url) ? [] : [url.origin];
  return [...new Set([...here, ...addresses()])];
}

/** Links by which others join with this code, the likeliest first; on a tracker without a network, this computer's own. */
export function joinLinks(code: string, url: URL, tracker: Pick<TrackerParts, "addresses">): string[] {
  const addresses = addressesFor(url, tracker);
  return (addresses.length > 0 ? addresses : [url.origin]).map((address) => `${address}/join#${code}`);
}

function isEncrypted(url: URL): boolean {
  return url.protocol === "https:";
}

/** Who asks, from where: it decides which addresses of peers are told. */
export function originOf({ req, info: { remoteAddr } }: PageRequest): Origin {
  return {
    address: "hostname" in remoteAddr ? remoteAddr.hostname : "127.0.0.1",
    host: req.headers.get("host") ?? undefined,
  };
}

/** The connection of a page's request. Its address says `https` only where the connection was encrypted. */
export function cameOf({ req, info: { remoteAddr } }: PageRequest): Came {
  return {
    remoteAddress: "hostname" in remoteAddr ? remoteAddr.hostname : "",
    encrypted: isEncrypted(new URL(req.url)),
  };
}

/** Whoever asks is anyone on the network. */
export function callerOf(request: PageRequest): Caller {
  return { kind: "anonymous", address: originOf(request).address };
}

/** The part of a page's context that says who asks. */
export interface PageRequest {
  readonly req: Request;
  readonly info: Pick<Deno.ServeHandlerInfo, "remoteAddr">;
}

export interface TrackerPagesOptions {
  readonly tracker: TrackerParts;
  /** See `PageState.program`. */
  readonly program?: string | undefined;
  onError(error: EssaimError, request: Request): void;
}

/** What a visitor chose, in cookies that no other site sends. */
export const LANGUAGE_COOKIE = "essaim_lang";
export const THEME_COOKIE = "essaim_theme";
/** The form that sets them, and its fields. */
export const PREFERENCES = { path: "/preferences", language: "language", theme: "theme" } as const;

export function isTheme(value: unknown): value is Theme {
  return value === "auto" || value === "light" || value === "dark";
}

/** The tracker's pages. What they show is for anyone on the network, except what stands under `/class`. */
export function trackerPages({ tracker, program = FROM_SOURCE, onError }: TrackerPagesOptions): Answer {
  const sheets = new CodeSheets(tracker);
  return lazyPages<TrackerPageState>({
    of: "tracker",
    state({ headers }) {
      const { [LANGUAGE_COOKIE]: language, [THEME_COOKIE]: theme } = cookiesOf(headers);
      return {
        ...{ tracker, sheets, program },
        lang: pickLanguage(headers.get("accept-language"), isLanguage(language) ? language : "auto"),
        theme: isTheme(theme) ? theme : "auto",
      };
    },
    onError,
  });
}

function cookiesOf(headers: Headers): Partial<Record<string, string>> {
  const pairs = (headers.get("cookie") ?? "").split(";").map((cookie) => cookie.trim().split("=", 2));
  return Object.fromEntries(pairs.map(([name = "", value = ""]) => [name, value]));
}
