import assert from "node:assert/strict";
import { passwordFault, teacherAccess } from "../../lib/core/teacher_access.ts";

interface Case {
  readonly remoteAddress?: string;
  readonly encrypted?: boolean;
  readonly host?: string | null;
  readonly headerNames?: readonly string[];
  readonly hasSession?: boolean;
  readonly publicUrl?: string;
}

const decide = ({ publicUrl = "", ...request }: Case) => {
  const here = { remoteAddress: "127.0.0.1", encrypted: false, host: "127.0.0.1:5000" };
  return teacherAccess({ ...here, headerNames: ["host", "accept"], hasSession: false, ...request }, publicUrl);
};

Deno.test("over plain HTTP only who sits at the tracker's computer is the teacher", () => {
  const from: [Case, "teacher" | "not-encrypted" | "proxy"][] = [
    [{}, "teacher"],
    [{ remoteAddress: "::1", host: "[::1]:5000" }, "teacher"],
    [{ remoteAddress: "::ffff:127.0.0.1", host: "localhost:5000" }, "teacher"],
    [{ remoteAddress: "127.8.8.8", host: "127.8.8.8" }, "teacher"],
    [{ host: "LOCALHOST" }, "teacher"],
    // From the network, whatever it says of itself.
    [{ remoteAddress: "192.168.1.20" }, "not-encrypted"],
    [{ remoteAddress: "192.168.1.20", host: "localhost:5000" }, "not-encrypted"],
    [{ remoteAddress: "192.168.1.20", hasSession: true }, "not-encrypted"],
    [{ remoteAddress: "192.168.1.20", headerNames: ["x-forwarded-for"] }, "not-encrypted"],
    [{ remoteAddress: "::ffff:192.168.1.20" }, "not-encrypted"],
    [{ remoteAddress: "fe80::1", host: "[fe80::1]:5000" }, "not-encrypted"],
    [{ remoteAddress: "127.0.0.1.evil.example" }, "not-encrypted"],
    [{ remoteAddress: "" }, "not-encrypted"],
    // By a name that somebody else may have given to this computer.
    [{ host: "192.168.1.10:5000" }, "not-encrypted"],
    [{ host: "127.evil.local:5000" }, "not-encrypted"],
    [{ host: "127.0.0.1.evil.example:5000" }, "not-encrypted"],
    [{ host: "evil.localhost:5000" }, "not-encrypted"],
    [{ host: "tracker:5000" }, "not-encrypted"],
    [{ host: "0.0.0.0:5000" }, "not-encrypted"],
    [{ host: "localhost:5000@evil.example" }, "not-encrypted"],
    [{ host: "localhost.:5000" }, "not-encrypted"],
    [{ host: "2130706433" }, "not-encrypted"],
    [{ host: "" }, "not-encrypted"],
    [{ host: null }, "not-encrypted"],
    // Behind a proxy on this computer.
    ...[
      "forwarded",
      "Via",
      "X-Forwarded-For",
      "x-forwarded",
      "x-forwarded-host",
      "x-forwarded-proto",
      "x-real-ip",
      "x-client-ip",
      "x-remote-addr",
      "x-original-host",
      "cf-connecting-ip",
      "true-client-ip",
    ].map((name): [Case, "proxy"] => [{ headerNames: ["host", name] }, "proxy"]),
    [{ publicUrl: "https://share.school.example" }, "proxy"],
    [{ hasSession: true, publicUrl: "http://127.0.0.1:5000" }, "proxy"],
  ];
  for (const [request, expected] of from) {
    const access = decide(request);
    assert.equal(access.kind === "refused" ? access.why : access.kind, expected, JSON.stringify(request));
  }
});

Deno.test("over an encrypted connection the password counts, from everywhere and nothing else", () => {
  for (
    const request of [
      {},
      { remoteAddress: "192.168.1.20", host: "192.168.1.10:5443" },
      { remoteAddress: "192.168.1.20", host: null, headerNames: ["x-forwarded-for"], publicUrl: "https://a.example" },
    ]
  ) {
    assert.deepEqual(decide({ ...request, encrypted: true }), { kind: "sign-in" });
    assert.deepEqual(decide({ ...request, encrypted: true, hasSession: true }), { kind: "teacher", at: "elsewhere" });
  }
});

Deno.test("a password has ten characters at least, as a person counts them", () => {
  for (
    const [password, expected] of [
      ["", "too-short"],
      ["123456789", "too-short"],
      ["éèàùçâêîô", "too-short"],
      ["e\u0301".repeat(9), "too-short"],
      ["🐝".repeat(9), "too-short"],
      ["1234567890", undefined],
      ["🐝".repeat(10), undefined],
      ["a".repeat(200), undefined],
      ["a".repeat(201), "too-long"],
    ] as const
  ) assert.equal(passwordFault(password), expected, password);
});
