// Short copies: a bulk memory instruction costs a call, which a row of a few channels does not repay.

// @ts-ignore: decorator
@inline
export function copy(dst: usize, src: usize, bytes: usize): void {
  if (bytes > 512) {
    memory.copy(dst, src, bytes);
    return;
  }
  const last = dst + bytes;
  for (; dst + 16 <= last; dst += 16) {
    v128.store(dst, v128.load(src));
    src += 16;
  }
  for (; dst < last; dst += 4) {
    store<f32>(dst, load<f32>(src));
    src += 4;
  }
}
