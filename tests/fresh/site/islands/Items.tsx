import { useSignal } from "@preact/signals";

/** Several roots, or none. */
export default function Items({ names }: { names: string[] }) {
  const shown = useSignal(names);
  return (
    <>
      {shown.value.map((name) => <li key={name}>{name}</li>)}
      <button type="button" onClick={() => shown.value = ["new", ...shown.value, "end"]}>more</button>
      <button type="button" onClick={() => shown.value = []}>none</button>
      {shown.value.length === 0 && "empty"}
    </>
  );
}
