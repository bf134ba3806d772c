import { TaskFileError } from "./task_file_error.ts";

/** JSON, or an error that says in which line it breaks. */
export function parseJson(text: string, path: string): unknown {
  if (text.trim() === "") throw new TaskFileError({ path }, "is empty; expected JSON");
  const json = text.replace(/^\ufeff/, "");
  try {
    return JSON.parse(json);
  } catch (cause) {
    const line = json.slice(0, breaksAt(json)).split("\n").length;
    // The engine adds where it was, or quotes what stood there, line breaks and all.
    const place = /(?: in JSON)? at position [^]*$|, \.*"[^]*"\.* is not valid JSON$/;
    const said = (cause as Error).message.replace(place, "").replace(/\n/g, "\\n");
    throw new TaskFileError({ path, line }, `is not JSON: ${said}`, { cause });
  }
}

/**
 * Where a text stops being the beginning of some JSON. Not every message of the engine says it; but what can still
 * become JSON fails because it ends, and what cannot fails otherwise, which halving finds.
 */
function breaksAt(json: string): number {
  let good = 0, bad = json.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (canGoOn(json.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function canGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const at = message.match(/at position (\d+)/);
    return at
      ? Number(at[1]) >= beginning.length || /Unterminated/.test(message)
      : /end of/.test(message);
  }
}

/** The line in which a text first stands in quotation marks. */
export function lineOf(file: string, text: string): number {
  return file.slice(0, Math.max(0, file.indexOf(JSON.stringify(text)))).split("\n").length;
}
