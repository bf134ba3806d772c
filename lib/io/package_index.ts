/** Where a file of a Python package index is fetched from. */
export interface PackageFile {
  readonly address: string;
  /** Headers that the request needs: the index's password, where its address holds one. */
  readonly headers: Record<string, string>;
}

/**
 * The package index that this machine uses, as the address of its simple API (PEP 503): the variables
 * `PIP_INDEX_URL`, `UV_DEFAULT_INDEX` and `UV_INDEX_URL`, else what pip is configured to use, else the
 * one that pip itself knows. No index is named here.
 *
 * @throws {Error} if none of these says anything
 */
export async function packageIndex(): Promise<string> {
  for (const name of ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"]) {
    const set = Deno.env.get(name);
    if (set) return set;
  }
  const questions = [
    ["-m", "pip", "config", "get", "global.index-url"],
    ["-c", "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"],
  ];
  for (const question of questions) {
    for (const python of ["python3", "python", "py"]) {
      try {
        const { success, stdout } = await new Deno.Command(python, {
          args: question,
          stdin: "null",
          stderr: "null",
        }).output();
        const [, address] = new TextDecoder().decode(stdout).match(/^(https?:\/\/\S+)/m) ?? [];
        if (success && address) return address;
      } catch {
        // no such program, or it may not be run
      }
    }
  }
  throw new Error(
    "no package index is known here: name one in PIP_INDEX_URL, or install Python with pip",
  );
}

/**
 * Asks a package index where a file of a project is.
 *
 * @param project as in the index
 * @param file the whole name of the file
 * @param options `index` is the address of the simple API (default: {@linkcode packageIndex}); `patience`
 *   the milliseconds to wait for an answer
 * @throws {Error} if the index cannot be reached or does not have the file
 */
export async function packageAddress(
  project: string,
  file: string,
  { index, patience = 30_000, signal }: {
    readonly index?: string;
    readonly patience?: number;
    readonly signal?: AbortSignal;
  } = {},
): Promise<PackageFile> {
  const root = new URL(index ?? await packageIndex());
  const password: Record<string, string> = root.username === ""
    ? {}
    : { authorization: `Basic ${btoa(decodeURIComponent(`${root.username}:${root.password}`))}` };
  root.username = root.password = "";
  const name = project.toLowerCase().replace(/[-_.]+/g, "-"); // as PEP 503 writes it
  const page = `${root.href.replace(/\/$/, "")}/${name}/`;
  const waited = AbortSignal.timeout(patience);
  let response: Response, text: string;
  try {
    response = await fetch(page, {
      headers: {
        ...password,
        accept: "application/vnd.pypi.simple.v1+json, text/html;q=0.5",
      },
      signal: signal ? AbortSignal.any([signal, waited]) : waited,
    });
    text = await response.text();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new Error(`the package index ${root.host} does not answer: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (!response.ok) {
    throw new Error(`the package index ${root.host} answers ${response.status} for ${name}`);
  }
  const found = linkTo(text, file);
  if (found === undefined) throw new Error(`the package index ${root.host} has no ${file}`);
  const address = new URL(found, response.url);
  address.hash = "";
  // The password is for the index; another host does not get it.
  const headers = address.host === root.host ? password : {};
  return { address: address.href, headers };
}

/** The link to a file in an index page, JSON (PEP 691) or HTML (PEP 503). */
function linkTo(text: string, file: string): string | undefined {
  try {
    const { files } = JSON.parse(text) as { files?: { filename?: unknown; url?: unknown }[] };
    const found = files?.find(({ filename }) => filename === file)?.url;
    return typeof found === "string" ? found : undefined;
  } catch {
    for (const [, address, name] of text.matchAll(/<a\b[^>]*\bhref="([^"]*)"[^>]*>([^<]*)<\/a>/g)) {
      if (name.trim() === file) return address.replaceAll("&amp;", "&");
    }
    return undefined;
  }
}
