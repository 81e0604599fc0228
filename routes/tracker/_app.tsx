import { Document } from "../../components/document.tsx";
import { styleAddress } from "../assets.ts";
import { defineTracker } from "../define.ts";

export default defineTracker.page(async ({ Component, state }) => (
  <Document lang={state.lang} theme={state.theme} title={state.title} style={await styleAddress()}>
    <Component />
  </Document>
));
