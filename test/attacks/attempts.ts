import type { CallAnswer } from '#core/service-calls.ts'
import type { DocumentChange } from '#core/store/index.ts'
import { model, type OperationModel, type ServiceName } from '#wire/index.ts'
import { randomOf } from '../wire/generate.ts'
import { seed } from '../wire/seed.ts'
import { Aim, type Names } from './aimed-inputs.ts'
import type { Actor, Cloud } from './cloud.ts'

/** What came of the attempts on one operation. */
export interface Tried {
  readonly operation: OperationModel
  readonly answers: readonly CallAnswer[]
  readonly changes: readonly DocumentChange[]
}

/** Every implemented operation of a model, whoever adds it. */
export function implementedOperations({ worker }: Cloud): readonly OperationModel[] {
  const all = [...worker.services].flatMap(([service, { operations }]) =>
    [...operations.keys()].flatMap((name) => model(service as ServiceName).operations.get(name) ?? []),
  )
  // IAM's last: an administrator may take his own rights.
  return all.toSorted((one, other) => Number(one.service === 'iam') - Number(other.service === 'iam'))
}

/** Inputs that name what is there, for each operation; the seed decides. */
export function attemptsOn(
  operations: readonly OperationModel[],
  names: Names,
  rounds: number,
): ReadonlyMap<OperationModel, readonly object[]> {
  return new Map(
    operations.map((operation, index) => {
      const aim = new Aim(randomOf(seed + index * 7919), names, operation.service)
      return [
        operation,
        Array.from({ length: rounds }, () => aim.input(operation)).filter((input) => input !== undefined),
      ]
    }),
  )
}

/** Tries all that there is, one operation after the other. */
export async function tryAll(
  cloud: Cloud,
  actor: Actor,
  attempts: ReadonlyMap<OperationModel, readonly object[]>,
): Promise<readonly Tried[]> {
  const tried: Tried[] = []
  for (const [operation, inputs] of attempts) {
    const { answer: answers, changes } = await cloud.changesOf(() =>
      Promise.all(inputs.map((input) => cloud.call(actor, operation.service, operation.name, input))),
    )
    tried.push({ operation, answers, changes: changes.filter((change) => !isOwnBookkeeping(change)) })
  }
  return tried
}

/** What the server notes for itself as time goes by, whoever calls: events that wait to be matched, when a key or role was used. */
function isOwnBookkeeping({ service, type }: DocumentChange): boolean {
  return bookkeeping.has(`${service} ${type}`)
}

const bookkeeping: ReadonlySet<string> = new Set(['events arrival'])

/** `kms:CreateKey` */
export const named = ({ service, name }: OperationModel): string => `${service}:${name}`

/** An answer as far as it says whether something is there. */
export function told(answer: CallAnswer): string {
  return answer.ok ? 'ok' : `${answer.fault.code}: ${answer.fault.message}`
}
