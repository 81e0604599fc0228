import { page } from "fresh";
import { EmptyState } from "../../components/empty_state.tsx";
import { frameTexts } from "../../lib/i18n/frame.ts";
import { definePeer } from "../define.ts";

export const config = { skipInheritedLayouts: true };

export const handler = definePeer.handlers({
  GET: ({ state }) => {
    state.title = frameTexts(state.lang).locked.title;
    return page(undefined, { status: 401 });
  },
});

/** The only page that is shown without the one-time link. It tells nothing about whose computer this is. */
export default definePeer.page(({ state }) => {
  const { locked } = frameTexts(state.lang);
  return (
    <main class="main locked">
      <h1>{locked.title}</h1>
      <EmptyState drawing="lost" title={locked.text} text={locked.help}>
        <code>{state.program} open</code>
      </EmptyState>
    </main>
  );
});
