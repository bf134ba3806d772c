import { assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { encodePng, encodeTiff, type Image, type Pixels } from "../../lib/image/mod.ts";
import { emScores, segMeasure } from "../../lib/metrics/mod.ts";
import { goldenCases } from "../metrics/em_golden.ts";
import { OFFICIAL } from "../metrics/official_em.ts";
import { dataPath, testWith } from "../support/needs.ts";
import { golden, labelImage } from "../support/labels_golden.ts";

const SCORE = new URL("../../tools/score.ts", import.meta.url).pathname;

/** Runs the scorer as a user does. */
async function score(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", SCORE, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** A folder with these files in it, for the time of `use`. */
async function withFiles(
  files: Record<string, Uint8Array>,
  use: (path: (name: string) => string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  const path = (name: string) => join(folder, name);
  try {
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.mkdir(join(path(name), ".."), { recursive: true });
      await Deno.writeFile(path(name), bytes);
    }
    await use(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const { labels, proposals } = goldenCases[0];
const tiff = (...pages: Image<Pixels>[]) => encodeTiff(pages);
const half = (file: Uint8Array) => file.slice(0, file.length >> 1);
/** 8-bit, as a challenger would have stored the proposal. */
const bytes = proposals.map((p) => ({
  ...p,
  data: Uint8Array.from(p.data, (v) => Math.round(v * 255)),
}));
const asRead = bytes.map((p) => ({ ...p, data: Float32Array.from(p.data, (v) => v / 255) }));

Deno.test("score em gives the library's numbers, from float and 8-bit TIFF and from folders", async () => {
  const files = {
    "labels.tif": tiff(...labels),
    "float.tif": tiff(...proposals),
    "bytes.tif": tiff(...bytes),
    // In natural order 2 comes before 10.
    "labels/slice2.png": encodePng(labels[0]),
    "labels/slice9.tif": tiff(labels[1]),
    "labels/slice10.png": encodePng(labels[2]),
    "proposal/1.png": encodePng(bytes[0]),
    "proposal/02.png": encodePng(bytes[1]),
    "proposal/3.png": encodePng(bytes[2]),
    "proposal/notes.txt": new TextEncoder().encode("not a picture"),
  };
  await withFiles(files, async (path) => {
    for (
      const [label, proposal, expected] of [
        ["labels.tif", "float.tif", emScores(labels, proposals)],
        ["labels.tif", "bytes.tif", emScores(labels, asRead)],
        ["labels", "proposal", emScores(labels, asRead)],
      ] as const
    ) {
      const { code, stdout } = await score(
        ...["em", "--labels", path(label), "--proposal", path(proposal), "--json"],
      );
      assertEquals(code, 0);
      const found = JSON.parse(stdout);
      assertEquals(found.pixel_error, expected.pixelError.pixelError);
      assertEquals(found.rand_error, expected.randError.randError);
      assertEquals(found.v_rand, expected.vRand.vRand);
      assertEquals(found.v_info, expected.vInfo.vInfo);
      assertEquals(found.warping_error, expected.warpingError.warpingError);
      assertEquals(found.warping_error_classic, expected.warpingErrorClassic);
      assertEquals(found.thresholds.length, 11);
      assertEquals(found.thresholds[5].v_rand, expected.vRand.rows[5].f);
      assertEquals(found.thresholds[10].warping_error, null); // it has ten thresholds
    }
    const { stdout } = await score(
      ...["em", "--labels", path("labels.tif"), "--proposal", path("float.tif")],
    );
    assertMatch(stdout, /V_rand +0\.\d{6} +at threshold/);
  });
});

Deno.test("score em refuses what cannot be scored with a sentence that names file and slice", async () => {
  const [label, proposal] = [labels[0], proposals[0]];
  const changed = (value: number) => ({
    ...proposal,
    data: proposal.data.map((v, i) => (i === 20 ? value : v)),
  });
  const small = { data: new Float32Array(4), width: 2, height: 2 };
  const files = {
    "labels.tif": tiff(label, labels[1]),
    "ok.tif": tiff(proposal, proposal),
    "one.tif": tiff(proposal),
    "nan.tif": tiff(proposal, changed(NaN)),
    "above.tif": tiff(changed(1.5), proposal),
    "small.tif": tiff(proposal, small),
    "truncated.tif": half(tiff(proposal, proposal)),
    "not.tif": new TextEncoder().encode("this is no picture at all"),
    "whole.tif": tiff(
      ...[proposal, proposal].map((p) => ({ ...p, data: Int32Array.from(p.data) })),
    ),
    "empty_label.tif": tiff(label, { ...label, data: new Uint8Array(label.data.length) }),
    "gray_label.tif": tiff(label, {
      ...label,
      data: label.data.map((v, i) => (i === 7 ? 100 : v)),
    }),
    "rgb/1.png": encodePng({ data: new Uint8Array(12), width: 2, height: 2, channels: 3 }),
    "nothing/readme.txt": new Uint8Array(3),
  };
  await withFiles(files, async (path) => {
    const cases: [string, string, RegExp][] = [
      ["labels.tif", "one.tif", /labels\.tif has 2 slices but .*one\.tif has 1 slice/],
      ["labels.tif", "nan.tif", /nan\.tif, slice 2 of 2: the pixel at x = 3, y = 1 is NaN/],
      ["labels.tif", "above.tif", /above\.tif, slice 1 of 2: the pixel at x = 3, y = 1 is 1\.5/],
      [
        "labels.tif",
        "small.tif",
        /small\.tif, slice 2 of 2 is 2 x 2 but .*labels\.tif, slice 2 of 2 is 17 x 13/,
      ],
      ["labels.tif", "truncated.tif", /truncated\.tif/],
      ["labels.tif", "not.tif", /not\.tif/],
      ["labels.tif", "whole.tif", /whole\.tif, slice 1 of 2 holds 32-bit whole numbers/],
      ["labels.tif", "missing.tif", /missing\.tif does not exist/],
      ["labels.tif", "nothing", /nothing holds no picture/],
      ["empty_label.tif", "ok.tif", /empty_label\.tif, slice 2 of 2 is empty/],
      ["gray_label.tif", "ok.tif", /gray_label\.tif, slice 2 of 2 is not binary/],
      ["one.tif", "rgb", /1\.png has 3 channels/],
    ];
    for (const [labelFile, proposalFile, sentence] of cases) {
      const { code, stdout, stderr } = await score(
        ...["em", "--labels", path(labelFile), "--proposal", path(proposalFile), "--json"],
      );
      assertEquals([code, stdout], [1, ""], `${labelFile} against ${proposalFile}`);
      assertMatch(stderr, /^error: /m);
      assertMatch(stderr, sentence);
      assertEquals(stderr.includes("    at "), false, `a stack was printed: ${stderr}`);
    }
  });
});

const frames = golden.pairs.slice(0, 3);
const truths = frames.map((frame) => labelImage(frame.truth, frame));
const results = frames.map((frame) => labelImage(frame.result, frame));
const stored = (image: Image<Int32Array>) => tiff({ ...image, data: Uint16Array.from(image.data) });

Deno.test("score seg reads the challenge's folders and scores annotated frames only", async () => {
  const files = {
    "01_GT/SEG/man_seg002.tif": stored(truths[0]),
    "01_GT/SEG/man_seg010.tif": stored(truths[1]),
    "01_GT/TRA/man_track002.tif": stored(truths[2]),
    "01_RES/mask002.tif": stored(results[0]),
    "01_RES/mask003.tif": stored(results[2]), // no annotation: not scored
    "01_RES/mask010.tif": stored(results[1]),
    "01_ST/SEG/man_seg0002.tif": stored(results[0]),
    "01_ST/SEG/man_seg0010.tif": stored(results[1]),
  };
  const expected = segMeasure(truths.slice(0, 2), results.slice(0, 2));
  await withFiles(files, async (path) => {
    for (const reference of ["01_GT", "01_GT/SEG"]) {
      for (const result of ["01_RES", "01_ST"]) {
        const { code, stdout } = await score(
          ...["seg", "--reference", path(reference), "--result", path(result), "--json"],
        );
        assertEquals(code, 0);
        const { SEG, objects } = JSON.parse(stdout);
        assertEquals(SEG, expected.seg);
        assertEquals(
          objects,
          expected.objects.map((object) => ({ ...object, frame: [2, 10][object.frame] })),
        );
      }
    }
    const { stdout } = await score(
      ...["seg", "--reference", path("01_GT"), "--result", path("01_RES")],
    );
    assertMatch(stdout, new RegExp(`^SEG measure: ${expected.seg.toFixed(6)}$`, "m"));
  });
});

Deno.test("score seg refuses what cannot be scored with a sentence that names the file", async () => {
  const [truth, result] = [truths[0], results[0]];
  const fractional = {
    ...result,
    data: Float32Array.from(result.data, (v, i) => (i === 21 ? 0.5 : v)),
  };
  const files = {
    "gt/man_seg000.tif": stored(truth),
    "gt2/man_seg000.tif": stored(truth),
    "gt2/man_seg007.tif": stored(truth),
    "empty_gt/man_seg000.tif": stored({ ...truth, data: truth.data.map(() => 0) }),
    "volume_gt/man_seg_000_004.tif": stored(truth),
    "res/mask000.tif": stored(result),
    "other_size/mask000.tif": stored({ data: new Int32Array(6), width: 3, height: 2 }),
    "fraction/mask000.tif": tiff(fractional),
    "negative/mask000.tif": tiff({ ...result, data: result.data.map((v) => -v) }),
    "pages/mask000.tif": tiff(
      ...[result, result].map((r) => ({ ...r, data: Uint16Array.from(r.data) })),
    ),
    "truncated/mask000.tif": half(stored(result)),
    "twice/mask000.tif": stored(result),
    "twice/mask0000.tif": stored(result),
    "none/readme.txt": new Uint8Array(1),
  };
  await withFiles(files, async (path) => {
    const cases: [string, string, RegExp][] = [
      ["gt2", "res", /res has no frame 7: every frame annotated in .*gt2 needs its result/],
      ["gt", "none", /none holds no frame: files named like mask000\.tif or man_seg000\.tif/],
      ["gt", "absent", /absent holds no frame/],
      ["empty_gt", "res", /man_seg000\.tif is empty/],
      ["volume_gt", "res", /man_seg_000_004\.tif is a slice of a volume/],
      ["gt", "other_size", /other_size.mask000\.tif is 3 x 2 but .*man_seg000\.tif is 20 x 20/],
      [
        "gt",
        "fraction",
        /fraction.mask000\.tif: labels are whole numbers .*; pixel \(1, 1\) is 0\.5/,
      ],
      ["gt", "negative", /negative.mask000\.tif: .* is -/],
      ["gt", "pages", /pages.mask000\.tif has 2 pages/],
      ["gt", "truncated", /truncated.mask000\.tif/],
      ["gt", "twice", /are both frame 0/],
    ];
    for (const [reference, against, sentence] of cases) {
      const { code, stdout, stderr } = await score(
        ...["seg", "--reference", path(reference), "--result", path(against), "--json"],
      );
      assertEquals([code, stdout], [1, ""], `${reference} against ${against}`);
      assertMatch(stderr, sentence);
      assertEquals(stderr.includes("    at "), false, `a stack was printed: ${stderr}`);
    }
  });
});

Deno.test("score explains itself, and an unknown word or option is a sentence", async () => {
  assertMatch((await score("--help")).stdout, /em +the EM segmentation challenge/);
  assertMatch((await score("seg", "--help")).stdout, /--reference/);
  assertEquals((await score()).code, 1);
  const cases: [string[], RegExp][] = [
    [["rouge"], /error: "rouge" cannot be scored/],
    [["toString"], /"toString" cannot be scored/],
    [["em", "--label", "x"], /error: Unknown option '--label'/],
    [["em"], /error: --labels is missing/],
  ];
  for (const [words, sentence] of cases) {
    const { code, stderr } = await score(...words);
    assertEquals(code, 1);
    assertMatch(stderr, sentence);
  }
});

testWith(
  { data: "isbi2012_metrics" },
  "score em gives the official values for proposal A from its PNG slices",
  async () => {
    const slices = [0, 1, 2, 3, 4];
    const read = (name: string) => Deno.readFileSync(dataPath(`isbi2012_metrics/${name}.png`));
    const files = Object.fromEntries(slices.flatMap((z) => [
      [`labels/${z}.png`, read(`labels_${z}`)],
      [`A/${z}.png`, read(`proposalA_gauss2_raw_${z}`)],
    ]));
    await withFiles(files, async (path) => {
      const { stdout } = await score(
        ...["em", "--labels", path("labels"), "--proposal", path("A"), "--json"],
      );
      const found = JSON.parse(stdout);
      assertAlmostEquals(found.v_rand, OFFICIAL.vRand, 1e-14);
      assertAlmostEquals(found.v_info, OFFICIAL.vInfo, 1e-14);
      assertAlmostEquals(found.rand_error, 1 - OFFICIAL.randF, 1e-14);
      assertAlmostEquals(found.warping_error_classic, OFFICIAL.classicAtHalf, 1e-15);
    });
  },
);

testWith(
  { data: "ctc/DIC-C2DH-HeLa" },
  "score seg of DIC-HeLa's silver truth against its gold truth is the official 0.953706",
  async () => {
    const { stdout } = await score(
      ...["seg", "--reference", dataPath("ctc/DIC-C2DH-HeLa/01_GT")],
      ...["--result", dataPath("ctc/DIC-C2DH-HeLa/01_ST")],
    );
    assertMatch(stdout, /^SEG measure: 0\.953706$/m);
  },
);
