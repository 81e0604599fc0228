import { Signal } from "@preact/signals";
import { isValidElement } from "preact";

/** Values without an entry of their own; `deserialize.ts` has the same list. */
const SPECIAL: readonly unknown[] = [undefined, NaN, Infinity, -Infinity, -0];

/** Marks a hole of an array. */
const HOLE = -(SPECIAL.length + 1);

/**
 * The value as JSON that `deserialize` turns back: a list of entries, the value first, that name each other by index;
 * so shared objects and signals stay shared and cycles are allowed. `what` begins the message of the error thrown for
 * what cannot be sent: functions, symbols, JSX, instances of classes.
 */
export function serialize(value: unknown, what: string): string {
  const entries: string[] = [];
  const seen = new Map<unknown, number>();

  function add(value: unknown, path: string): number {
    const special = SPECIAL.findIndex((each) => Object.is(each, value));
    if (special >= 0) return -(special + 1);
    const known = seen.get(value);
    if (known !== undefined) return known;
    const index = entries.push("") - 1;
    seen.set(value, index);
    entries[index] = JSON.stringify(entry(value, path));
    return index;
  }

  function entry(value: unknown, path: string): unknown {
    switch (typeof value) {
      case "string":
      case "number":
      case "boolean":
        return value;
      case "bigint":
        return ["BigInt", String(value)];
      case "object":
        return value === null ? null : objectEntry(value, path);
      default:
        throw unsendable(path, `a ${typeof value}`);
    }
  }

  function objectEntry(value: object, path: string): unknown {
    if (Array.isArray(value)) {
      return Array.from(
        value,
        (item, index) => index in value ? add(item, `${path}[${index}]`) : HOLE,
      );
    }
    if (value instanceof Signal) {
      return [
        isComputed(value) ? "Computed" : "Signal",
        add(value.peek(), `${path}.value`),
      ];
    }
    if (isValidElement(value)) throw unsendable(path, "JSX");
    if (value instanceof Date) return ["Date", value.getTime()];
    if (value instanceof URL) return ["URL", value.href];
    if (value instanceof RegExp) return ["RegExp", value.source, value.flags];
    if (value instanceof Uint8Array) return ["Uint8Array", value.toBase64()];
    if (value instanceof Set) {
      return [
        "Set",
        [...value].map((item) => add(item, `${path} (a Set)`)),
      ];
    }
    if (value instanceof Map) {
      return [
        "Map",
        [...value].flat().map((item) => add(item, `${path} (a Map)`)),
      ];
    }
    const prototype = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) {
      throw unsendable(
        path,
        `an instance of ${prototype.constructor?.name || "a class"}`,
      );
    }
    return Object.fromEntries(
      Object.entries(value).map((
        [key, item],
      ) => [key, add(item, `${path}.${key}`)]),
    );
  }

  function unsendable(path: string, kind: string): Error {
    return new Error(
      `${what}${path} cannot be sent to the browser: it is ${kind}. Pass plain data or signals.`,
    );
  }

  const index = add(value, "");
  return index < 0 ? String(index) : `[${entries.join(",")}]`;
}

/** A computed signal has no setter. */
function isComputed(signal: Signal): boolean {
  return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(signal), "value")
    ?.set === undefined;
}
