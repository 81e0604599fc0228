import { signal } from "@preact/signals";
import Counter from "../islands/Counter.tsx";

export default function One() {
  return <Counter count={signal(0)} label="only" since={new Date(0)} />;
}
