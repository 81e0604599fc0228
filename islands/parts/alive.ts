import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";

/** False in what the server sends, and for the first moment of a page: until a script drives it. */
export function useAlive(): boolean {
  const isAlive = useSignal(false);
  useEffect(() => {
    isAlive.value = true;
  }, []);
  return isAlive.value;
}
