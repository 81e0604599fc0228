import Broken from "../islands/Broken.tsx";
import Frame from "../islands/Frame.tsx";
import Items from "../islands/Items.tsx";

export default function Lists() {
  return (
    <>
      <Broken />
      <ul>
        <li>first</li>
        <Items names={["a", "b"]} />
        <li>last</li>
      </ul>
      <Frame bytes={new Uint8Array(3)}>text</Frame>
    </>
  );
}
