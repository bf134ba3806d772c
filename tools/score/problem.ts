/** Something that whoever typed the command can put right: shown as a sentence, without a stack. */
export class Problem extends Error {
  override name = "Problem";
}
