import { uuid } from '#core/ids.ts'
import type { CallAsService } from '#core/service-calls.ts'
import { type CodeStore, createFunctionHost, type FunctionHost, openCodeStore } from '#functions/index.ts'
import { isDetecting } from '#services/guardduty/detecting.ts'
import { createLogWriter } from '#services/lambda/log-writer.ts'
import { createProvide } from '#services/lambda/provide.ts'
import type { RecordStore } from '#telemetry/index.ts'
import type { Ground } from './ground.ts'

/** What a worker knows of functions: the first runs them, the others ask there. */
export interface FunctionSide {
  readonly host: FunctionHost
  readonly code: CodeStore
  /** Says where what runs on this machine reaches the API: functions are told. */
  readonly reachedAt: (url: string) => void
  /** Writes what functions logged so far, in the worker that runs them. */
  readonly writeLogs: () => Promise<void>
  /** How long invocations may take yet that are under way here. Units: milliseconds. */
  readonly leftMs: () => number
  close(): Promise<void>
}

interface Parts extends Ground {
  readonly callAsService: CallAsService
  /** Keeps the flows of functions. */
  readonly records: RecordStore | undefined
}

/** `asked` is the host of another worker, where there is one. */
export function createFunctionSide(asked: FunctionHost | undefined, parts: Parts): FunctionSide {
  const { world, directory } = parts
  const code = openCodeStore(directory, () => uuid(world.randomBytes), world.nowMs)
  if (asked) return { host: asked, code, reachedAt() {}, writeLogs: nothing, leftMs: () => 0, close: nothing }
  return ownFunctions(code, parts)
}

const nothing = (): Promise<void> => Promise.resolve()

function ownFunctions(
  code: CodeStore,
  { world, log, store, seal, callAsService, records }: Parts,
): FunctionSide {
  let endpointUrl: string | undefined
  const logs = createLogWriter({ callAsService, world })
  const host = createFunctionHost({
    ...{ world, log, code },
    sink: logs.sink,
    endpointUrl: () => endpointUrl,
    provide: createProvide({ seal, callAsService }),
    connections: {
      wants: (scope) => records !== undefined && isDetecting(store.read, scope),
      keep: (flows) =>
        records?.append(
          'flow',
          flows.map((flow) => JSON.stringify(flow)),
        ),
    },
  })
  return {
    ...{ host, code, writeLogs: logs.flush, leftMs: () => host.leftMs() },
    reachedAt(url) {
      endpointUrl = url
    },
    async close() {
      await host.close()
      await logs.close()
    },
  }
}
