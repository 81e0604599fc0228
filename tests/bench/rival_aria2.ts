import type { Contestant } from "./contestant.ts";
import { overNginx } from "./rival_nginx_curl.ts";
import { missingPrograms, run } from "./run.ts";
import { PIECE_BYTES, type TestFile } from "./test_file.ts";

/** aria2 with four connections checks every 1 MiB piece against a Metalink file while it downloads. */
export const nginxAria2: Contestant = {
  title: "nginx + aria2 -x4 -s4, Metalink pieces",
  missing: () => missingPrograms(["nginx", "aria2c"]),
  transfer: (job) =>
    overNginx(job, async (url, out) => {
      const metalink = `${job.dir}/lesson.meta4`;
      await Deno.writeTextFile(metalink, metalinkOf(job.file, url));
      return await run("aria2c", aria2Arguments(metalink, out), { signal: job.signal });
    }),
};

function aria2Arguments(metalink: string, out: string): string[] {
  const dir = out.slice(0, out.lastIndexOf("/"));
  return [
    "--no-conf",
    "--no-netrc",
    "--no-proxy=127.0.0.1",
    "--quiet",
    "-x4",
    "-s4",
    "--check-integrity=true",
    "--realtime-chunk-checksum=true",
    "--file-allocation=none",
    "--disk-cache=0", // measured: a little faster here than the default 16 MiB
    "--max-tries=1", // a wrong piece is an error, not a second try
    `--dir=${dir}`,
    `--metalink-file=${metalink}`,
  ];
}

/** RFC 5854. */
export function metalinkOf(file: TestFile, url: string): string {
  const pieces = file.pieces.sha256.map((hash) => `<hash>${hash.toHex()}</hash>`).join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
<file name="${file.name}">
<size>${file.size}</size>
<hash type="sha-256">${file.sha256}</hash>
<pieces length="${PIECE_BYTES}" type="sha-256">
${pieces}
</pieces>
<url>${url}</url>
</file>
</metalink>
`;
}
