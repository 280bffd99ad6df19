import { members, oneOf } from '../read.ts'
import { invalid } from '../refusal.ts'
import { guarded, labelSource } from '../guards.ts'
import { matchKind } from './kind.ts'
import { labelText } from '../names.ts'

const read = members({ Scope: oneOf(['LABEL', 'NAMESPACE']), Key: labelText }, 'LABEL_MATCH_STATEMENT')

/** A label that an earlier rule has added, by its name or by a namespace it is in. */
export const labelMatch = matchKind({
  read: () => (value, field, name) => {
    const body = read(value, field, name)
    // A namespace ends at a colon, or `bot` would mean `botany` too; a name does not, or it could match nothing.
    if (body.Key.endsWith(':') !== (body.Scope === 'NAMESPACE'))
      throw invalid(
        'LABEL_MATCH_STATEMENT',
        body.Key,
        'a NAMESPACE key must end with a colon, and a LABEL key must not',
      )
    return body
  },
  price: () => 1,
  compile({ Scope, Key }, { labelNamespace }) {
    const key = qualified(Key, labelNamespace)
    const guards = [{ source: labelSource, key }]
    if (Scope === 'LABEL') return guarded(({ labels }) => labels.has(key), guards)
    return guarded(({ labels }) => {
      for (const label of labels) if (label.startsWith(key)) return true
      return false
    }, guards)
  },
})

/** A key that is not qualified means the labels of the same web ACL or rule group. */
export function qualified(key: string, labelNamespace: string): string {
  return key.startsWith('awswaf:') ? key : labelNamespace + key
}
