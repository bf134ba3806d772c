/**
 * Damage to a file, drawn from a seeded generator: the same seed damages in the same way.
 *
 * @module
 */
import type { Random } from "../../lib/random/mod.ts";

/** Numbers at which programs tend to stumble. */
const AWKWARD = [0, 1, 2, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2 ** 31 - 1, 2 ** 31];
const WORDS = [
  ...["null", "true", "{}", "[]", '""', "0", "-1", "1e308", "1e-9", "9007199254740993", "1e15"],
  ...['"__proto__"', '"\\ud800"', "\u0000", "\ufeff", "\r\n", "\t", "\n", "\u2028", '"', "\\", "é"],
  ...[
    "🙂",
    ",",
    ":",
    "{",
    "}",
    "[",
    "]",
    "4294967296",
    "2147483648",
    "NaN",
    '"length"',
    "-DOCSTART-",
  ],
];

/**
 * A damaged copy: one to four changes of any kind.
 *
 * @param seeds good files; the first drawn is damaged, a second one may be spliced in
 * @param random draws what happens
 * @param text whether words of JSON and tables are put in
 */
export function mutate(seeds: readonly Uint8Array[], random: Random, text: boolean): Uint8Array {
  const pick = <T>(list: readonly T[]): T => list[random.int(0, list.length)];
  let bytes = pick(seeds).slice();
  for (let left = random.int(1, 5); left > 0; left--) {
    const n = bytes.length, at = n > 0 ? random.int(0, n) : 0;
    const span = () => Math.min(n - at, random.int(1, 33));
    switch (random.int(0, text ? 18 : 8)) {
      case 0:
        if (n > 0) bytes[at] ^= 1 << random.int(0, 8);
        break;
      case 1:
        if (n > 0) bytes[at] = random.int(0, 256);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3: // cut out
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + span()));
        break;
      case 4: // repeat
        bytes = joined(bytes.subarray(0, at + span()), bytes.subarray(at));
        break;
      case 5: { // an awkward number, either way round
        const width = pick([1, 2, 4, 8]), value = pick(AWKWARD), little = random.int(0, 2) === 0;
        for (let i = 0; i < width && at + i < n; i++) {
          const shift = little ? i : width - 1 - i;
          bytes[at + i] = shift < 6 ? Math.floor(value / 2 ** (8 * shift)) & 255 : 0;
        }
        break;
      }
      case 6: { // the rest of another file
        const other = pick(seeds);
        bytes = joined(bytes.subarray(0, at), other.subarray(random.int(0, other.length + 1)));
        break;
      }
      case 7: { // noise
        const noise = Uint8Array.from({ length: random.int(1, 17) }, () => random.int(0, 256));
        bytes = joined(bytes.subarray(0, at), noise, bytes.subarray(at + span()));
        break;
      }
      case 8:
      case 9:
      case 10: // a word put in
        bytes = joined(
          bytes.subarray(0, at),
          new TextEncoder().encode(pick(WORDS)),
          bytes.subarray(at),
        );
        break;
      default: { // a value replaced by a word
        const whole = new TextDecoder().decode(bytes);
        const tokens = [
          ...whole.matchAll(/"[^"\n]{0,60}"|-?\d+(?:\.\d+)?|true|false|null|[^\s,:]+/g),
        ];
        if (tokens.length === 0) break;
        const token = pick(tokens);
        bytes = new TextEncoder().encode(
          whole.slice(0, token.index) + pick(WORDS) + whole.slice(token.index + token[0].length),
        );
      }
    }
  }
  return bytes;
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
