import { IS_BROWSER } from "fresh/runtime";

/** Fails in the browser only. */
export default function Broken() {
  if (IS_BROWSER) throw new Error("broken on purpose");
  return <p>server</p>;
}
