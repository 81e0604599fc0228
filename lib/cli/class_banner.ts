import { renderUnicodeCompact } from "uqr";
import { printableLines } from "./table.ts";
import { displayWidth } from "./width.ts";

export interface ClassBanner {
  /** By which others join, with the class code after their "#", the likeliest first. */
  readonly links: readonly string[];
  /** Address of the teacher's pages on this computer. */
  readonly pages: string;
  /** Of the window; undefined where nobody looks. */
  readonly columns: number | undefined;
  /** Whether the window shows colours, which make the QR code readable on light ones too. */
  readonly colours: boolean;
}

const MOST_LINKS = 4;
/** Modules of white around it: the half of what ISO/IEC 18004 asks, and cameras read it. */
const QUIET_ZONE = 2;
const BRIGHT_ON_BLACK = "\x1b[97;40m";
const PLAIN = "\x1b[0m";

/** How others join the class, for the terminal of the teacher: code, links, and a QR code where it fits. */
export function classBanner({ links, pages, columns, colours }: ClassBanner): string[] {
  const [link = ""] = links;
  const others = links.slice(1, MOST_LINKS);
  return [
    `Class code: ${link.split("#")[1] ?? ""}`,
    `Link to join: ${link}`,
    ...others.map((other) => `          or: ${other}`),
    `Teacher's pages: ${pages} (on this computer)`,
  ].map(printableLines).concat(columns === undefined ? [] : qrLines(link, columns, colours));
}

function qrLines(text: string, columns: number, colours: boolean): string[] {
  const lines = renderUnicodeCompact(text, { border: QUIET_ZONE, ecc: "L" }).split("\n");
  if (displayWidth(lines[0] ?? "") > columns) return [];
  return ["", ...lines.map((line) => colours ? BRIGHT_ON_BLACK + line + PLAIN : line)];
}
