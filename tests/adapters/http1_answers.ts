/** Answers of HTTP/1.1, whatever carries them. */

export const head = (lines: string, status = "200 OK") => `HTTP/1.1 ${status}\r\n${lines}\r\n`;
export const chunked = (body: string) => head("transfer-encoding: chunked\r\n") + body;
/** What a server may say to `GET /`, and what is made of it: the body, or a code. */
export const ANSWERS: [string, string, string][] = [
  ["with a length", head("content-length: 2\r\n") + "ok", "ok"],
  ["in chunks", chunked("2\r\nok\r\n1\r\n!\r\n0\r\n\r\n"), "ok!"],
  ["without content", head("", "204 No Content"), ""],
  ["that is empty", head("content-length: 0\r\n"), ""],
  ["with content that its status forbids", head("content-length: 2\r\n", "205 Reset Content") + "ok", "bad-content"],
  [
    "in chunks that its status forbids",
    head("transfer-encoding: chunked\r\n", "205 Reset") + "0\r\n\r\n",
    "bad-content",
  ],
  ["with more than its length", head("content-length: 2\r\n") + "ok, HTTP/1.1 200 OK", "ok"],
  ["without length", head("") + "ok", "bad-content"],
  ["with two lengths", head("content-length: 2\r\ncontent-length: 2\r\n") + "ok", "bad-content"],
  [
    "with a length and in chunks",
    head("content-length: 2\r\ntransfer-encoding: chunked\r\n") + "0\r\n\r\n",
    "bad-content",
  ],
  ["with a negative length", head("content-length: -2\r\n") + "ok", "bad-content"],
  ["with a length that is no number", head("content-length: 0x2\r\n") + "ok", "bad-content"],
  ["in another transfer encoding", head("transfer-encoding: gzip, chunked\r\n") + "ok", "bad-content"],
  ["that is compressed", head("content-length: 2\r\ncontent-encoding: gzip\r\n") + "ok", "bad-content"],
  ["in chunks of no size", chunked("\r\nok\r\n"), "bad-content"],
  ["in chunks of negative size", chunked("-2\r\nok\r\n"), "bad-content"],
  ["in chunks with extensions", chunked("2;a=b\r\nok\r\n0\r\n\r\n"), "bad-content"],
  ["in chunks longer than they say", chunked("1\r\nok\r\n0\r\n\r\n"), "bad-content"],
  ["with trailers", chunked("2\r\nok\r\n0\r\nx: y\r\n\r\n"), "bad-content"],
  ["with a chunk size without end", chunked("0".repeat(1_000)), "bad-content"],
  ["that breaks off in the head", "HTTP/1.1 200 OK\r\ncontent-", "unreachable"],
  ["that breaks off in the body", head("content-length: 3\r\n") + "ok", "unreachable"],
  ["that breaks off between chunks", chunked("2\r\nok\r\n"), "unreachable"],
  ["that is nothing", "", "unreachable"],
  ["of HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok", "bad-content"],
  ["with an interim status", head("", "100 Continue") + head("content-length: 2\r\n") + "ok", "bad-content"],
  ["with a folded header", head("x: a\r\n b\r\ncontent-length: 2\r\n") + "ok", "bad-content"],
  ["with a space before a colon", head("content-length : 2\r\n") + "ok", "bad-content"],
  ["with bare line feeds", "HTTP/1.1 200 OK\ncontent-length: 2\n\nok", "unreachable"],
  ["with a zero byte in a header", head("x: \0\r\ncontent-length: 2\r\n") + "ok", "bad-content"],
  ["with headers without end", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(10_000)}`, "bad-content"],
  ["of another protocol", "SSH-2.0-hello\r\n\r\n\r\n", "bad-content"],
  ["with a redirect", head("location: /\r\ncontent-length: 0\r\n", "302 Found"), "bad-content"],
  ["that says not found", head("content-length: 2\r\n", "404 Not Found") + "no", "not-found"],
  ["that says busy", head("content-length: 0\r\nretry-after: 2\r\n", "503 Busy"), "busy"],
];

/** For the names of tests. */
export const outcomeOf = (expected: string) => /^[a-z-]{4,}$/.test(expected) ? `refused as ${expected}` : "read";
