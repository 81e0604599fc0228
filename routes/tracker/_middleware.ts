import { defineTracker } from "../define.ts";
import { cameOf } from "../tracker_pages.ts";

/** Notes for every page whether the teacher asks. */
export default defineTracker.middleware((ctx) => {
  ctx.state.access = ctx.state.tracker.teacher?.gate.access(ctx.req, cameOf(ctx));
  return ctx.next();
});
