import { defineTracker } from "../../define.ts";

export const handler = defineTracker.handlers({ GET: (ctx) => ctx.redirect("/class/people", 303) });
