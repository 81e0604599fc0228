import { definePeer } from "../define.ts";
import { ErrorRoute, errorTitle, statusOf } from "../error_route.tsx";

/** Shows errors from within: what Fresh renders for `_error.tsx` is outside of the Content-Security-Policy. */
export const handler = definePeer.middleware(async (ctx) => {
  try {
    return await ctx.next();
  } catch (error) {
    const status = statusOf(error);
    ctx.state.title = errorTitle(status, ctx.state);
    return await ctx.render(<ErrorRoute error={error} state={ctx.state} url={ctx.url} />, { status });
  }
});
