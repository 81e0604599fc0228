import type { Server, ServerOptions } from "node:http";
import { createServer, type Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { REVOCATIONS_HEADER } from "../core/class_messages.ts";
import {
  DEFAULT_LIMITS,
  type HttpListener,
  type ListenOptions,
  listenWith,
  type RequestInfo,
} from "./http_listener.ts";

/** What an end of a TLS connection needs, as PEM. `ca`: the class authority's certificate, the only one trusted. */
export interface Credentials {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

/** `member`: whose certificate was presented and is valid now; undefined where none is needed and none was presented. */
export interface MemberRequestInfo<M> extends RequestInfo {
  readonly member: M | undefined;
}

type Kept = "hostname" | "ports" | "limits" | "upgrade" | "longBodies";

export interface MemberListenOptions<M> extends Pick<ListenOptions, Kept> {
  readonly credentials: Credentials;
  /** Of this server, in its certificate. Who presents a certificate has to have asked for it. */
  readonly serverName: string;
  /** Connections without certificate get in as well; one of another class still does not. */
  readonly optionalCertificate?: boolean;
  /**
   * Whom a certificate (DER, issued by the class and proved to be the caller's) belongs to; undefined, or a rejection,
   * when it is not one of a member. Asked once for each connection.
   */
  accept(der: Uint8Array): Promise<M | undefined>;
  /** Whether the certificate is still valid and not revoked. Asked before each answer. */
  isStillAllowed(member: M): boolean;
  handler(request: Request, info: MemberRequestInfo<M>): Promise<Response> | Response;
  /** Told to members with every answer. */
  revocationsNumber?(): number;
  /** The most bytes of a request body. */
  maxBodyBytes(member: M | undefined): number;
}

export interface MemberListener<M> extends HttpListener {
  /** New connections get the new certificate. */
  renew(credentials: Credentials): void;
  /** Destroys the connections of these members, whatever is under way. */
  closeWhere(isUnwanted: (member: M) => boolean): void;
}

/** `undefined` as long as it is not known. */
type Caller<M> = { readonly member: M | undefined } | undefined;

/**
 * Mutual TLS 1.3 that slow or greedy clients cannot stop. Who is not of the class is refused in the handshake; who may
 * not (any more) have an answer is disconnected without one byte. Throws `port-taken` when no port is free.
 */
export async function listenMembers<M>(options: MemberListenOptions<M>): Promise<MemberListener<M>> {
  const { isStillAllowed, optionalCertificate = false, handler, revocationsNumber } = options;
  const callers = new Map<Socket, Caller<M>>();
  const asked = new WeakMap<Socket, Promise<unknown>>();
  const admits = async (socket: Socket) => {
    await asked.get(socket);
    return isAdmitted(callers.get(socket), isStillAllowed);
  };
  const late: { server?: TlsServer } = {};
  const makeServer = (http: ServerOptions, listener: Parameters<typeof createServer>[1]) => {
    const server = createServer({
      ...http,
      ...secureContext(options.credentials, !optionalCertificate),
      handshakeTimeout: options.limits?.headersTimeoutMs ?? DEFAULT_LIMITS.headersTimeoutMs,
    }, listener);
    server.on("secureConnection", (socket) => {
      callers.set(socket, undefined);
      socket.once("close", () => callers.delete(socket));
      asked.set(
        socket,
        callerOf(socket, options).then((caller) => {
          if (caller === undefined) socket.destroy();
          else if (callers.has(socket)) callers.set(socket, caller);
        }),
      );
    });
    late.server = server;
    return server as unknown as Server;
  };
  const listener = await listenWith(makeServer, {
    ...options,
    admits,
    maxBodyBytes: (socket) => options.maxBodyBytes(callers.get(socket)?.member),
    async handler(request, info, incoming) {
      const member = callers.get(incoming.socket)?.member;
      const response = await handler(request, { ...info, member });
      if (member !== undefined && revocationsNumber) response.headers.set(REVOCATIONS_HEADER, `${revocationsNumber()}`);
      return response;
    },
  });
  return Object.assign(listener, {
    renew: (credentials: Credentials) =>
      late.server!.setSecureContext(secureContext(credentials, !optionalCertificate)),
    closeWhere(isUnwanted: (member: M) => boolean) {
      for (const [socket, caller] of callers) {
        if (caller?.member !== undefined && isUnwanted(caller.member)) socket.destroy();
      }
    },
  });
}

function secureContext({ key, cert, ca }: Credentials, rejectUnauthorized: boolean) {
  return { key, cert, ca, requestCert: true, rejectUnauthorized, minVersion: "TLSv1.3" } as const;
}

function isAdmitted<M>(caller: Caller<M>, isStillAllowed: (member: M) => boolean): boolean {
  return caller !== undefined && (caller.member === undefined || isStillAllowed(caller.member));
}

/** Undefined: whoever it is may not have an answer. */
async function callerOf<M>(
  socket: TLSSocket & { servername?: string | false | null },
  { accept, isStillAllowed, optionalCertificate, serverName }: MemberListenOptions<M>,
): Promise<Caller<M>> {
  const der = socket.getPeerCertificate(true)?.raw;
  if (der === undefined) return optionalCertificate ? { member: undefined } : undefined;
  if (!socket.authorized || socket.servername !== serverName) return undefined;
  const member = await accept(der).catch(() => undefined);
  return member !== undefined && isStillAllowed(member) ? { member } : undefined;
}
