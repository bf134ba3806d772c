import { assertEquals } from "@std/assert";
import { boxIou } from "../../../lib/metrics/mod.ts";
import { createRandom } from "../../../lib/random/mod.ts";
import { type Detection, nonMaximumSuppression } from "../../../lib/unet/task_taxonomy/mod.ts";

const random = createRandom(1);
const detections: Detection[] = Array.from({ length: 60 }, () => ({
  box: {
    x: random.uniform(0, 40),
    y: random.uniform(0, 40),
    width: random.uniform(5, 20),
    height: random.uniform(5, 20),
  },
  kind: random.int(1, 3),
  score: random.uniform(),
}));

for (const iou of [0, 0.3, 0.7]) {
  Deno.test(`at IoU ${iou} no two kept boxes overlap by more, and every dropped one has a surer rival`, () => {
    const kept = nonMaximumSuppression(detections, iou);
    kept.forEach((a, i) =>
      kept.slice(i + 1).forEach((b) => {
        assertEquals(boxIou(a.box, b.box) <= iou, true);
        assertEquals(a.score >= b.score, true); // surest first
      })
    );
    for (const dropped of detections.filter((detection) => !kept.includes(detection))) {
      const rival = kept.find((k) => k.score >= dropped.score && boxIou(k.box, dropped.box) > iou);
      assertEquals(rival !== undefined, true);
    }
  });
}

Deno.test("nothing is dropped at IoU 1, and nothing comes of nothing", () => {
  assertEquals(nonMaximumSuppression(detections, 1).length, detections.length);
  assertEquals(nonMaximumSuppression([]), []);
});
