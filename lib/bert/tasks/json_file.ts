import { TaskFileError } from "./task_file_error.ts";

/** JSON, or an error that says in which line it breaks. */
export function parseJson(text: string, path: string): unknown {
  if (text.trim() === "") throw new TaskFileError({ path }, "is empty; expected JSON");
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (cause) {
    const said = (cause as Error).message;
    const at = said.match(/position (\d+)/);
    const line = at ? text.slice(0, Number(at[1])).split("\n").length : undefined;
    throw new TaskFileError({ path, line }, `is not JSON: ${said}`, { cause });
  }
}

/** The line in which a text first stands in quotation marks. */
export function lineOf(file: string, text: string): number {
  return file.slice(0, Math.max(0, file.indexOf(JSON.stringify(text)))).split("\n").length;
}
