import type { Signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { IS_BROWSER } from "fresh/runtime";

interface Props {
  count: Signal<number>;
  label: string;
  since: Date;
}

export default function Counter({ count, label, since }: Props) {
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  return (
    <section
      aria-label={label}
      data-ready={ready}
      data-year={since.getUTCFullYear()}
    >
      <output>{count}</output>
      <button
        type="button"
        disabled={!IS_BROWSER}
        onClick={() => count.value++}
      >
        +1 {label}
      </button>
    </section>
  );
}
