import { freePort, type Service, startService } from "./run.ts";

const READY_WITHIN_MS = 5_000;

export interface Nginx extends AsyncDisposable {
  readonly service: Service;
  /** Without a slash at the end. */
  readonly url: string;
}

/** Serves `root` on loopback with one worker for each core, sendfile and no access log. */
export async function startNginx(root: string, dir: string, signal: AbortSignal): Promise<Nginx> {
  const port = freePort();
  await Deno.writeTextFile(`${dir}/nginx.conf`, nginxConfig(root, dir, port));
  const args = ["-p", dir, "-e", `${dir}/nginx-error.log`, "-c", `${dir}/nginx.conf`];
  const service = startService("nginx", args, { signal, log: `${dir}/nginx.log` });
  try {
    await service.until("its port to open", () => connects(port), READY_WITHIN_MS);
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
  return { service, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
}

async function connects(port: number): Promise<true | undefined> {
  try {
    using _connection = await Deno.connect({ hostname: "127.0.0.1", port });
    return true;
  } catch {
    return undefined;
  }
}

function nginxConfig(root: string, dir: string, port: number): string {
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
      server { listen 127.0.0.1:${port}; root ${root}; }
    }
  `;
}
