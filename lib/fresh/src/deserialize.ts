import { computed, signal } from "@preact/signals";

/** As in `serialize.ts`. */
const SPECIAL: readonly unknown[] = [undefined, NaN, Infinity, -Infinity, -0];
const HOLE = -(SPECIAL.length + 1);

/** What `serialize` was given; signals are live ones. */
export function deserialize(json: string): unknown {
  const parsed = JSON.parse(json) as number | unknown[];
  if (typeof parsed === "number") return SPECIAL[-parsed - 1];
  const entries = parsed;
  const done = new Map<number, unknown>();

  function get(index: number): unknown {
    if (index < 0) return SPECIAL[-index - 1];
    return done.has(index) ? done.get(index) : revive(index, entries[index]);
  }

  /** Objects are remembered before what they contain is made, because it may contain them. */
  function remember<T>(index: number, value: T): T {
    done.set(index, value);
    return value;
  }

  function revive(index: number, entry: unknown): unknown {
    if (typeof entry !== "object" || entry === null) {
      return remember(index, entry);
    }
    if (!Array.isArray(entry)) {
      return reviveObject(index, entry as Record<string, number>);
    }
    return typeof entry[0] === "string" ? reviveTagged(index, entry) : reviveArray(index, entry);
  }

  function reviveObject(index: number, entry: Record<string, number>): unknown {
    const object = remember(index, {});
    for (const [key, item] of Object.entries(entry)) {
      Object.defineProperty(object, key, {
        value: get(item),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return object;
  }

  function reviveArray(index: number, entry: number[]): unknown {
    const array = remember(index, new Array<unknown>(entry.length));
    entry.forEach((item, position) => item === HOLE || (array[position] = get(item)));
    return array;
  }

  // deno-lint-ignore no-explicit-any -- as `serialize` writes it
  function reviveTagged(index: number, [tag, value, flags]: any[]): unknown {
    switch (tag) {
      case "Signal": {
        const live = remember(index, signal<unknown>(undefined));
        live.value = get(value);
        return live;
      }
      case "Computed": {
        const current = signal<unknown>(undefined);
        const live = remember(index, computed(() => current.value));
        current.value = get(value);
        return live;
      }
      case "BigInt":
        return remember(index, BigInt(value));
      case "Date":
        return remember(index, new Date(value ?? NaN));
      case "URL":
        return remember(index, new URL(value));
      case "RegExp":
        return remember(index, new RegExp(value, flags));
      case "Uint8Array":
        return remember(
          index,
          Uint8Array.from(atob(value), (character) => character.charCodeAt(0)),
        );
      case "Set": {
        const set = remember(index, new Set());
        for (const item of value) set.add(get(item));
        return set;
      }
      case "Map": {
        const map = remember(index, new Map());
        for (let at = 0; at < value.length; at += 2) {
          map.set(get(value[at]), get(value[at + 1]));
        }
        return map;
      }
    }
  }

  return get(0);
}
