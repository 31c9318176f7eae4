/** An error, and the step of a batch that it is about. */
export class StepFailure extends Error {
  constructor(
    readonly step: string,
    override readonly cause: unknown,
  ) {
    super(`step ${JSON.stringify(step)} failed`)
  }
}
