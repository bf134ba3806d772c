/** Where a file of a repository of the Hugging Face hub is fetched from. */
export interface HubFile {
  readonly address: string;
  /** Size of the file. */
  readonly bytes: number;
}

/**
 * Asks the Hugging Face hub where a file is.
 *
 * @param source the repository, "owner/name", and the revision, a commit
 * @param path of the file in the repository
 * @param options `hub` is the hub's address where it is not the public one (default: `HF_ENDPOINT`);
 *   `patience` the milliseconds to wait for an answer
 * @throws {Error} if the hub cannot be reached or does not have the file
 */
export async function hubAddress(
  { repository, revision }: { readonly repository: string; readonly revision: string },
  path: string,
  { hub, patience = 30_000, signal }: {
    readonly hub?: string;
    readonly patience?: number;
    readonly signal?: AbortSignal;
  } = {},
): Promise<HubFile> {
  const hubUrl = hub ?? (Deno.env.get("HF_ENDPOINT") || undefined);
  const patient: typeof fetch = (input, init) => {
    const waited = AbortSignal.timeout(patience);
    return fetch(input, { ...init, signal: signal ? AbortSignal.any([signal, waited]) : waited });
  };
  const where = `${repository} at ${revision.slice(0, 8)}`;
  // Loaded only when it is needed: nobody who stays without the network pays for it.
  const { fileDownloadInfo } = await import("@huggingface/hub");
  let found: Awaited<ReturnType<typeof fileDownloadInfo>>;
  try {
    found = await fileDownloadInfo({
      repo: { type: "model", name: repository },
      path,
      revision,
      fetch: patient,
      ...(hubUrl ? { hubUrl } : {}),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the hub does not give ${path} of ${where}: ${said}`, { cause });
  }
  if (found === null) throw new Error(`the hub has no ${path} in ${where}`);
  return { address: found.url, bytes: found.size };
}
