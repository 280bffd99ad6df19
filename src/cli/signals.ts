/** What becomes of SIGINT and SIGTERM, which can change while the process lives. */
export interface Signals {
  /** Gives the next ones to somebody else. */
  readonly leaveTo: (hear: () => void) => void
  /** A signal that came by another way. */
  readonly signal: () => void
  /** Whether one of them is being obeyed here. */
  readonly isStopping: () => boolean
}

/**
 * Ends in order at the first signal and at once at the second: nothing acknowledged is lost. A terminal and systemd send a signal to every
 * process of a service, so that one with a keeper gets it twice: `hasKeeper`, and only what the keeper passes on counts as a second one.
 */
export function onSignals(hasKeeper: boolean, stop: () => Promise<void>): Signals {
  let stopping = false
  let leftTo: (() => void) | undefined
  const begin = (): void => {
    if (stopping) return
    stopping = true
    void stop()
  }
  let passedOn = false
  const signal = (): void => {
    if (leftTo) return leftTo()
    if (hasKeeper ? passedOn : stopping) process.exit(1)
    passedOn = true
    begin()
  }
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (leftTo) leftTo()
      else if (hasKeeper) begin()
      else signal()
    })
  return {
    signal,
    isStopping: () => stopping,
    leaveTo(hear) {
      leftTo = hear
    },
  }
}
