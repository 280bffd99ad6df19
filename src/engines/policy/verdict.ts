/** The kinds of policy that can decide. `trust` is a role's resource policy, named apart because denials do. */
export type Layer = 'identity' | 'boundary' | 'session' | 'scp' | 'rcp' | 'resource' | 'trust'

/** One statement, as an explanation names it. */
export interface StatementRef {
  /** As given to `compile`: an ARN, or the name of an inline policy. */
  readonly policy: string
  /** Counts from 0. */
  readonly statementIndex: number
  readonly sid: string | undefined
  readonly line: number
  readonly column: number
}

/**
 * Why.
 *
 * `explicit`: these statements of this layer said so; a cross-account grant takes two, the resource's then the
 * identity's. `implicit`: this layer had to allow and nothing in it did. `root`: the account's root user acts in its
 * own account, which needs no policy.
 */
export type Because =
  | { readonly kind: 'explicit'; readonly layer: Layer; readonly statements: readonly StatementRef[] }
  | { readonly kind: 'implicit'; readonly layer: Layer }
  | { readonly kind: 'root' }

/** What all policies come to, with what decided it: silence never allows, and root is never why something is denied. */
export type Verdict =
  | { readonly decision: 'Allow'; readonly because: Exclude<Because, { readonly kind: 'implicit' }> }
  | { readonly decision: 'Deny'; readonly because: Exclude<Because, { readonly kind: 'root' }> }

const silent = (layer: Layer): Verdict =>
  Object.freeze({ decision: 'Deny', because: Object.freeze({ kind: 'implicit', layer }) })

/** The verdict when this layer had to allow and did not. */
export const implicitDenials = Object.freeze({
  identity: silent('identity'),
  boundary: silent('boundary'),
  session: silent('session'),
  scp: silent('scp'),
  rcp: silent('rcp'),
  resource: silent('resource'),
  trust: silent('trust'),
}) satisfies Readonly<Record<Layer, Verdict>>

/** The verdict for a root user in its own account that nothing denies. */
export const rootAllowed: Verdict = Object.freeze({
  decision: 'Allow',
  because: Object.freeze({ kind: 'root' }),
})
