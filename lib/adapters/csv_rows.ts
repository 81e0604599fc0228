import { EssaimError } from "../core/errors.ts";

/** A list of a class has far less. */
const MAX_CSV_LENGTH = 2 * 1024 * 1024;
const DELIMITERS = [";", "\t", ","];

/**
 * Rows of a table as spreadsheets and school software export it: separated by semicolons, tabs or commas (whichever its
 * first line has most of), with or without quotes and BOM; empty lines stay, so that rows can be counted. Throws `bad-input`.
 */
export async function csvRows(text: string): Promise<string[][]> {
  if (text.length > MAX_CSV_LENGTH) throw new EssaimError("bad-input", "This list is far too long for a class.");
  const { parse } = await import("csv-parse/sync"); // only when a list is imported
  try {
    return parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: false,
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EssaimError("bad-input", `This list cannot be read: ${why}. Save it as CSV and try again.`, { cause });
  }
}

function delimiterOf(text: string): string {
  const line = text.replace(/"[^"]*"/g, "").trimStart().split(/[\r\n]/, 1)[0]!;
  const count = (delimiter: string) => line.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => count(delimiter) > count(best) ? delimiter : best);
}
