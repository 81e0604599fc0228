import { createDefine } from "fresh";
import type { Language } from "../lib/i18n/mod.ts";
import type { LocalPeerParts } from "./api/local.ts";
import type { CodeSheets } from "../lib/app/code_sheets.ts";
import type { TeacherAccess } from "../lib/core/teacher_access.ts";
import type { TrackerParts } from "./tracker_pages.ts";

export type Theme = "auto" | "light" | "dark";

/** What the middleware of each program puts into `ctx.state` before a page is made. */
export interface PageState {
  lang: Language;
  theme: Theme;
  /** Of the current page, without the name of the program; pages set it, the frame shows it. */
  title?: string;
  /** What one types before a command: "essaim" where the program is one file. */
  program: string;
}

/** As a checkout is used. */
export const FROM_SOURCE = "deno task -q essaim";

/** Pages of one's own computer. */
export interface PeerPageState extends PageState {
  peer: LocalPeerParts;
}

/** Pages of the tracker. */
export interface TrackerPageState extends PageState {
  tracker: TrackerParts;
  /** Codes that were just made and wait to be printed. */
  sheets: CodeSheets;
  /** Whether the teacher asks; undefined where there is no class, and outside of all pages. */
  access?: TeacherAccess | undefined;
}

export const define = createDefine<PageState>();
export const defineTracker = createDefine<TrackerPageState>();
export const definePeer = createDefine<PeerPageState>();
