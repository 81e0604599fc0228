import type { ClassRoom } from "../../lib/app/class_room.ts";
import { type ClassInfo, MAX_CLASS_REQUEST_BYTES } from "../../lib/core/class_messages.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import type { Caller } from "../../lib/core/permission.ts";
import { readBody, type Route } from "../http.ts";

export interface ClassRoutesOptions {
  readonly room: ClassRoom;
  /** Where the tracker answers over TLS. */
  readonly memberPort: () => number;
  /** "essaim/0.1.0" */
  readonly software: string;
}

/** What anyone may know of the class. Nothing of it is to be believed before it is compared with a class code. */
export function classInfoRoutes({ room, memberPort, software }: ClassRoutesOptions): Route[] {
  return [
    {
      method: "GET",
      path: "/api/class",
      handle: () => json({ ...room.info(), memberPort: memberPort(), software } satisfies ClassInfo),
    },
    { method: "GET", path: "/api/ca.pem", handle: () => answer(room.pem, "application/pem-certificate-chain") },
  ];
}

/** What may only travel over TLS: joining and renewing, which need no certificate, and what only members ask. */
export function classMemberRoutes({ room }: Pick<ClassRoutesOptions, "room">): Route[] {
  return [
    {
      method: "POST",
      path: "/api/join",
      handle: async (request, caller) => json(await room.enrol(await signedBody(request), addressOf(caller))),
    },
    {
      method: "POST",
      path: "/api/renew",
      handle: async (request) => json(await room.renew(await signedBody(request))),
    },
    {
      method: "GET",
      path: "/api/members",
      handle(_request, caller) {
        memberOf(caller);
        return json({ members: room.members() });
      },
    },
    {
      method: "POST",
      path: "/api/devices",
      handle: (_request, caller) => json(room.deviceCode(memberOf(caller).user)),
    },
    {
      method: "GET",
      path: "/api/revocations",
      handle(_request, caller) {
        memberOf(caller);
        return answer(room.revocations.jws, "application/jose");
      },
    },
  ];
}

export function classRoutes(options: ClassRoutesOptions): Route[] {
  return [...classInfoRoutes(options), ...classMemberRoutes(options)];
}

function memberOf(caller: Caller): Extract<Caller, { kind: "member" }> {
  if (caller.kind === "member") return caller;
  throw new EssaimError("unauthorized", "Only members of the class may ask this.");
}

function addressOf(caller: Caller): string {
  return caller.kind === "local" ? "127.0.0.1" : caller.address;
}

async function signedBody(request: Request): Promise<string> {
  const type = (request.headers.get("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();
  if (type !== "application/jose") throw new EssaimError("bad-input", "The request is signed: application/jose.");
  return new TextDecoder().decode(await readBody(request, MAX_CLASS_REQUEST_BYTES)).trim();
}

function json(value: unknown): Response {
  return Response.json(value, { headers: { "cache-control": "no-store" } });
}

function answer(text: string, type: string): Response {
  return new Response(text, { headers: { "content-type": type, "cache-control": "no-store" } });
}
