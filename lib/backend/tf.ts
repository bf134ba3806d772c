/**
 * tfjs, without the notice it prints when it finds itself in a Node-like runtime ("looks like you
 * are running TensorFlow.js in Node.js"): in a notebook that notice is a red box above the first
 * tensor, and its advice (install tfjs-node) does not hold under Deno.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";

// tfjs prints the notice when a backend is first used and this flag is true.
tf.env().set("IS_NODE", false);

// Until useBackend chooses, tensors live on the plain JavaScript backend, which needs no start.
tf.setBackend("cpu");

export { tf };
