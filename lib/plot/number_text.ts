/**
 * A number for a reader: at most `digits` significant digits, no trailing zeros, powers of ten
 * only where the plain form would be long; anything that is not finite stays recognisable.
 *
 * @example
 * ```ts
 * import { numberText } from "./number_text.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.061234, 12345.6, 1, 3e-7].map((x) => numberText(x)), [
 *   "0.06123",
 *   "12346",
 *   "1",
 *   "3e-7",
 * ]);
 * ```
 */
export function numberText(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
  if (value === 0) return "0";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-4) {
    return value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e");
  }
  if (size >= 10 ** (digits - 1)) return String(Math.round(value));
  return String(Number(value.toPrecision(digits)));
}

/**
 * Seconds as a clock: `0:07`, `1:02:03`. Not finite (nothing known yet) gives `–`.
 *
 * @example
 * ```ts
 * import { clockText } from "./number_text.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([7.4, 75, 3723, NaN].map(clockText), ["0:07", "1:15", "1:02:03", "–"]);
 * ```
 */
export function clockText(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}

/** A count with its noun: `1 point`, `4 000 points`. */
export function countText(count: number, noun: string): string {
  const grouped = String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  return `${grouped} ${noun}${count === 1 ? "" : "s"}`;
}
