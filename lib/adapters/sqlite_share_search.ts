import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import { EssaimError } from "../core/errors.ts";
import { idPrefix, nameKey, RANK } from "../core/search.ts";
import type { ShareQuery, Visible } from "../swarm_ports.ts";

export type Row = Record<string, SQLOutputValue>;
export type Query = (sql: string, ...values: SQLInputValue[]) => Row[];

/** Searches have as many shapes as there are combinations of filters, orders and numbers of words. */
const MAX_PREPARED = 200;

/** Runs a statement, prepared at its first use. */
export function preparing(db: DatabaseSync): Query {
  const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  return (sql, ...values) => {
    const statement = prepared.get(sql) ?? db.prepare(sql);
    prepared.delete(sql); // used last, kept longest
    prepared.set(sql, statement);
    if (prepared.size > MAX_PREPARED) prepared.delete(prepared.keys().next().value!);
    return statement.all(...values) as Row[];
  };
}

/** Words of one or two letters have no trigram: inside other words they are looked for in this many of the newest shares. */
const SCANNED_FOR_SHORT_WORDS = 200_000;
/** With more matches than this it is faster to go through the shares in order than to sort the matches. */
const MANY = 3_000;
const LAST_LETTER = "\u{10ffff}";

/** `held.peers` and one for the owner; both tables are of the connection, see `noteCopies`. */
const COPIES =
  "((s.owner IN (SELECT owner FROM temp.present)) + coalesce((SELECT h.peers FROM temp.held h WHERE h.share = s.id), 0))";
const NAME_KEY = "substr(s.norm, 1, 60)";
const KEYS = { name: NAME_KEY, size: "s.size", date: "s.at", copies: COPIES } as const;

/** A part of a statement with the values of its question marks. */
interface Sql {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}
const part = (sql: string, ...values: SQLInputValue[]): Sql => ({ sql, values });
const both = (...parts: Sql[]): Sql => ({
  sql: parts.map(({ sql }) => sql).filter((sql) => sql !== "").join(" AND "),
  values: parts.flatMap(({ values }) => values),
});
const not = ({ sql, values }: Sql): Sql => sql === "" ? part("") : { sql: `NOT (${sql})`, values };

/** What this caller may know of; `s` is the share. */
export function visibleTo(visible: Visible): Sql {
  if (visible === "public") return part("s.visibility = 'public'");
  return part(
    `(s.visibility IN ('public', 'class') OR s.user = ? OR
      EXISTS (SELECT 1 FROM readers r WHERE r.share = s.id AND r.user = ?))`,
    visible.user,
    visible.user,
  );
}

/** Ids of the shares that fit, with their sort keys, in order. Every step stops at the limit or walks an index. */
export function searchShares(all: Query, query: ShareQuery): { id: number; key: string | number }[] {
  const after = query.after && { key: query.after.key, id: idOf(all, query.after, query.visible) };
  const rows = query.sort === "relevance" && query.words.length > 0
    ? byRelevance(all, query, after)
    : bySortKey(all, query, after);
  return rows.map(({ id, key }) => ({ id: Number(id), key: key as string | number }));
}

interface After {
  readonly key: string | number;
  readonly id: number;
}

/** Also of one that was taken back meanwhile; one that the caller may not know of is unknown. */
function idOf(all: Query, { owner, shareId }: NonNullable<ShareQuery["after"]>, visible: Visible): number {
  const { sql, values } = visibleTo(visible);
  const [row] = all(`SELECT id FROM shares s WHERE owner = ? AND share_id = ? AND ${sql}`, owner, shareId, ...values);
  if (row) return Number(row.id);
  throw new EssaimError("bad-input", "This cursor is of a share that is no longer known. Search again without it.");
}

function bySortKey(all: Query, query: ShareQuery, after: After | undefined): Row[] {
  const { sort, order, words } = query;
  const few = fewMatches(all, words);
  const wanted = both(filters(query), matches(words));
  if (sort === "copies" && few === undefined) return byCopies(all, query, wanted, after);
  const key = KEYS[sort === "relevance" ? "date" : sort];
  const { sql, values } = inOrder(key, few ?? part("shares s"), wanted, order, after);
  return all(sql, ...values, query.limit);
}

/**
 * The beginnings of three lists, one of which is short: what others hold, what only its present owner has, what nobody has.
 */
function byCopies(all: Query, { order, limit }: ShareQuery, wanted: Sql, after: After | undefined): Row[] {
  const shares = part("shares s");
  const isHeld = "s.id IN (SELECT share FROM temp.held)";
  const isPresent = "s.owner IN (SELECT owner FROM temp.present)";
  const lists = [
    inOrder(COPIES, part("temp.held h CROSS JOIN shares s ON s.id = h.share"), wanted, order, after),
    inOrder("1", shares, both(wanted, part(`NOT ${isHeld} AND ${isPresent}`)), order, after),
    inOrder("0", shares, both(wanted, part(`NOT ${isHeld} AND NOT ${isPresent}`)), order, after),
  ];
  return all(
    `${
      lists.map(({ sql }) => `SELECT * FROM (${sql})`).join(" UNION ALL ")
    } ORDER BY key ${order}, id ${order} LIMIT ?`,
    ...lists.flatMap(({ values }) => [...values, limit]),
    limit,
  );
}

/** A question that lacks only the value of its limit. */
function inOrder(key: string, from: Sql, wanted: Sql, order: ShareQuery["order"], after: After | undefined): Sql {
  const beyond = order === "asc" ? ">" : "<";
  const where = both(wanted, after ? part(`(${key}, s.id) ${beyond} (?, ?)`, after.key, after.id) : part(""));
  // A constant in ORDER BY would be the number of a column.
  const keyOrder = /^\d$/.test(key) ? "" : `${key} ${order}, `;
  return part(
    `SELECT s.id AS id, ${key} AS key FROM ${from.sql} WHERE ${where.sql} ORDER BY ${keyOrder}s.id ${order} LIMIT ?`,
    ...from.values,
    ...where.values,
  );
}

/** The shares that the words lead to, when they are few. */
function fewMatches(all: Query, words: readonly string[]): Sql | undefined {
  const trigrams = trigramQuery(words);
  if (trigrams === undefined) return undefined;
  const ids = withId(words);
  const [row] = all(`SELECT COUNT(*) AS count FROM (SELECT 1 FROM names WHERE names MATCH ? LIMIT ${MANY})`, trigrams);
  if (ids === undefined && Number(row!.count) >= MANY) return undefined;
  const byId = ids ? `UNION SELECT s.id FROM shares s WHERE s.state = 'live' AND ${ids.sql}` : "";
  return part(
    `(SELECT rowid AS id FROM names WHERE names MATCH ? ${byId}) m CROSS JOIN shares s ON s.id = m.id`,
    trigrams,
    ...ids?.values ?? [],
  );
}

/** One question a rank, best first; the next rank is asked when there is still room. */
function byRelevance(all: Query, query: ShareQuery, after: After | undefined): Row[] {
  const { words, limit } = query;
  const wanted = filters(query);
  const found: Row[] = [];
  for (const { rank, from, where } of ranks(all, words)) {
    if (found.length === limit) break;
    if (after && rank > Number(after.key)) continue;
    const source = from();
    const conditions = both(wanted, source, where, after?.key === rank ? part("s.id < ?", after.id) : part(""));
    found.push(...all(
      `SELECT s.id, ${rank} AS key FROM ${source.table} WHERE ${conditions.sql} ORDER BY ${source.order} DESC LIMIT ?`,
      ...conditions.values,
      limit - found.length,
    ));
  }
  return found;
}

/** `order`: the column that is the share's id, by which this source comes sorted by itself. */
interface Source extends Sql {
  readonly table: string;
  readonly order: string;
}

function ranks(all: Query, words: readonly string[]): { rank: number; from: () => Source; where: Sql }[] {
  const phrase = words.join(" ");
  const ids = withId(words);
  const otherwise = ids ? not(ids) : part("");
  const isPrefix = part("instr(s.norm, ?) = 1", phrase);
  const haveWords = both(...words.map((word) => part("instr(' ' || s.norm, ?) > 0", ` ${word}`)));
  const shares: Source = { ...part(""), table: "shares s", order: "s.id" };
  const indexed = (table: string, match: string): Source => (
    {
      ...part(`${table} MATCH ?`, match),
      table: `${table} JOIN shares s ON s.id = ${table}.rowid`,
      order: `${table}.rowid`,
    }
  );
  const byWords = () => indexed("words", words.map((word) => `${quoted(word)} *`).join(" AND "));
  const byParts = () => {
    const trigrams = trigramQuery(words);
    if (trigrams !== undefined) return indexed("names", trigrams);
    const newest =
      `(SELECT * FROM shares s WHERE s.state = 'live' ORDER BY s.id DESC LIMIT ${SCANNED_FOR_SHORT_WORDS}) s`;
    return { ...shares, table: newest };
  };
  const byBeginning = () => {
    const begin = nameKey(phrase);
    const range = part(`${NAME_KEY} >= ? AND ${NAME_KEY} < ?`, begin, begin + LAST_LETTER);
    const sql =
      `SELECT COUNT(*) AS count FROM (SELECT 1 FROM shares s WHERE s.state = 'live' AND ${range.sql} LIMIT ${MANY})`;
    return Number(all(sql, ...range.values)[0]!.count) < MANY ? { ...shares, ...range } : byWords();
  };
  const whole = part(`${NAME_KEY} = ? AND s.norm = ?`, nameKey(phrase), phrase);
  return [
    ...ids ? [{ rank: RANK.id, from: () => ({ ...shares, order: "+s.id" }), where: ids }] : [],
    { rank: RANK.whole, from: () => shares, where: both(whole, otherwise) },
    { rank: RANK.prefix, from: byBeginning, where: both(isPrefix, part("s.norm <> ?", phrase), otherwise) },
    { rank: RANK.wordPrefix, from: byWords, where: both(haveWords, not(isPrefix), otherwise) },
    { rank: RANK.substring, from: byParts, where: both(contains(words), not(haveWords), otherwise) },
  ];
}

function filters({ visible, type, min, max, ownerWords, available }: ShareQuery): Sql {
  const isOwner = both(...ownerWords.map((word) => part("instr(norm, ?) > 0", word)));
  return both(
    part("s.state = 'live'"),
    visibleTo(visible),
    type === undefined ? part("") : part("s.type = ?", type),
    min === undefined ? part("") : part("s.size >= ?", min),
    max === undefined ? part("") : part("s.size <= ?", max),
    isOwner.sql === ""
      ? part("")
      : part(`s.owner IN (SELECT peer_id FROM peers WHERE ${isOwner.sql})`, ...isOwner.values),
    part(available ? `${COPIES} > 0` : ""),
  );
}

function matches(words: readonly string[]): Sql {
  const named = contains(words);
  const ids = withId(words);
  return ids ? part(`((${named.sql}) OR ${ids.sql})`, ...named.values, ...ids.values) : named;
}

function contains(words: readonly string[]): Sql {
  return both(...words.map((word) => part("instr(s.norm, ?) > 0", word)));
}

/** File id or share id begins with the only word. */
function withId(words: readonly string[]): Sql | undefined {
  const prefix = idPrefix(words);
  if (prefix === undefined) return undefined;
  const range = [prefix, `${prefix}g`]; // "g" comes after every hex digit
  return part("((s.file_id >= ? AND s.file_id < ?) OR (s.share_id >= ? AND s.share_id < ?))", ...range, ...range);
}

/** All trigrams of all words, or undefined when no word has one. Phrases need positions, which `detail=none` drops. */
function trigramQuery(words: readonly string[]): string | undefined {
  const trigrams = new Set<string>();
  for (const word of words) {
    const letters = [...word];
    for (let start = 0; start + 3 <= letters.length; start++) trigrams.add(letters.slice(start, start + 3).join(""));
  }
  return trigrams.size === 0 ? undefined : [...trigrams].map(quoted).join(" AND ");
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
