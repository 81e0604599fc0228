import assert from "node:assert/strict";
import { multipartForms } from "../../lib/adapters/multipart.ts";
import { EssaimError } from "../../lib/core/errors.ts";
import { codeOf } from "../fakes.ts";

const forms = multipartForms();

function post(body: FormData | URLSearchParams | string | ReadableStream, type?: string): Request {
  const headers = type === undefined ? undefined : { "content-type": type };
  return new Request("http://127.0.0.1/files", { method: "POST", body, ...headers && { headers } });
}

async function read(request: Request): Promise<{ fields: Record<string, string>; files: [string, number][] }> {
  const files: [string, number][] = [];
  const fields = await forms.read(request, async ({ name, body }) => {
    let size = 0;
    for await (const part of body) size += part.length;
    files.push([name, size]);
  });
  return { fields: Object.fromEntries(fields), files };
}

Deno.test("a form gives its fields and files, with the names that were written", async () => {
  const form = new FormData();
  form.append("visibility", "public");
  form.append("file", new Blob(["one"]), "été “1”.txt");
  form.append("file", new Blob(["x".repeat(1_000_000)]), "../big.bin");
  form.append("none", new Blob([]), "");
  form.append("note", "à la fin");
  assert.deepEqual(await read(post(form)), {
    fields: { visibility: "public", note: "à la fin" },
    files: [["été “1”.txt", 3], ["big.bin", 1_000_000]],
  });
  assert.deepEqual(await read(post(new URLSearchParams({ a: "1 é" }))), { fields: { a: "1 é" }, files: [] });
});

Deno.test("a form is read no faster than its files are taken, one after the other", async () => {
  const type = "multipart/form-data; boundary=b";
  let sent = 0;
  const head = (name: string) => `--b\r\ncontent-disposition: form-data; name="f"; filename="${name}"\r\n\r\n`;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = sent === 0 ? head("a") : sent === 100 ? `\r\n${head("b")}` : "x".repeat(65_536);
      if (sent++ === 200) {
        controller.enqueue(new TextEncoder().encode("\r\n--b--\r\n"));
        return controller.close();
      }
      controller.enqueue(new TextEncoder().encode(piece));
    },
  }, { highWaterMark: 0 });
  const order: string[] = [];
  let inHand = 0;
  await forms.read(post(body, type), async ({ name, body }) => {
    order.push(`begin ${name}`);
    inHand = sent;
    for await (const _ of body) if (order.at(-1) !== name) order.push(name);
    order.push(`end ${name}`);
  });
  assert.deepEqual(order, ["begin a", "a", "end a", "begin b", "b", "end b"]);
  assert.ok(inHand < 200, `${inHand} of 200 parts were read before anybody took them`);
});

const TYPE = "multipart/form-data; boundary=b";
const filePart = (name: string, content: string) =>
  `--b\r\ncontent-disposition: form-data; name="f"; filename="${name}"\r\n\r\n${content}\r\n`;

Deno.test("a file that is cut while it waits for its turn is never taken for a whole one", async () => {
  const body = `${filePart("ok.bin", "x".repeat(300_000))}${filePart("essay.docx", "y".repeat(100_000))}`;
  const whole: string[] = [];
  const reading = forms.read(post(body, TYPE), async ({ name, body }) => {
    for await (const _ of body) { /* all of it */ }
    whole.push(name);
  });
  assert.equal(await codeOf(reading), "bad-input");
  assert.ok(!whole.includes("essay.docx"), "it ended as if it were whole");
});

Deno.test("after a file that is refused the next ones are not begun, and nothing is left to wait for", async () => {
  const names: string[] = [];
  const body = filePart(".hidden", "x") + filePart("big.bin", "y".repeat(2_000_000)) + "--b--\r\n";
  const reading = forms.read(post(body, TYPE), ({ name }) => {
    names.push(name);
    return Promise.reject(new EssaimError("bad-name", "Never shared."));
  });
  assert.equal(await codeOf(reading), "bad-name");
  assert.deepEqual(names, [".hidden"]);
});

Deno.test("what is no form, too long or cut off is refused", async () => {
  const type = "multipart/form-data; boundary=b";
  const field = (name: string, value: string) =>
    `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const many = Array.from({ length: 200 }, (_, index) => field(`f${index}`, "x")).join("");
  for (
    const [request, code] of [
      [post("{}", "application/json"), "bad-input"],
      [post("x", "multipart/form-data"), "bad-input"],
      [post(field("a", "1"), type), "bad-input"],
      [post('--b\r\ncontent-disposition: form-data; name="f"; filename="a"\r\n\r\nhalf', type), "bad-input"],
      [post(`${many}--b--\r\n`, type), "too-large"],
      [post(`${field("a", "x".repeat(20_000))}--b--\r\n`, type), "too-large"],
    ] as const
  ) assert.equal(await codeOf(read(request)), code);
});

Deno.test("an error of who takes the files is the error of the form", async () => {
  const form = new FormData();
  for (const name of ["a", "b"]) form.append("file", new Blob(["x".repeat(1_000_000)]), name);
  const taken: string[] = [];
  const failing = forms.read(post(form), ({ name }) => {
    taken.push(name);
    return Promise.reject(new RangeError("full"));
  });
  await assert.rejects(failing, RangeError);
  assert.deepEqual(taken, ["a"]);
});
