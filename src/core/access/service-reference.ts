import { existsSync, readFileSync } from 'node:fs'

/** What AWS's Service Authorization Reference says of an action. */
export interface ActionReference {
  /** `Read`, `List`, `Write`, `Tagging`, `Permissions management`; several joined by a comma. */
  readonly level: string
  /** Resource types; a trailing `*` marks those that are required. */
  readonly resources: readonly string[]
  readonly keys: readonly string[]
}

/** What the reference says of a resource type. */
export interface ResourceReference {
  /** The ARN with `${Partition}`, `${Account}` and the like in it. */
  readonly arn: string
  readonly keys: readonly string[]
}

type Entries = Readonly<Record<string, ActionReference & ResourceReference>>
const loaded = new Map<string, Entries>()
const folder = new URL('../../../data/service-reference/', import.meta.url)

function entries(prefix: string): Entries {
  const known = loaded.get(prefix)
  if (known) return known
  const file = new URL(`${prefix}.json`, folder)
  if (!/^[a-z0-9-]+$/.test(prefix) || !existsSync(file)) return {}
  const read = JSON.parse(readFileSync(file, 'utf8')) as Entries // Our own data, written by scripts/import-service-reference.ts.
  loaded.set(prefix, read)
  return read
}

/**
 * Actions that AWS's service models have and the imported reference lacks as yet, each with the one that it is like.
 * Source: KMS API Reference, Encapsulate and Decapsulate.
 */
const newActions: ReadonlyMap<string, string> = new Map([
  ['kms:Decapsulate', 'kms:Decrypt'],
  ['kms:Encapsulate', 'kms:Encrypt'],
])

/** The reference's entry of an action such as `iam:CreateUser`, or undefined when it has none. */
export function actionReference(action: string): ActionReference | undefined {
  const [prefix = '', name = ''] = (newActions.get(action) ?? action).split(':')
  return entry(prefix, `action ${name}`)
}

/** The reference's entry of a resource type such as `user` of `iam`. */
export function resourceReference(prefix: string, type: string): ResourceReference | undefined {
  // Actions of some services (Lambda) write their types with capitals; the types' own entries have none.
  return entry(prefix, `resource ${type}`) ?? entry(prefix, `resource ${type.toLowerCase()}`)
}

function entry(prefix: string, key: string) {
  const all = entries(prefix)
  return Object.hasOwn(all, key) ? all[key] : undefined
}
