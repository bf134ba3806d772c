/** Reads a text, or says in a sentence what is not there. Internal to `lib/bert`. */
export async function readTextFile(path: string, what: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Error(`${path} is not there: expected ${what}`, { cause: error });
    }
    throw error;
  }
}

/** Reads a JSON file and names it where it is not JSON. Internal to `lib/bert`. */
export async function readJsonFile(path: string, what: string): Promise<unknown> {
  const text = await readTextFile(path, what);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** Reads a JSON file that holds an object. Internal to `lib/bert`. */
export async function readJsonObject(path: string, what: string): Promise<Record<string, unknown>> {
  const json = await readJsonFile(path, what);
  if (typeof json === "object" && json !== null && !Array.isArray(json)) {
    return json as Record<string, unknown>;
  }
  throw new Error(
    `${path} holds ${JSON.stringify(json).slice(0, 40)}: expected ${what}, an object`,
  );
}
