import { type PublicAccess, publicAccess } from "../lib/core/public_access.ts";

/** For every answer that does not say otherwise itself. */
const SAFE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** What a page of another site gets, or one that reached us under a name of the internet; else undefined. */
export function refusedToSites({ headers }: Request): Response | undefined {
  const access = publicAccess({ host: headers.get("host") ?? "", origin: headers.get("origin") }, "");
  return access.allow ? undefined : safe(refusal(access));
}

export function refusal({ status, why }: PublicAccess & { allow: false }): Response {
  return Response.json({ type: "about:blank", title: "unauthorized", status, code: "unauthorized", detail: why }, {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

export function safe(response: Response): Response {
  const answer = new Response(response.body, response); // those of a redirect cannot be changed
  for (const [name, value] of Object.entries(SAFE_HEADERS)) {
    if (!answer.headers.has(name)) answer.headers.set(name, value);
  }
  return answer;
}
