/** Who is the teacher: whoever sits at the tracker's own computer, or has signed in over an encrypted connection. */

/** What is known of a request for the teacher's pages. */
export interface TeacherRequest {
  /** IP address at the other end of the connection. */
  readonly remoteAddress: string;
  readonly encrypted: boolean;
  /** The `Host` header; null where absent. */
  readonly host: string | null;
  /** Of all headers. */
  readonly headerNames: Iterable<string>;
  /** Whether it carries the cookie of somebody who has signed in. */
  readonly hasSession: boolean;
}

export type TeacherAccess =
  | { readonly kind: "teacher"; readonly at: "this-computer" | "elsewhere" }
  /** The password opens the pages. */
  | { readonly kind: "sign-in" }
  | { readonly kind: "refused"; readonly why: "not-encrypted" | "proxy" };

const LOOPBACK_ADDRESS = /^(?:::ffff:)?127(?:\.\d{1,3}){3}$|^::1$/i;
/** Only these names: every other one may be somebody's that leads here by its DNS. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;
/** What proxies add. One of them beside the tracker makes everybody come from this computer. */
const PROXY_HEADER =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-original-.*|x-(?:real|client|cluster-client|remote)-(?:ip|addr)|(?:true|cf|fastly)-.*-ip)$/i;

/**
 * Nothing that a header says makes anybody the teacher, it can only prevent it. With `tracker.public_url` set there is a
 * proxy, and nobody counts as being at this computer.
 */
export function teacherAccess(
  { remoteAddress, encrypted, host, headerNames, hasSession }: TeacherRequest,
  publicUrl: string,
): TeacherAccess {
  if (encrypted) return hasSession ? { kind: "teacher", at: "elsewhere" } : { kind: "sign-in" };
  if (!LOOPBACK_ADDRESS.test(remoteAddress) || !LOOPBACK_HOST.test(host ?? "")) {
    return { kind: "refused", why: "not-encrypted" };
  }
  const isProxied = publicUrl !== "" || [...headerNames].some((name) => PROXY_HEADER.test(name));
  return isProxied ? { kind: "refused", why: "proxy" } : { kind: "teacher", at: "this-computer" };
}

export const MIN_PASSWORD_LENGTH = 10;
/** More than any person types; hashing takes its time. */
export const MAX_PASSWORD_LENGTH = 200;

/** What is wrong with a new password of the teacher. Length counts characters, as a person does. */
export function passwordFault(password: string): "too-short" | "too-long" | undefined {
  const length = [...password.normalize("NFKC")].length;
  if (length < MIN_PASSWORD_LENGTH) return "too-short";
  return length > MAX_PASSWORD_LENGTH ? "too-long" : undefined;
}
