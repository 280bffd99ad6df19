import type { Operation } from '#core/operation.ts'
import { wafv2 } from './declare.ts'
import type { Entity } from './documents.ts'
import { type EntityKind, find, remove, summaries } from './entities.ts'

type Noun = 'IPSet' | 'RegexPatternSet' | 'RuleGroup' | 'WebACL'

/** The operation that deletes an entity. Faults: those of `remove`. */
export function deletion(name: `Delete${Exclude<Noun, 'WebACL'>}`, kept: EntityKind<Entity>): Operation {
  return wafv2(name, {
    target: (input, call) => find(call, kept, input),
    access: (entity) => [{ action: `wafv2:${name}`, resource: entity }],
    run({ target, input, call }) {
      remove(call, kept, target, input.LockToken)
      return {}
    },
  })
}

/** The operation that lists the entities of a scope; its answer has them under the rest of its own name. */
export function listing(name: `List${Noun}s`, kept: EntityKind<Entity>): Operation {
  return wafv2(name, {
    access: () => [{ action: `wafv2:${name}`, resource: '*' }],
    run({ input, call }) {
      const { list, ...next } = summaries(call, kept, input)
      return { [name.slice('List'.length)]: list, ...next }
    },
  })
}
