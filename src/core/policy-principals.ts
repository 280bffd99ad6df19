/** Gives a principal's name another form. */
export type RewriteName = (name: string) => string

/** Rewrites of principals by their type; what is left out stays as it is. */
export type Rewrite = Readonly<Partial<Record<'AWS' | 'Service', RewriteName>>>

/** The same policy with its principals rewritten. The engine has read it: no key occurs twice, and the shapes are right. */
export function withPrincipals(text: string, rewrite: Rewrite): string {
  const policy = JSON.parse(text, exactNumbers) as { Statement: object | object[] } // The engine has read it.
  for (const statement of [policy.Statement].flat()) {
    for (const element of ['Principal', 'NotPrincipal'] as const) {
      const principal: unknown = Object.entries(statement).find(([key]) => key === element)?.[1]
      if (typeof principal === 'object' && principal !== null) rewriteNames(principal, rewrite)
    }
  }
  return JSON.stringify(policy)
}

function rewriteNames(principal: object, rewrite: Rewrite): void {
  for (const [type, names] of Object.entries(principal) as [string, unknown][]) {
    if (type !== 'AWS' && type !== 'Service') continue
    const change = rewrite[type]
    if (!change) continue
    const one = (name: unknown): unknown => (typeof name === 'string' ? change(name) : name)
    Object.assign(principal, { [type]: Array.isArray(names) ? names.map(one) : one(names) })
  }
}

/** Condition values are texts: a number that JavaScript cannot hold keeps its digits as one. */
function exactNumbers(
  this: unknown,
  _: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  const source = context?.source
  return typeof value === 'number' && source !== undefined && String(value) !== source ? source : value
}
