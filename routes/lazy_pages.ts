import type { PageState } from "./define.ts";
import type { PagesOptions } from "./pages.tsx";

type Answer = (request: Request) => Promise<Response>;

/** Pages that are put together when the first one is asked for: a computer that only shares does without them. */
export function lazyPages<State extends PageState>(options: PagesOptions<State>): Answer {
  let opened: Promise<Answer> | undefined;
  const open = () => import("./pages.tsx").then(({ openPages }) => openPages(options));
  return async (request) => {
    opened ??= open().catch((error) => {
      opened = undefined; // the next request tries again
      throw error;
    });
    return (await opened)(request);
  };
}
