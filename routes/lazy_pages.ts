import type { PageState } from "./define.ts";
import type { Answer, PagesOptions } from "./pages.tsx";

/** Pages that are put together when the first one is asked for: a computer that only shares does without them. */
export function lazyPages<State extends PageState>(options: PagesOptions<State>): Answer {
  let opened: Promise<Answer> | undefined;
  const open = () => import("./pages.tsx").then(({ openPages }) => openPages(options));
  return async (request, info) => {
    opened ??= open().catch((error) => {
      opened = undefined; // the next request tries again
      throw error;
    });
    return (await opened)(request, info);
  };
}
