import type { Kernel } from "../context.ts";

/** The same elements under another name. tfjs's kernel copies them, once for every input a gradient remembers. */
export const identity: Kernel = {
  name: "Identity",
  compute: (context, { x }) => x.dtype === "string" ? undefined : context.reshape(x, x.shape),
};
