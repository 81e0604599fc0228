import { type Document, isMap, isScalar, LineCounter, type Node, type Pair, parseDocument, visit } from "yaml";
import { CONFIG_KEYS, CONFIG_SECTIONS, type ConfigKey } from "./config_schema.ts";
import { nearest } from "./nearest.ts";

/** Values found so far, by dotted key, each with the place it comes from; a later source replaces an earlier one. */
export type Settings = Map<string, { readonly value: unknown; readonly origin: string }>;

/** A configuration file; `path` is only shown to the user. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

const LARGEST_FILE = 256 * 1024; // bytes; a full configuration with comments takes about 8 KiB
const MOST_PROBLEMS = 50; // a file with more is not a configuration

const KEYS: ReadonlyMap<string, ConfigKey> = new Map(CONFIG_KEYS.map((key) => [key.key, key]));
const KEYS_BY_ENV: ReadonlyMap<string, ConfigKey> = new Map(CONFIG_KEYS.map((key) => [key.env, key]));

export function findKey(dottedKey: string): ConfigKey | undefined {
  return KEYS.get(dottedKey);
}

/** Text for a message: quoted, at most 60 characters, without what could confuse a terminal. */
export function quote(text: string): string {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  return shown.replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function show(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return "this list";
  if (value === null || value === undefined) return "empty";
  return typeof value === "object" ? "this section" : String(value);
}

type Checked = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };

/** The typed value of a key, or what it must be instead. */
export function checkValue(key: ConfigKey, raw: unknown): Checked {
  const result = key.kind.schema.safeParse(raw);
  if (result.success) return { ok: true, value: result.data };
  const [at] = result.error.issues[0]?.path ?? [];
  const found = Array.isArray(raw) && typeof at === "number"
    ? `entry ${at + 1} is ${show(raw[at])}`
    : `it is ${show(raw)}`;
  return { ok: false, why: `${key.key} must be ${key.accepts}; ${found}.` };
}

function accept(settings: Settings, problems: string[], key: ConfigKey, raw: unknown, origin: string): void {
  const checked = checkValue(key, raw);
  if (checked.ok) settings.set(key.key, { value: checked.value, origin });
  else problems.push(`${origin}: ${checked.why}`);
}

/** "Did you mean …?" for a wrong key of `section`, else the keys that exist there. */
function suggestKey(section: string, name: string): string {
  const here = CONFIG_KEYS.filter((key) => key.section === section).map((key) => key.name);
  const close = nearest(name, here);
  if (close) return `Did you mean "${close}"?`;
  const elsewhere = CONFIG_KEYS.find((key) => key.name === name);
  if (elsewhere) return `"${name}" belongs under "${elsewhere.section}:".`;
  return `Its keys are ${here.join(", ")}.`;
}

/** The same for a wrong word at the left margin. */
function suggestSection(name: string): string {
  const close = nearest(name, CONFIG_SECTIONS.keys());
  if (close) return `Did you mean "${close}"?`;
  const places = CONFIG_KEYS.filter((key) => key.name === name || key.key === name);
  const [first] = places;
  if (first) return `Write "${first.name}:" under ${places.map((key) => `"${key.section}:"`).join(" or ")}.`;
  return `The sections are ${[...CONFIG_SECTIONS.keys()].join(", ")}.`;
}

type Parsed =
  | { readonly ok: true; readonly document: Document.Parsed; readonly place: (offset: number) => string }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The YAML document of a file within its bounds, free of syntax errors and of aliases. Never throws. */
export function parseYaml({ path, text }: ConfigFile): Parsed {
  const refused = (...problems: string[]): Parsed => ({ ok: false, problems });
  if (new TextEncoder().encode(text).length > LARGEST_FILE) {
    return refused(`${path}: the file is larger than ${LARGEST_FILE / 1024} KiB; a configuration is a few KiB.`);
  }
  const lineCounter = new LineCounter();
  const place = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  try {
    // Duplicate keys are looked for below: the library compares every pair of keys, which a hostile file makes slow.
    const options = { lineCounter, prettyErrors: false, uniqueKeys: false, logLevel: "error" } as const;
    const document = parseDocument(text, options);
    const problems = document.errors.slice(0, MOST_PROBLEMS).map((error) => {
      const [message = ""] = error.message.slice(0, 200).split("; please"); // what follows is advice to programmers
      const why = message.startsWith("Maximum call stack") ? "nested too deeply" : message;
      return `${place(error.pos[0])}: this is not valid YAML: ${why}.`;
    });
    visit(document, {
      Alias: (_, alias) => {
        problems.push(`${place(alias.range?.[0] ?? 0)}: write the value itself: aliases (*name) are not accepted.`);
        return problems.length < MOST_PROBLEMS ? undefined : visit.BREAK;
      },
    });
    return problems.length === 0 ? { ok: true, document, place } : refused(...problems);
  } catch (error) {
    const why = error instanceof RangeError ? "nested too deeply" : String(error);
    return refused(`${path}: this is not a configuration: ${why}.`);
  }
}

/** What reading one file needs at every level. */
interface Reading {
  readonly settings: Settings;
  readonly problems: string[];
  readonly document: Document.Parsed;
  readonly place: (offset: number) => string;
}

/** Calls `each` for every entry of a YAML mapping, after refusing keys that are not words and keys written twice. */
function eachEntry(
  { problems, place }: Reading,
  items: readonly Pair<unknown, unknown>[],
  each: (name: string, value: Node | null, keyAt: number) => void,
): void {
  const seen = new Map<string, string>();
  for (const pair of items) {
    if (problems.length >= MOST_PROBLEMS) return;
    const node = pair.key as Node | null;
    const at = node?.range?.[0] ?? 0;
    if (!isScalar(node) || node.value === null) {
      problems.push(`${place(at)}: a key must be a word followed by a colon.`);
      continue;
    }
    const name = typeof node.value === "symbol" ? node.value.description ?? "" : String(node.value);
    const first = seen.get(name);
    if (first) problems.push(`${place(at)}: ${quote(name)} is written twice; it is already at ${first}. Keep one.`);
    else {
      seen.set(name, place(at));
      each(name, pair.value as Node | null, at);
    }
  }
}

function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function readSection(reading: Reading, section: string, items: readonly Pair<unknown, unknown>[]): void {
  const { settings, problems, document, place } = reading;
  eachEntry(reading, items, (name, value, keyAt) => {
    const key = findKey(`${section}.${name}`);
    if (!key) {
      problems.push(`${place(keyAt)}: unknown key ${quote(name)} in "${section}". ${suggestKey(section, name)}`);
      return;
    }
    accept(settings, problems, key, value?.toJS(document, { mapAsMap: true }), place(value?.range?.[0] ?? keyAt));
  });
}

/** Adds what a YAML file says. A section left empty, or with every line commented out, says nothing. */
export function readFile(file: ConfigFile, settings: Settings, problems: string[]): void {
  const parsed = parseYaml(file);
  if (!parsed.ok) {
    problems.push(...parsed.problems);
    return;
  }
  const { document, place } = parsed;
  const root = document.contents;
  if (isEmpty(root)) return;
  if (!isMap(root)) {
    problems.push(`${place(root?.range?.[0] ?? 0)}: sections are expected: ${[...CONFIG_SECTIONS.keys()].join(", ")}.`);
    return;
  }
  const reading: Reading = { settings, problems: [], document, place };
  eachEntry(reading, root.items, (name, value, keyAt) => {
    if (!CONFIG_SECTIONS.has(name)) {
      reading.problems.push(`${place(keyAt)}: unknown section ${quote(name)}. ${suggestSection(name)}`);
    } else if (isMap(value)) readSection(reading, name, value.items);
    else if (!isEmpty(value)) {
      const at = place(value?.range?.[0] ?? keyAt);
      reading.problems.push(`${at}: "${name}" is a section; write its keys on the lines below it, indented.`);
    }
  });
  problems.push(...reading.problems);
}

/** Adds what the variables ESSAIM_… say; all others are left alone. */
export function readEnv(env: Readonly<Record<string, string>>, settings: Settings, problems: string[]): void {
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith("ESSAIM_")) continue;
    const key = KEYS_BY_ENV.get(name);
    if (key) accept(settings, problems, key, key.kind.fromText(text), name);
    else {
      const close = nearest(name, KEYS_BY_ENV.keys());
      const advice = close ? `Did you mean ${close}?` : 'Names are like ESSAIM_TRACKER_PORT, for "port" in "tracker".';
      problems.push(`${quote(name)}: no such setting in the environment. ${advice}`);
    }
  }
}

/** Adds the command line's values, by dotted key; undefined means that the option was not given. */
export function readFlags(flags: Readonly<Record<string, unknown>>, settings: Settings, problems: string[]): void {
  for (const [name, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    const key = findKey(name);
    if (key) {
      const raw = typeof value === "string" ? key.kind.fromText(value) : value;
      accept(settings, problems, key, raw, key.flag || `--${key.key}`);
    } else {
      const close = nearest(name, KEYS.keys());
      problems.push(`${quote(name)}: no such setting.${close ? ` Did you mean "${close}"?` : ""}`);
    }
  }
}
