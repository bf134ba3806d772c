/** The parts of tfjs's `BufferManager` that are used here. */
interface BufferManager {
  numBytesAllocated: number;
  readonly numBytesUsed: number;
  readonly freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  acquireBuffer(size: number, ...rest: unknown[]): GPUBuffer;
}

/**
 * Destroys the buffers that nobody uses once they hold more than a share of what is used.
 *
 * tfjs keeps every buffer it has ever had, sorted by size, for a tensor of exactly that size. With tiles and sentences of
 * changing sizes that tensor seldom comes, and the device fills up. A free buffer is in no command that is still to be
 * submitted (tfjs frees buffers after submitting), so that it may be destroyed.
 *
 * @param backend tfjs's `WebGPUBackend`
 * @param allowance bytes that may always lie idle
 */
export function boundFreeBuffers(backend: object, allowance = 256 * 2 ** 20): void {
  const manager = (backend as { bufferManager: BufferManager }).bufferManager;
  const acquire = manager.acquireBuffer.bind(manager);
  manager.acquireBuffer = (size, ...rest) => {
    const idle = manager.numBytesAllocated - manager.numBytesUsed;
    if (idle + size > allowance && idle > manager.numBytesUsed / 2) {
      for (const buffers of manager.freeBuffers.values()) {
        for (const buffer of buffers.splice(0)) {
          buffer.destroy();
          manager.numBytesAllocated -= buffer.size;
          manager.numFreeBuffers--;
        }
      }
    }
    return acquire(size, ...rest);
  };
}
