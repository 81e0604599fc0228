import type { ShareSort } from "../../lib/core/local_messages.ts";
import type { filesTexts } from "../../lib/i18n/files.ts";

type Words = ReturnType<typeof filesTexts>["table"];

export interface Column {
  /** Also the class of its cells. */
  readonly name: "name" | "size" | "who" | "chunks" | "copies" | "fetched" | "date";
  readonly label: keyof Words;
  readonly help?: "chunksHelp" | "copiesHelp" | "fetchedHelp";
  readonly sort?: ShareSort;
  readonly isNumeric?: boolean;
}

export const COLUMNS: readonly Column[] = [
  { name: "name", label: "name", sort: "name" },
  { name: "size", label: "size", sort: "size", isNumeric: true },
  { name: "who", label: "who", sort: "visibility" },
  { name: "chunks", label: "chunks", help: "chunksHelp", isNumeric: true },
  { name: "copies", label: "copies", help: "copiesHelp", isNumeric: true },
  { name: "fetched", label: "fetched", help: "fetchedHelp", isNumeric: true },
  { name: "date", label: "date", sort: "at" },
];
