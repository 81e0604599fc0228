import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Button } from "../components/button.tsx";

/** Prints the page; without scripts the browser's own menu does. */
export default function PrintButton({ label }: { readonly label: string }) {
  const isAlive = useSignal(false);
  useEffect(() => {
    isAlive.value = true;
  }, []);
  return isAlive.value ? <Button kind="primary" onClick={() => globalThis.print()}>{label}</Button> : null;
}
