import type { Computer } from "../lan/networks.ts";
import { ask, THIS_COMPUTER } from "./computer.ts";
import { freePort, type Service, startService } from "./run.ts";

const READY_WITHIN_MS = 5_000;

export interface Nginx extends AsyncDisposable {
  readonly service: Service;
  /** Without a slash at the end. */
  readonly url: string;
}

/** Serves `root` with one worker for each core, sendfile and no access log. */
export async function startNginx(
  root: string,
  dir: string,
  signal: AbortSignal,
  computer: Computer = THIS_COMPUTER,
): Promise<Nginx> {
  const listen = `${computer.address}:${freePort()}`;
  const url = `http://${listen}`;
  await Deno.writeTextFile(`${dir}/nginx.conf`, nginxConfig(root, dir, listen));
  const args = ["nginx", "-p", dir, "-e", `${dir}/nginx-error.log`, "-c", `${dir}/nginx.conf`];
  const service = startService([...computer.within, ...args], { signal, log: `${dir}/nginx.log` });
  try {
    await service.until("its port to open", () => ask(computer, [url]), READY_WITHIN_MS);
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
  return { service, url, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
}

function nginxConfig(root: string, dir: string, listen: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
    daemon off;
    ${Deno.uid() === 0 ? "user root;" : ""} # else the workers could not read the temporary folder
    worker_processes auto;
    pid ${dir}/nginx.pid;
    events { worker_connections 1024; }
    http {
      access_log off;
      sendfile on;
      tcp_nopush on;
      ${temporary.map((name) => `${name}_temp_path ${dir}/${name};`).join(" ")}
      server { listen ${listen}; root ${root}; }
    }
  `;
}
