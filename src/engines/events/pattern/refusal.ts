/** Thrown within the parser, and caught at its door: what is wrong with a pattern, in AWS's words. */
export class Refusal extends Error {}
