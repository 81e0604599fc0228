import { define } from "../define.ts";

export const handler = define.middleware(async (ctx) => {
  ctx.state.greeting = "Hello";
  const response = await ctx.next();
  response.headers.append("x-passed", "root");
  return response;
});
