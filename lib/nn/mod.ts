/**
 * What both architectures share: named parameters, initialisers, layers, losses.
 *
 * @module
 */
export type { ForwardOptions, Model, Parameters } from "./model.ts";
