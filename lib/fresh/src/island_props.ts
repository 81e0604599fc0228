import { computed, Signal, signal } from "@preact/signals";
import { parse, stringify } from "devalue";
import { isValidElement } from "preact";

/**
 * Props of islands as text and back: plain data with undefined, bigint, Date, RegExp, URL, Map, Set, Uint8Array and
 * signals. What is shared stays shared, cycles too; a computed signal keeps its value only. Throws for the rest.
 */
export function serializeProps(props: unknown): string {
  try {
    return stringify(props, {
      Signal: (value) => value instanceof Signal && !isComputed(value) && [value.peek()],
      Computed: (value) => value instanceof Signal && isComputed(value) && [value.peek()],
      // A view alone would send the whole buffer below it.
      Bytes: (value) => value instanceof Uint8Array && [value.toBase64()],
      // Refused as the functions in it are, at its own place.
      Jsx: (value) => isValidElement(value) && [() => {}],
    });
  } catch (error) {
    const { path = "", message } = error as Error & { path?: string };
    throw new TypeError(
      `The props of an island cannot be sent to the browser: ${message} (at ${path}). Pass data, text and signals, no JSX.`,
      { cause: error },
    );
  }
}

export function parseProps(text: string): unknown {
  return parse(text, {
    Signal: ([value]) => signal(value),
    Computed: ([value]) => computed(() => value),
    Bytes: ([value]) => Uint8Array.from(atob(value), (character) => character.charCodeAt(0)),
  });
}

/** A computed signal has no setter. */
function isComputed(value: Signal): boolean {
  return Object.getOwnPropertyDescriptor(Object.getPrototypeOf(value), "value")?.set === undefined;
}
