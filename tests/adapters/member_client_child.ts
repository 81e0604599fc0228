/** Reads whom to ask from stdin; prints how that ends. */
import { memberClient } from "../../lib/adapters/member_client.ts";
import { asEssaimError } from "../../lib/core/errors.ts";

const { credentials, name, port } = await new Response(Deno.stdin.readable).json();
using client = memberClient({ credentials });
const signal = AbortSignal.timeout(5_000);
const answer = client.to(name).fetch(`https://127.0.0.1:${port}/`, { signal });
console.log(await answer.then(() => "answered", (error) => asEssaimError(error).code));
