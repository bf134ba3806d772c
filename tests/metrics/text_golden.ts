/** What scikit-learn, SciPy, seqeval, conlleval and Python say; see tests/golden/text_metrics/generate.py. */
interface TextGolden {
  readonly classification: readonly {
    readonly truth: number[];
    readonly predicted: number[];
    readonly accuracy: number;
    readonly f1: number;
    readonly matthews: number;
  }[];
  readonly correlation: readonly {
    readonly x: number[];
    readonly y: number[];
    readonly pearson: number;
    readonly spearman: number;
    readonly ranks: number[];
  }[];
  readonly entities: readonly {
    readonly scheme: "BIO2" | "BIOES";
    readonly truth: string[][];
    readonly predicted: string[][];
    readonly seqeval: number[];
    readonly strict: number[];
    readonly conlleval?: Readonly<Record<string, number>>;
  }[];
  /** Whole files, the last two columns gold and predicted, some with -DOCSTART- lines. */
  readonly files: readonly {
    readonly text: string;
    readonly conlleval: Readonly<Record<string, number>>;
  }[];
  /** Thresholds of silence, as evaluate-v2.0.py finds and applies them. */
  readonly silence: readonly {
    readonly truths: string[][];
    readonly said: Readonly<Record<string, string>>;
    readonly nulls: Readonly<Record<string, number>>;
    readonly limit: number;
    readonly official: Readonly<Record<string, number>>;
  }[];
  readonly answers: readonly {
    readonly said: string;
    readonly right: string;
    readonly normalized: string;
    readonly f1: number;
    readonly f1v2: number;
  }[];
}

/** The reference numbers. */
export const golden: TextGolden = JSON.parse(
  await Deno.readTextFile(new URL("../golden/text_metrics/reference.json", import.meta.url)),
);
