/**
 * A server on this machine that misbehaves on request.
 *
 * @module
 */

/** What the server was asked, in order. */
export interface Asked {
  readonly path: string;
  readonly range: string | null;
  readonly ifRange: string | null;
}

/** A server that answers as `answer` says; `again` counts the requests of this path before this one. */
export interface BadServer extends AsyncDisposable {
  readonly address: string;
  readonly asked: readonly Asked[];
}

/** Starts one on a free port. */
export function badServer(
  answer: (request: Request, again: number) => Response | Promise<Response>,
): BadServer {
  const asked: Asked[] = [], counts = new Map<string, number>();
  const abort = new AbortController();
  const server = Deno.serve(
    {
      port: 0,
      hostname: "127.0.0.1",
      onListen() {},
      signal: abort.signal,
      onError: () => broken(),
    },
    (request) => {
      const path = new URL(request.url).pathname, again = counts.get(path) ?? 0;
      counts.set(path, again + 1);
      const { headers } = request;
      asked.push({ path, range: headers.get("range"), ifRange: headers.get("if-range") });
      return answer(request, again);
    },
  );
  return {
    address: `http://127.0.0.1:${server.addr.port}`,
    asked,
    async [Symbol.asyncDispose]() {
      abort.abort();
      await server.finished.catch(() => {});
    },
  };
}

const broken = () => new Response(null, { status: 500 });

/** The whole file, or the part that the request asks for, as a good server gives it. */
export function serve(bytes: Uint8Array, request: Request, etag = '"one"'): Response {
  const [, from] = request.headers.get("range")?.match(/^bytes=(\d+)-$/) ?? [];
  const same = (request.headers.get("if-range") ?? etag) === etag;
  if (from === undefined || !same) {
    return new Response(bytes.slice(), { headers: { etag, "content-length": `${bytes.length}` } });
  }
  const start = Number(from);
  if (start >= bytes.length) return new Response(null, { status: 416 });
  return new Response(bytes.slice(start), {
    status: 206,
    headers: {
      etag,
      "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
      "content-length": `${bytes.length - start}`,
    },
  });
}

/** Sends `count` bytes from where the request asks, and then the connection breaks or falls silent. */
export function serveOnly(
  count: number,
  bytes: Uint8Array,
  request: Request,
  then: "breaks" | "falls silent",
  etag = '"one"',
): Response {
  const whole = serve(bytes, request, etag);
  const start = whole.status === 206
    ? bytes.length - Number(whole.headers.get("content-length"))
    : 0;
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(bytes.slice(start, start + count));
      if (then === "falls silent") return;
      await new Promise((resolve) => setTimeout(resolve, 50)); // so that they arrive
      controller.error(new Error("broken on purpose"));
    },
  });
  return new Response(body, { status: whole.status, headers: whole.headers });
}
