import type { Position } from './json.ts'
import type { OperatorName } from './operators.ts'
import type { PolicyVersion } from './version.ts'

/** Which of the seven documents a text is; each has its own grammar restrictions (see `kinds.ts`). */
export type PolicyKind = 'identity' | 'resource' | 'trust' | 'session' | 'boundary' | 'scp' | 'rcp'

/** A policy as it was written, checked, and frozen. Made by `parsePolicy` alone. */
export interface Policy {
  readonly kind: PolicyKind
  readonly version: PolicyVersion
  readonly id: string | undefined
  readonly statements: readonly Statement[]
}

/** A statement as it was written: checked, and not yet compiled for any request. */
export interface Statement extends Position {
  readonly sid: string | undefined
  readonly effect: 'Allow' | 'Deny'
  /** Absent in policies whose principal is the identity that they are attached to. */
  readonly principal: PrincipalElement | undefined
  readonly action: NameElement
  /** Absent in trust policies, and where a resource policy means the resource that it is attached to. */
  readonly resource: NameElement | undefined
  readonly conditions: readonly Condition[]
}

/** `Action`/`NotAction`, `Resource`/`NotResource`. */
export interface NameElement {
  readonly negated: boolean
  readonly values: readonly string[]
}

/** `Principal`/`NotPrincipal`. */
export interface PrincipalElement {
  readonly negated: boolean
  /** `"Principal": "*"`, which is every caller, named or not. */
  readonly everyone: boolean
  readonly aws: readonly string[]
  readonly services: readonly string[]
  readonly federated: readonly string[]
  readonly canonicalUsers: readonly string[]
}

/** One operator applied to one key. */
export interface Condition extends Position {
  readonly operator: OperatorName
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined
  readonly ifExists: boolean
  /** Lower case: key names are compared without case. */
  readonly key: string
  readonly values: readonly string[]
}

/** What is wrong with a policy text, in AWS's words where AWS has some. */
export interface Problem extends Position {
  readonly message: string
  /** Where in the document, e.g. `Statement[0].Action`. */
  readonly path: string
}
