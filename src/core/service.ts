import assert from 'node:assert/strict'
import type { ServiceName } from '#wire/index.ts'
import type { Operation } from './operation.ts'

/** A service's operations by name: the only thing that a request's operation name can reach. */
export interface Service {
  readonly model: ServiceName
  readonly operations: ReadonlyMap<string, Operation>
}

/** Gathers a service from its operation files; a name declared twice is a bug. `parts` is what its operations find in `call.parts`. */
export function service({
  model,
  files,
  parts,
}: {
  readonly model: ServiceName
  readonly files: readonly Readonly<Record<string, unknown>>[]
  readonly parts?: unknown
}): Service {
  const operations = new Map<string, Operation>()
  for (const exported of files.flatMap((file) => Object.values(file))) {
    if (!isOperation(exported)) continue
    assert.equal(exported.service, model, `${exported.name} was declared for another service`)
    assert.ok(!operations.has(exported.name), `${model} declares ${exported.name} twice`)
    operations.set(exported.name, { ...exported, enter: (call) => exported.enter(call, parts) })
  }
  return { model, operations }
}

function isOperation(exported: unknown): exported is Operation {
  return typeof exported === 'object' && exported !== null && 'declaration' in exported && 'enter' in exported
}
