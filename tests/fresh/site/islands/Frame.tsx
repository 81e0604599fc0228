import { useState } from "preact/hooks";
import Items from "./Items.tsx";

export default function Frame({ children, bytes }: { children?: string; bytes: Uint8Array }) {
  const [open, setOpen] = useState(false);
  return open
    ? (
      <div>
        <Items names={[`${children} ${bytes.length}`]} />
      </div>
    )
    : <button type="button" onClick={() => setOpen(true)}>open</button>;
}
