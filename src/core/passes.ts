/** Work that is done for as long as somebody asks for it. */
interface Passes {
  /** Asks for the work; answers once what was asked for until then is done. */
  readonly pass: () => Promise<void>
  /** Answers once nothing is under way. */
  readonly idle: () => Promise<void>
}

/**
 * Does work when it is asked for, and once more where it is asked for meanwhile, never twice at once. It is over in the turn in
 * which nothing more is asked for: nobody's asking falls between. After `ending` nothing begins; a failure ends what was asked for.
 */
export function createPasses(
  work: () => Promise<unknown>,
  { ending, onFailure }: { readonly ending: AbortSignal; readonly onFailure: (error: unknown) => void },
): Passes {
  let underWay: Promise<void> | undefined
  let isAsked = false

  async function passes(): Promise<void> {
    try {
      while (isAsked && !ending.aborted) {
        isAsked = false
        await work()
      }
    } catch (error) {
      onFailure(error)
    } finally {
      underWay = undefined
    }
  }

  return {
    pass() {
      isAsked = true
      underWay ??= passes()
      return underWay
    },
    async idle() {
      await underWay
    },
  }
}
