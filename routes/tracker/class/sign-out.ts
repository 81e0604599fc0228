import { defineTracker } from "../../define.ts";
import { endedSessionCookie, sessionTokens, SIGN_IN_PATH, teacherOf } from "../../teacher_gate.ts";

export const handler = defineTracker.handlers({
  POST: ({ req, state }) => {
    const { sessions } = teacherOf(state);
    for (const token of sessionTokens(req.headers)) sessions.signOut(token);
    return new Response(null, {
      status: 303,
      headers: { location: SIGN_IN_PATH, "set-cookie": endedSessionCookie() },
    });
  },
});
