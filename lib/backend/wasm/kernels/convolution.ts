/**
 * The three products of a convolution, on addresses; the kernels beside this file are their tfjs faces.
 *
 * Legend: x [B, H, W, Ci], filter [KH, KW, Ci, Co], y [B, OH, OW, Co].
 *
 * @module
 */

import { tf } from "../../tf.ts";
import type { WasmContext } from "../context.ts";
import { product } from "./product.ts";

/** The sizes of a convolution. */
export interface Geometry {
  b: number;
  h: number;
  w: number;
  ci: number;
  kh: number;
  kw: number;
  co: number;
  oh: number;
  ow: number;
  strideH: number;
  strideW: number;
  dilationH: number;
  dilationW: number;
  top: number;
  left: number;
}

/** What tfjs hands a convolution kernel besides tensors. */
export interface ConvAttributes {
  strides: [number, number] | number;
  pad: "valid" | "same" | number;
  dataFormat?: "NHWC" | "NCHW";
  dilations?: [number, number] | number;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Floats of a block that should stay in the L2 cache. */
const CACHED = 64_000;

/** The sizes, from tfjs's attributes; undefined for channels-first, which is tfjs's business. */
export function geometry(
  xShape: number[],
  filterShape: number[],
  { strides, pad, dataFormat, dilations = 1, dimRoundingMode }: ConvAttributes,
): Geometry | undefined {
  if (dataFormat !== undefined && dataFormat !== "NHWC") return undefined;
  const info = tf.backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
  return {
    b: info.batchSize,
    h: info.inHeight,
    w: info.inWidth,
    ci: info.inChannels,
    kh: info.filterHeight,
    kw: info.filterWidth,
    co: info.outChannels,
    oh: info.outHeight,
    ow: info.outWidth,
    strideH: info.strideHeight,
    strideW: info.strideWidth,
    dilationH: info.dilationHeight,
    dilationW: info.dilationWidth,
    top: info.padInfo.top,
    left: info.padInfo.left,
  };
}

/** y = act(conv(x, filter) + bias); bias 0 = none. */
export function convolve(
  context: WasmContext,
  g: Geometry,
  x: number,
  filter: number,
  y: number,
  bias: number,
  relu: boolean,
): void {
  const { b, h, w, ci, kh, kw, co, oh, ow } = g;
  if (isPointwise(g)) {
    return product(context, {
      ...{ m: b * oh * ow, n: co, k: ci, a: x, b: filter, c: y, bias, relu },
    });
  }
  if (isDeep(g)) {
    const m = b * oh * ow, depth = kh * kw * ci;
    return context.withMemory(m * depth, (columns) => {
      gatherAll(context, g, x, columns);
      product(context, { m, n: co, k: depth, a: columns, b: filter, c: y, bias, relu });
    });
  }
  if (isShifted(g) && isUnpadded(g)) {
    const rows = clamp(Math.floor(blockPositions(ci, co) / w), 1, oh);
    const fit = Math.max(
      1,
      Math.min(rows, Math.floor(context.threads.heap.scratchBytes / (4 * w * co))),
    );
    const chunks = Math.ceil(oh / fit);
    context.threads.run(
      "convShifted",
      b * chunks,
      ...[x, h, w, ci, filter, kh, kw, co, y, oh, ow, bias, +relu, fit, chunks, 0],
    );
    return;
  }
  const { rows, blocks } = gatherBlocks(context, g);
  context.threads.run(
    "convGathered",
    b * blocks,
    ...gatherNumbers(g, x, filter, y, rows, blocks),
    bias,
    +relu,
  );
}

/**
 * The gradients of a convolution whose output had the rectifier (y given) or not (y 0): dx, dfilter and dbias, each
 * 0 where it is not wanted.
 */
export function convolveGradient(
  context: WasmContext,
  g: Geometry,
  { dy, y, x, filter, dx, dfilter, dbias }: {
    dy: number;
    y: number;
    x: number;
    filter: number;
    dx: number;
    dfilter: number;
    dbias: number;
  },
): void {
  const { b, h, w, kh, kw, co, oh, ow } = g;
  if (!isPointwise(g) && !isDeep(g) && isShifted(g) && isUnpadded(g) && co >= 4) {
    // dz has x's positions, and before it as many zeros as the filter reaches back.
    const lead = ((kh - 1) * w + kw - 1) * co;
    return context.withMemory(lead + b * h * w * co, (memory) => {
      const dz = memory + 4 * lead;
      context.simd("clear", lead, lead, memory);
      spread(context, g, h, w, dy, y, dz, dbias);
      if (dfilter) shiftedFilterGradient(context, g, x, dz, dfilter);
      if (dx) shiftedInputGradient(context, g, filter, memory, dx);
    });
  }
  const masked = (f: (dz: number) => void) => {
    if (!y) {
      if (dbias) spread(context, g, oh, ow, dy, 0, 0, dbias);
      return f(dy);
    }
    context.withMemory(b * oh * ow * co, (dz) => {
      spread(context, g, oh, ow, dy, y, dz, dbias);
      f(dz);
    });
  };
  masked((dz) => {
    if (dfilter) filterGradient(context, g, x, dz, dfilter);
    if (dx) inputGradient(context, g, filter, dz, dx);
  });
}

/** dx, as `convolveGradient` gives it, for callers that have nothing to share. */
function inputGradient(
  context: WasmContext,
  g: Geometry,
  filter: number,
  dz: number,
  dx: number,
): void {
  const { b, h, w, ci, kh, kw, co, oh, ow } = g;
  if (isPointwise(g)) {
    return product(context, {
      transB: true,
      m: b * oh * ow,
      n: ci,
      k: co,
      a: dz,
      b: filter,
      c: dx,
    });
  }
  if (isDeep(g)) {
    // dx = the columns dz filter^T, added up where they came from.
    const m = b * oh * ow, depth = kh * kw * ci;
    return context.withMemory(m * depth, (columns) => {
      product(context, { transB: true, m, n: depth, k: co, a: dz, b: filter, c: columns });
      const width = Math.max(16, Math.ceil(ci / 8 / 4) * 4);
      context.simd("scatterColumns", ci, width, columns, ...patch(g), dx);
    });
  }
  context.simd("clear", b * h * w * ci, 1 << 18, dx);
  const overlap = (kh - 1) * g.dilationH >= g.strideH;
  const rows = overlap ? oh : clamp(Math.floor(4 * CACHED / (ow * co)), 1, oh);
  const blocks = Math.ceil(oh / rows);
  const width = overlap && b * blocks < 4 ? Math.max(8, Math.ceil(ci / 4 / 4) * 4) : ci;
  const channelBlocks = Math.ceil(ci / width);
  context.threads.run(
    "convGatheredInput",
    b * blocks * channelBlocks,
    ...gatherNumbers(g, dx, filter, dz, rows, blocks),
    width,
    channelBlocks,
  );
}

function filterGradient(
  context: WasmContext,
  g: Geometry,
  x: number,
  dz: number,
  out: number,
): void {
  const { b, ci, kh, kw, co, oh, ow } = g;
  const size = kh * kw * ci * co;
  const all = b * oh;
  if (isDeep(g)) {
    const m = b * oh * ow, depth = kh * kw * ci;
    return context.withMemory(m * depth, (columns) => {
      gatherAll(context, g, x, columns);
      product(context, { transA: true, m: depth, n: co, k: m, a: columns, b: dz, c: out });
    });
  }
  const runs = clamp(
    Math.floor(all * ow * (kh * kw * ci + co) / CACHED),
    1,
    Math.min(all, size > 1e6 ? 2 : 8),
  );
  const perRun = Math.ceil(all / runs);
  const used = Math.ceil(all / perRun);
  const { rows, blocks } = gatherBlocks(context, g);
  const into = (partials: number) =>
    context.threads.run(
      "convGatheredFilter",
      used,
      ...gatherNumbers(g, x, partials, dz, rows, blocks),
      perRun,
      all,
    );
  if (used === 1) return into(out);
  context.withMemory(used * size, (partials) => {
    into(partials);
    context.simd("sumPartials", size, 1 << 14, partials, size, used, out);
  });
}

function shiftedFilterGradient(
  context: WasmContext,
  g: Geometry,
  x: number,
  dz: number,
  out: number,
): void {
  const { b, h, w, ci, kh, kw, co, oh, ow } = g;
  const positions = (b - 1) * h * w + (oh - 1) * w + ow;
  const size = kh * kw * ci * co;
  // Six chunks at least, so that two to six threads have equal work; wide filters are cut by output channels,
  // narrow ones by runs of positions, each with a partial sum.
  const width = co >= 256 ? Math.ceil(co / 4) : co >= 128 ? Math.ceil(co / 2) : co;
  const blocks = Math.ceil(co / width);
  const runs = clamp(Math.floor(positions * (ci + co) / 400_000), 1, size > 300_000 ? 1 : 4);
  const perRun = Math.ceil(positions / runs / kw) * kw;
  const into = (partials: number) =>
    context.threads.run(
      "convShiftedFilter",
      kh * blocks * runs,
      ...[x, w, ci, dz, co, kh, kw, partials, positions, perRun, runs, width, blocks],
    );
  if (runs === 1) return into(out);
  context.withMemory(runs * size, (partials) => {
    into(partials);
    context.simd("sumPartials", size, 1 << 14, partials, size, runs, out);
  });
}

function shiftedInputGradient(
  context: WasmContext,
  { b, h, w, ci, kh, kw, co }: Geometry,
  filter: number,
  lead: number,
  dx: number,
): void {
  // A convolution of dz with the filter turned round: the leading zeros are its padding.
  context.withMemory(kh * kw * ci * co, (flipped) => {
    context.simd("flipFilter", kh * kw, 1, filter, kh * kw, ci, co, flipped);
    const rows = clamp(Math.floor(blockPositions(ci, co) / w), 1, b * h);
    const chunks = Math.ceil(b * h / rows);
    context.threads.run(
      "convShifted",
      chunks,
      ...[lead, h, w, co, flipped, kh, kw, ci, dx, b * h, w, 0, 0, rows, chunks, 1],
    );
  });
}

/** dz [B, H, W, Co] = dy where y > 0, in rows of H x W; dbias = its sum over positions. */
function spread(
  context: WasmContext,
  { b, oh, ow, co }: Geometry,
  h: number,
  w: number,
  dy: number,
  y: number,
  dz: number,
  dbias: number,
): void {
  if (!y && !dz && !dbias) return;
  const grain = clamp(Math.floor(CACHED / (w * co)), 1, b * h);
  const chunks = Math.ceil(b * h / grain);
  const into = (partials: number) =>
    context.simd("spread", b * h, grain, ...[dy, y, h, w, oh, ow, co, dz, partials, grain]);
  if (!dbias) return into(0);
  context.withMemory(chunks * co, (partials) => {
    into(partials);
    context.simd("sumPartials", co, co, partials, co, chunks, dbias);
  });
}

/** The numbers of `gather` and its transpose that do not depend on the block. */
function patch(g: Geometry): number[] {
  return [
    ...[g.b, g.h, g.w, g.ci, g.kh, g.kw, g.strideH, g.strideW, g.dilationH, g.dilationW],
    ...[g.top, g.left, g.oh, g.ow],
  ];
}

/** All output positions as a matrix [B * OH * OW, KH * KW * Ci]. */
function gatherAll(context: WasmContext, g: Geometry, x: number, columns: number): void {
  const rows = Math.max(1, Math.floor(CACHED / (g.ow * g.kh * g.kw * g.ci)));
  context.simd("gatherRowsOf", g.b * g.oh, rows, x, ...patch(g), columns);
}

function gatherBlocks({ threads }: WasmContext, { b, ci, kh, kw, oh, ow }: Geometry) {
  const row = ow * kh * kw * ci;
  const fit = Math.max(1, Math.floor(threads.heap.scratchBytes / 4 / row));
  if (4 * row > threads.heap.scratchBytes) {
    throw new Error(
      `A convolution row of ${ow} outputs with ${kh} x ${kw} x ${ci} inputs each does not fit the ` +
        `working memory of a thread; use a narrower tile or fewer channels.`,
    );
  }
  const wanted = clamp(Math.floor(2 * CACHED / row), 1, Math.max(1, Math.ceil(b * oh / 8)));
  const rows = Math.min(oh, wanted, fit);
  return { rows, blocks: Math.ceil(oh / rows) };
}

function gatherNumbers(
  g: Geometry,
  x: number,
  filter: number,
  y: number,
  rows: number,
  blocks: number,
) {
  return [
    ...[x, g.h, g.w, g.ci, filter, g.kh, g.kw, g.co, y, g.oh, g.ow],
    ...[g.strideH, g.strideW, g.dilationH, g.dilationW, g.top, g.left, rows, blocks],
  ];
}

function isPointwise({ kh, kw, strideH, strideW, top, left, oh, ow, h, w }: Geometry): boolean {
  return kh === 1 && kw === 1 && strideH === 1 && strideW === 1 && top === 0 && left === 0 &&
    oh === h && ow === w;
}

/** Stride 1, no dilation, and channels enough that a product of depth KW * Ci pays. */
function isShifted({ kw, ci, strideH, strideW, dilationH, dilationW }: Geometry): boolean {
  return strideH === 1 && strideW === 1 && dilationH === 1 && dilationW === 1 && kw * ci >= 24;
}

function isUnpadded({ top, left, h, w, kh, kw, oh, ow }: Geometry): boolean {
  return top === 0 && left === 0 && oh === h - kh + 1 && ow === w - kw + 1;
}

/** Few positions and a large filter: reading the filter once is what counts. */
function isDeep({ b, oh, ow, kh, kw, ci, co }: Geometry): boolean {
  return b * oh * ow <= 400 && kh * kw * ci * co >= 150_000 && kh * kw > 1;
}

/**
 * Positions per chunk: the result stays in the L2 cache where there are few channels; with many, packing the
 * filter for a chunk must be little beside the product.
 */
function blockPositions(ci: number, co: number): number {
  return Math.max(CACHED / Math.max(ci, co), 4 * ci);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
