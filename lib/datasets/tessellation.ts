import { borders, distanceTransform } from "../image/mod.ts";
import type { Random } from "../random/mod.ts";
import { smoothNoise } from "./smooth_noise.ts";

/** How the plane is divided into cells. */
export interface TessellationOptions {
  readonly width: number;
  readonly height: number;
  /** Mean area of a cell in pixels, its share of the borders included. */
  readonly cellArea: number;
  /** Standard deviation of the logarithm of a cell's diameter: 0 makes all cells alike. */
  readonly sizeSpread: number;
  /** Amplitude in pixels by which the straight borders are bent. */
  readonly waviness: number;
  /** How much longer than wide cells are, on average over the picture; 1 is round. */
  readonly elongation: number;
  /** The share of sites that are joined with a neighbour's cell, which makes shapes that are not convex. */
  readonly joined: number;
}

/** Who owns each pixel, and how far the nearest border is. */
export interface Tessellation {
  /** The cell of each pixel, numbered from 0. */
  readonly cell: Int32Array;
  /** The other cell that comes nearest to owning the pixel: the one across the border. */
  readonly neighbour: Int32Array;
  /** Distance from the pixel's centre to the border of its cell in pixels, at least 0.5. */
  readonly distance: Float32Array;
  /** How many cell numbers there are; some may own no pixel. */
  readonly cells: number;
}

const BLOCK = 16; // side of the blocks that share one list of candidate sites

interface Site {
  x: number;
  y: number;
  /** Squared radius: the weight of the power diagram. */
  weight: number;
  cell: number;
}

/**
 * Divides a picture into wavy cells of very different sizes: the power diagram of relaxed sites, seen
 * through a smooth deformation.
 *
 * A point belongs to the site i with the smallest power P_i(u) = |u - s_i|^2 - r_i^2, which makes every
 * cell convex with straight borders. Each radius is log-normal; two steps of Lloyd's algorithm move every
 * site to its cell's centre; some cells are joined. A pixel p is looked up at u(p), a smooth deformation
 * that bends the borders. Distances are exact and Euclidean in the picture, between the pixel's centre
 * and the nearest pixel at a border, plus the half pixel to the border itself.
 *
 * @param random where everything is drawn
 * @param options the size of the picture and what the cells are like
 * @see F. Aurenhammer, Power diagrams, SIAM J. Comput. 16(1), 1987; S. Lloyd, IEEE Trans. Inf. Theory 28(2), 1982
 *
 * @example
 * ```ts
 * import { createRandom } from "../random/mod.ts";
 * import { tessellate } from "./tessellation.ts";
 *
 * const { cell } = tessellate(createRandom(1).fork("cells"), {
 *   width: 64, height: 64, cellArea: 400, sizeSpread: 0.3, waviness: 2, elongation: 1, joined: 0,
 * });
 * console.log(new Set(cell).size > 4); // true
 * ```
 */
export function tessellate(random: Random, options: TessellationOptions): Tessellation {
  const { width, height } = options;
  const sites = relax(placeSites(random, options), options);
  const cells = joinSites(random, sites, options);
  const { u, v } = deformation(random, options);

  const cell = new Int32Array(width * height), neighbour = new Int32Array(width * height);
  for (let y0 = 0; y0 < height; y0 += BLOCK) {
    for (let x0 = 0; x0 < width; x0 += BLOCK) {
      const x1 = Math.min(width, x0 + BLOCK), y1 = Math.min(height, y0 + BLOCK);
      const near = candidates(sites, u, v, width, x0, y0, x1, y1);
      for (let y = y0; y < y1; y++) {
        for (let i = y * width + x0; i < y * width + x1; i++) {
          let own = near[0].cell, least = Infinity, across = own, second = Infinity;
          for (let k = 0; k < near.length; k++) {
            const site = near[k], power = powerOf(site, u[i], v[i]);
            if (power < least) {
              if (site.cell !== own) {
                second = least;
                across = own;
              }
              least = power;
              own = site.cell;
            } else if (power < second && site.cell !== own) {
              second = power;
              across = site.cell;
            }
          }
          cell[i] = own;
          neighbour[i] = across;
        }
      }
    }
  }
  const numbered = { data: cell.map((c) => c + 1), width, height };
  const { data } = distanceTransform(borders(numbered));
  return { cell, neighbour, distance: Float32Array.from(data, (d) => d + 0.5), cells };
}

const powerOf = ({ x, y, weight }: Site, px: number, py: number) =>
  (px - x) ** 2 + (py - y) ** 2 - weight;

/**
 * How far outside sites lie: as far as the deformation looks, and a cell more, or the cells at the edge
 * would be unlike the others.
 */
const marginOf = ({ width, height, waviness, elongation }: TessellationOptions) =>
  Math.ceil(24 + 4 * waviness + (Math.sqrt(elongation) - 1) * Math.hypot(width, height) / 2);

/** Discs of log-normal size, the large ones first, each at the freest of some random places. */
function placeSites(random: Random, options: TessellationOptions): Site[] {
  const { width, height, cellArea, sizeSpread, joined } = options, margin = marginOf(options);
  const w = width + 2 * margin, h = height + 2 * margin;
  // Joining makes fewer and larger cells of the sites, so there are more sites.
  const count = Math.max(4, Math.round(w * h / cellArea * (1 + joined)));
  const radii = Array.from({ length: count }, () => Math.exp(sizeSpread * random.normal()));
  const unit = Math.sqrt(w * h / (Math.PI * radii.reduce((sum, r) => sum + r * r, 0)));
  const sites: Site[] = [];
  for (const scaled of radii.sort((a, b) => b - a)) {
    const r = scaled * unit;
    let best = { x: 0, y: 0 }, freest = -Infinity;
    for (let attempt = 0; attempt < 12 && freest < 0; attempt++) {
      const x = random.uniform(-margin, width + margin),
        y = random.uniform(-margin, height + margin);
      let free = Infinity;
      for (const s of sites) {
        free = Math.min(free, Math.hypot(s.x - x, s.y - y) - 0.9 * (Math.sqrt(s.weight) + r));
      }
      if (free > freest) {
        freest = free;
        best = { x, y };
      }
    }
    sites.push({ ...best, weight: r * r, cell: sites.length });
  }
  return sites;
}

/** Lloyd's algorithm on a coarse grid of points: every site moves to the centre of what it owns. */
function relax(sites: Site[], options: TessellationOptions): Site[] {
  const { width, height } = options, margin = marginOf(options), step = 6;
  for (let round = 0; round < 2; round++) {
    const sums = sites.map(() => [0, 0, 0]);
    for (let y = -margin; y < height + margin; y += step) {
      for (let x = -margin; x < width + margin; x += step) {
        const sum = sums[ownerOf(sites, x, y)];
        sum[0] += x;
        sum[1] += y;
        sum[2]++;
      }
    }
    sites.forEach((site, i) => {
      const [x, y, n] = sums[i];
      if (n > 0) Object.assign(site, { x: x / n, y: y / n });
    });
  }
  return sites;
}

function ownerOf(sites: readonly Site[], x: number, y: number): number {
  let owner = 0, power = Infinity;
  for (let i = 0; i < sites.length; i++) {
    const p = powerOf(sites[i], x, y);
    if (p < power) {
      power = p;
      owner = i;
    }
  }
  return owner;
}

/** Gives some sites the cell of a neighbour; the cells are then numbered from 0. */
function joinSites(random: Random, sites: Site[], options: TessellationOptions): number {
  const { width, height, joined } = options, margin = marginOf(options);
  const step = 6, columns = Math.floor((width + 2 * margin) / step);
  const pairs = new Map<number, Set<number>>();
  let above: number[] = [];
  for (let y = -margin; y < height + margin; y += step) {
    const row: number[] = [];
    for (let k = 0; k < columns; k++) {
      const owner = ownerOf(sites, -margin + k * step, y);
      for (const other of [row[k - 1], above[k]]) {
        if (other === undefined || other === owner) continue;
        if (!pairs.has(owner)) pairs.set(owner, new Set());
        pairs.get(owner)!.add(other);
      }
      row.push(owner);
    }
    above = row;
  }
  const root = (i: number): number => sites[i].cell === i ? i : root(sites[i].cell);
  for (const [i, others] of pairs) {
    if (random.bool(joined)) sites[root(i)].cell = root(random.pick([...others]));
  }
  const roots = sites.map((_, i) => root(i));
  const numbers = new Map([...new Set(roots)].map((r, n) => [r, n]));
  sites.forEach((site, i) => site.cell = numbers.get(roots[i])!);
  return numbers.size;
}

/** Where each pixel is looked up: stretched along one direction, then bent at three scales. */
function deformation(random: Random, { width, height, waviness, elongation }: TessellationOptions) {
  const stretch = Math.sqrt(elongation), angle = random.uniform(0, Math.PI);
  const c = Math.cos(angle), s = Math.sin(angle);
  const bends = [[110, 2.2], [45, 1.2], [18, 0.55]].map(([wavelength, amplitude]) => ({
    du: smoothNoise(random, width, height, wavelength),
    dv: smoothNoise(random, width, height, wavelength),
    amplitude: amplitude * waviness,
  }));
  const u = new Float32Array(width * height), v = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x, dx = x - width / 2, dy = y - height / 2;
      const along = (c * dx + s * dy) / stretch, across = (-s * dx + c * dy) * stretch;
      u[i] = width / 2 + c * along - s * across;
      v[i] = height / 2 + s * along + c * across;
      for (const { du, dv, amplitude } of bends) {
        u[i] += amplitude * du[i];
        v[i] += amplitude * dv[i];
      }
    }
  }
  return { u, v };
}

/** The sites that can own, or come second at, a pixel of the block. */
function candidates(
  sites: readonly Site[],
  u: Float32Array,
  v: Float32Array,
  width: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): Site[] {
  let left = Infinity, right = -Infinity, top = Infinity, bottom = -Infinity;
  for (let y = y0; y < y1; y++) {
    for (let i = y * width + x0; i < y * width + x1; i++) {
      left = Math.min(left, u[i]);
      right = Math.max(right, u[i]);
      top = Math.min(top, v[i]);
      bottom = Math.max(bottom, v[i]);
    }
  }
  // Within radius R of c a site's power changes against the owner's by at most 2 R |s - s_owner|;
  // the second's reach is not bounded so, and 40 px more is plenty: beyond, nobody asks who is across.
  const cx = (left + right) / 2, cy = (top + bottom) / 2;
  const reach = Math.hypot(right - left, bottom - top) + 40;
  const owner = sites[ownerOf(sites, cx, cy)], power = powerOf(owner, cx, cy);
  return sites.filter((site) =>
    powerOf(site, cx, cy) - power <= 2 * reach * Math.hypot(site.x - owner.x, site.y - owner.y)
  );
}
