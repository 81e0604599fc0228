import type { Signal } from "@preact/signals";

export function Echo({ count }: { count: Signal<number> }) {
  return (
    <ul>
      {Array.from(
        { length: count.value },
        (_, index) => <li key={index}>{index}</li>,
      )}
    </ul>
  );
}
