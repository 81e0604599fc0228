import { definePeer } from "../define.ts";
import { Document } from "../../components/document.tsx";
import { styleAddress } from "../assets.ts";

export default definePeer.page(async ({ Component, state }) => (
  <Document lang={state.lang ?? "fr"} theme={state.theme ?? "auto"} title={state.title} style={await styleAddress()}>
    <Component />
  </Document>
));
