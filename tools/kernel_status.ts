/**
 * Listens to a kernel's public channel (IOPub) and knows which cell runs. The channel is a ZeroMQ
 * publisher; a subscriber needs so little of the protocol (ZMTP 3.0, https://rfc.zeromq.org/spec/23/)
 * that it stands here: a greeting, one command, one subscription, and then frames are read.
 *
 * @module
 */

/** Knows what the kernel is doing. */
export interface KernelStatus {
  /**
   * Names the running cell, or rather the request that started it: `undefined` while the kernel is idle,
   * `"unknown"` while it cannot be told.
   */
  runningCell(): string | undefined;
}

/**
 * Starts listening to the kernel of a connection file. Tries until the kernel is up; never throws.
 *
 * @param connectionFile as Jupyter writes it: JSON with `ip` and `iopub_port`
 */
export function watchStatus(connectionFile: string): KernelStatus {
  let cell: string | undefined = "unknown";
  void (async () => {
    const { ip, iopub_port } = JSON.parse(await Deno.readTextFile(connectionFile));
    for (;; cell = "unknown") {
      try {
        using connection = await Deno.connect({ hostname: ip, port: iopub_port });
        const receive = await subscribe(connection);
        cell = undefined;
        for (;;) cell = after(cell, await receive());
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20)); // not up yet, or restarting
      }
    }
  })();
  return { runningCell: () => cell };
}

/** The cell that runs after a message `[..., "<IDS|MSG>", signature, header, parent, metadata, content]`. */
function after(cell: string | undefined, frames: Uint8Array[]): string | undefined {
  const text = (frame: Uint8Array) => new TextDecoder().decode(frame);
  const start = frames.findIndex((frame) => frame.length === 9 && text(frame) === "<IDS|MSG>");
  const [header, parent, , content] = frames.slice(start + 2);
  if (start < 0 || content === undefined) return cell;
  if (JSON.parse(text(header)).msg_type !== "status") return cell;
  const request = JSON.parse(text(parent));
  if (request.msg_type !== "execute_request") return cell;
  return JSON.parse(text(content)).execution_state === "busy" ? request.msg_id : undefined;
}

const lastFrame = 0, moreFrames = 1, long = 2, command = 4; // flags of a frame

/** Greets the publisher, subscribes to everything; the returned function waits for the next message. */
async function subscribe(connection: Deno.Conn): Promise<() => Promise<Uint8Array[]>> {
  const read = reader(connection);
  const greeting = new Uint8Array(64); // signature, version 3.0, mechanism, as-server, filler
  greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0]);
  greeting.set(new TextEncoder().encode("NULL"), 12);
  await write(connection, greeting);
  await read(64);
  await writeFrame(connection, command, "\x05READY\x0bSocket-Type\x00\x00\x00\x03SUB");
  await readFrame(read); // the publisher's READY
  await writeFrame(connection, lastFrame, "\x01"); // subscribe to every topic
  return async () => {
    for (;;) {
      const frames: Uint8Array[] = [];
      let flags: number;
      do {
        const frame = await readFrame(read);
        flags = frame.flags;
        if (!(flags & command)) frames.push(frame.body);
      } while (flags & moreFrames);
      if (frames.length > 0) return frames;
    }
  };
}

type Read = (length: number) => Promise<Uint8Array>;

async function readFrame(read: Read): Promise<{ flags: number; body: Uint8Array }> {
  const [flags] = await read(1);
  const size = flags & long
    ? Number(new DataView((await read(8)).buffer).getBigUint64(0))
    : (await read(1))[0];
  return { flags, body: await read(size) };
}

function writeFrame(connection: Deno.Conn, flags: number, body: string): Promise<void> {
  return write(
    connection,
    new TextEncoder().encode(String.fromCharCode(flags, body.length) + body),
  );
}

async function write(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await connection.write(bytes.subarray(written));
  }
}

/** A function that reads exactly so many bytes. */
function reader(connection: Deno.Conn): Read {
  const chunk = new Uint8Array(1 << 16);
  let start = 0, end = 0; // what of the chunk is read but not yet taken
  return async (length) => {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      if (start === end) {
        start = 0;
        end = await connection.read(chunk) ?? 0;
        if (end === 0) throw new Error("the kernel closed the channel");
      }
      const taken = Math.min(length - filled, end - start);
      bytes.set(chunk.subarray(start, start + taken), filled);
      start += taken;
      filled += taken;
    }
    return bytes;
  };
}
