/**
 * Makes every later request of this process go straight to its target: Essaim talks to this computer and its network only,
 * and a proxy set for the internet cannot reach them. (Deno 2.9 ignores `NO_PROXY=*`.)
 */
export function ignoreProxies(): void {
  for (const name of ["http_proxy", "https_proxy", "all_proxy"]) {
    Deno.env.delete(name);
    Deno.env.delete(name.toUpperCase());
  }
}
