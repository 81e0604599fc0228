import { EssaimError } from "../lib/core/errors.ts";
import { readBody } from "./http.ts";

/** A whole school's names, with what else a school writes into such a file. */
const MAX_LIST_BYTES = 512 * 1024;
const MULTIPART = "multipart/form-data";

/** The fields of the form that takes names. */
export const NAME_FIELDS = { names: "names", file: "list" } as const;

export interface NameList {
  /** "" when there are no names. */
  readonly csv: string;
  readonly typed: string;
  /** Lines of the CSV that nobody typed, above the first one. */
  readonly linesAbove?: number;
}

/**
 * The names that were typed or sent as a file, as CSV. A file counts more than what was typed. Throws `bad-input`,
 * `too-large`.
 */
export async function readNameList(request: Request): Promise<NameList> {
  const type = request.headers.get("content-type") ?? "";
  if (!type.toLowerCase().startsWith(MULTIPART)) {
    throw new EssaimError("bad-input", `This form must be sent as ${MULTIPART}.`);
  }
  const body = await readBody(request, MAX_LIST_BYTES);
  const form = await new Response(body, { headers: { "content-type": type } }).formData().catch((cause) => {
    throw new EssaimError("bad-input", "The form is not complete. Send it again.", { cause });
  });
  const file = form.get(NAME_FIELDS.file);
  const names = form.get(NAME_FIELDS.names);
  const typed = typeof names === "string" ? names : "";
  if (file instanceof File && file.size > 0) return { csv: decoded(await file.bytes()), typed };
  if (typed.trim() === "") return { csv: "", typed };
  return {
    csv: [HEADING, ...typed.trimEnd().split(/\r?\n/).map((line) => quoted(line.trim()))].join("\n"),
    typed,
    linesAbove: 1,
  };
}

/** So that no typed name is taken for one. */
const HEADING = "name";

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Spreadsheets write UTF-8, UTF-16 with a mark, or on Windows in French the code page 1252. */
function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
