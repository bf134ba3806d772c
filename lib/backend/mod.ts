/**
 * The one place that imports tfjs: everything above takes `tf` from here.
 *
 * @module
 */
export * as tf from "@tensorflow/tfjs";
