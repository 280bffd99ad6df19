import { Bounded } from '#core/bounded.ts'
import type { LogsCall } from './declare.ts'

const joined = new Bounded<string, string>(256)

/** The resource policies of the account in the region, as one; undefined where there is none. */
export function joinedPolicy(call: LogsCall): string | undefined {
  const found = call.resourcePolicies.list()
  if (found.length === 0) return undefined
  const texts = found.map(({ document }) => document.text)
  return joined.of(JSON.stringify(texts), () => {
    const statements = texts.flatMap((text) => {
      const { Statement } = JSON.parse(text) as { readonly Statement: object | readonly object[] } // The engine has read it.
      return Statement
    })
    // Ids of statements are unique within a policy, and two policies may have the same.
    const Statement = statements.map((statement) =>
      Object.fromEntries(Object.entries(statement).filter(([key]) => key !== 'Sid')),
    )
    return JSON.stringify({ Version: '2012-10-17', Statement })
  })
}
