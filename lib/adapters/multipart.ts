import { Busboy, type BusboyHeaders } from "@fastify/busboy";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { EssaimError } from "../core/errors.ts";
import type { FormReader } from "../disk_ports.ts";

const MAX_FIELDS = 100;
const MAX_FIELD_BYTES = 16 * 1024;
const MAX_FILES = 2_000;
const MAX_HEADERS = 20;

/** Forms as browsers post them without a script: `multipart/form-data`, or `application/x-www-form-urlencoded`. */
export function multipartForms(): FormReader {
  return {
    async read(request, onFile) {
      const type = request.headers.get("content-type") ?? "";
      if (!/^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(type)) {
        throw new EssaimError("bad-input", "This is not a form.");
      }
      const fields = new Map<string, string>();
      const parser = parserFor({ "content-type": type });
      const failure = Promise.withResolvers<never>();
      failure.promise.catch(() => {});
      let failed: { readonly error: unknown } | undefined;
      const open = new Set<Readable>();
      const spoil = (error: unknown) => {
        failed ??= { error };
        failure.reject(error);
        for (const body of open) body.destroy(error instanceof Error ? error : undefined);
      };
      const fail = (error: unknown) => {
        spoil(error);
        parser.destroy();
      };
      const tooMuch = () => fail(new EssaimError("too-large", "The form has too many or too long fields."));
      let files = Promise.resolve();
      parser.on("field", (name: string, value: string, nameTruncated: boolean, valueTruncated: boolean) => {
        if (nameTruncated || valueTruncated) tooMuch();
        else fields.set(name, value);
      });
      parser.on("file", (_field: string, body: Readable, name: string) => {
        open.add(body);
        // Of a file that waits for its turn nobody else would hear that it was cut.
        body.on("error", (cause) => spoil(cutOff(cause)));
        body.on("close", () => open.delete(body));
        if (!name) return void body.resume();
        files = files.then(() => {
          if (failed) throw failed.error;
          return onFile({ name, body });
        }).catch(fail);
      });
      for (const limit of ["partsLimit", "filesLimit", "fieldsLimit"] as const) parser.on(limit, tooMuch);
      const body = Readable.fromWeb((request.body ?? new Blob([]).stream()) as NodeReadableStream);
      const whole = pipeline(body, parser).then(() => files, (cause) => {
        throw cutOff(cause);
      });
      whole.catch(spoil);
      try {
        await Promise.race([whole, failure.promise]);
      } catch (error) {
        await files; // what was begun is cleaned up when the answer goes
        throw error;
      }
      return fields;
    },
  };
}

function parserFor(headers: BusboyHeaders) {
  try {
    return new Busboy({
      headers,
      limits: {
        fields: MAX_FIELDS,
        files: MAX_FILES,
        fieldNameSize: 200,
        fieldSize: MAX_FIELD_BYTES,
        headerPairs: MAX_HEADERS,
      },
    });
  } catch (cause) {
    throw new EssaimError("bad-input", "The form is malformed.", { cause });
  }
}

function cutOff(cause: unknown): unknown {
  return cause instanceof EssaimError ? cause : new EssaimError("bad-input", "The form did not come whole.", { cause });
}
