import type { SessionStatement, Tags } from '#core/caller.ts'
import { faults } from './faults.ts'

/** Tags as STS's operations take them. */
export interface Tag {
  readonly Key: string
  readonly Value: string
}

/** The tags of a session to be, with those that its own sessions will have too. */
export interface SessionTags {
  readonly tags: Tags
  /** Keys, spelled as in `tags`. */
  readonly transitiveTagKeys: readonly string[]
}

/** What policies see of the tags that a call brings along, and of the keys that it inherits; nothing is checked here. */
export function givenTags(list: readonly Tag[] = []): Tags {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]))
}

/** The tags that a session passes on to the sessions that are made with it. */
export function inheritedTags(session: SessionStatement | undefined): Tags {
  const { tags = {}, transitiveTagKeys = [] } = session ?? {}
  const keys = new Set(transitiveTagKeys.map(lowerCase))
  return Object.fromEntries(Object.entries(tags).filter(([key]) => keys.has(lowerCase(key))))
}

/**
 * The tags of a new session: those passed, and those that the calling session passes on. Keys are compared without case. The model
 * has checked lengths, characters and that there are at most 50.
 * Faults: InvalidParameterValue for a key given twice, AWS's own prefix, a transitive key without its tag, or one that would
 * replace an inherited tag.
 * Source: IAM User Guide, "Pass session tags in AWS STS".
 */
export function sessionTags(
  list: readonly Tag[] = [],
  transitiveKeys: readonly string[] = [],
  session?: SessionStatement,
): SessionTags {
  const given = new Map(list.map((tag) => [lowerCase(tag.Key), tag]))
  if (given.size < list.length) throw faults.duplicateTagKeys()
  const inherited = inheritedTags(session)
  for (const key of given.keys()) if (key.startsWith('aws:')) throw faults.reservedTagKey()
  for (const key of Object.keys(inherited)) {
    if (given.has(lowerCase(key))) throw faults.transitiveTagConflicts()
  }
  const transitive = new Set(transitiveKeys.map(lowerCase))
  for (const key of transitive) if (!given.has(key)) throw faults.transitiveKeyNotPassed()
  return {
    tags: Object.fromEntries([...Object.entries(inherited), ...list.map(({ Key, Value }) => [Key, Value])]),
    transitiveTagKeys: [
      ...Object.keys(inherited),
      ...list.map(({ Key }) => Key).filter((key) => transitive.has(lowerCase(key))),
    ],
  }
}

function lowerCase(key: string): string {
  return key.toLowerCase()
}
