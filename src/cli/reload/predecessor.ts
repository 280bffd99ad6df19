import type { EdgeReport } from '#edge/supervisor/index.ts'
import { connectionOf, type Handle } from '#wire/sockets/index.ts'
import type { Running } from '../start-worker.ts'
import { type FromSuccessor, type Handed, successorMark, type ToSuccessor } from './messages.ts'

/** The server before this one, as its successor sees it. */
export interface Predecessor {
  readonly handed: Handed
  /** Says that all is well so far, and waits until the data directory is free. */
  readonly yours: () => Promise<void>
  /** Says why this process does not take over. */
  readonly refuse: (message: string) => void
  /** Says that this process serves, and takes what the other still has. */
  readonly serve: (running: Running) => void
}

/** Whether the server before this one still finishes what it began. */
export function isPredecessorThere(): boolean {
  return process.connected
}

/**
 * Meets the server that started this process to take over from it; undefined where an operator started it. Should that server end before
 * it has handed over, this process ends with it.
 */
export async function meetPredecessor(): Promise<Predecessor | undefined> {
  if (process.env[successorMark] === undefined || process.send === undefined) return undefined
  delete process.env[successorMark]
  const connections: Handle[] = []
  let reports: EdgeReport[] = []
  let take = (report: EdgeReport): void => void reports.push(report)
  const met = Promise.withResolvers<Handed>()
  const freed = Promise.withResolvers<void>()
  const hear = (message: ToSuccessor, handle: unknown): void => {
    if (message.kind === 'handed') met.resolve(message.handed)
    else if (message.kind === 'yours') freed.resolve()
    else if (message.kind === 'edge-report') take(message.report)
    else if (handle !== undefined) connections.push(handle as Handle) // Our own file sends it.
  }
  process.on('message', (message, handle) => hear(message as ToSuccessor, handle))
  const endAlong = (): void => process.exit(1)
  process.once('disconnect', endAlong)
  // Until it serves: the keeper's word of them is read then.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
  const handed = await met.promise

  return {
    handed,
    async yours() {
      tell({ kind: 'loaded' })
      await freed.promise
    },
    refuse: (message) => tell({ kind: 'refused', message }),
    serve(running) {
      for (const handle of connections) running.adopt(connectionOf(handle))
      const edge = running.worker.ownEdge
      if (edge) {
        take = edge.takeReport
        for (const report of reports) take(report)
        reports = []
      }
      process.off('disconnect', endAlong)
      process.once('disconnect', () => edge?.bindAgain())
      tell({ kind: 'serving' })
      const served = (): void => tell({ kind: 'edge-serving' })
      void (edge?.serving() ?? Promise.resolve()).then(served)
    },
  }
}

function tell(message: FromSuccessor): void {
  if (process.connected) process.send?.(message)
}
