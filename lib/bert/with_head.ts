import type { Model, Parameters } from "../nn/mod.ts";
import type { Random } from "../random/mod.ts";
import { BertBody, type BertForwardOptions } from "./bert_model.ts";
import { type LoadReport, type SaveOptions, writeCheckpoint } from "./checkpoint.ts";
import type { BertConfig } from "./config.ts";
import type { Encoding } from "./encoding.ts";
import type { BertInput } from "./input.ts";
import { ParameterScope, randomSource } from "./parameter_scope.ts";

/** How a model with a head is made. */
export interface WithHeadOptions {
  /** Draws the first weights. */
  readonly random: Random;
}

/** What every model with a head has in common: a BERT under "bert.", and a way to disk. */
export abstract class BertWithHead<
  Output,
  Input extends BertInput | Encoding = BertInput | Encoding,
> implements Model<Input, Output> {
  /** The sizes. */
  readonly config: BertConfig;
  /** Every variable by Hugging Face's name. */
  readonly parameters: Parameters;
  /** Where the weights came from; undefined for a new model. */
  readonly loaded?: LoadReport;
  /** Embeddings, encoder and pooler. */
  readonly bert: BertBody;
  /** Hugging Face's name of this class, written into config.json. */
  abstract readonly architecture: string;
  /** Names of the classes, if it is a classifier. */
  readonly labels?: readonly string[];

  /** @param scope where parameters are made; by default a new one with random values */
  protected constructor(config: BertConfig, pooler: boolean, scope: ParameterScope) {
    this.config = config;
    this.bert = new BertBody(scope.at("bert"), config, pooler);
    this.parameters = scope.parameters;
  }

  abstract forward(input: Input, options?: BertForwardOptions): Output;

  /** Writes config.json and model.safetensors into the folder. */
  save(folder: string, options: SaveOptions = {}): Promise<void> {
    const { config, architecture, parameters, labels } = this;
    return writeCheckpoint(folder, config, architecture, parameters, { labels, ...options });
  }

  dispose(): void {
    for (const variable of this.parameters.values()) variable.dispose();
  }
}

/** A scope whose parameters are drawn at random. */
export function freshScope(config: BertConfig, { random }: WithHeadOptions): ParameterScope {
  return new ParameterScope(randomSource(random.fork("weights"), config.initializerRange));
}
