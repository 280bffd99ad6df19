/**
 * The IAM policy language: parse, compile, decide, explain. Pure and synchronous; knows nothing of the wire, of
 * storage or of the clock: what a decision needs of them comes in as the request's context.
 */
export type {
  Condition,
  NameElement,
  Policy,
  PolicyKind,
  PrincipalElement,
  Problem,
  Statement,
} from './ast.ts'
export { decide, type Layers } from './decide.ts'
export { explain, type Explanation, type LayerTrace, type MatchedStatement } from './explain.ts'
export { parsePolicy, policyTextMax, type ParseOptions } from './parse.ts'
export { compilePattern, type Matches, type Pattern } from './pattern.ts'
export { compile, type NamedPolicy, type PolicySet } from './policy-set.ts'
export type { Grade } from './principals.ts'
export type { Context, FederatedUser, Principal, Request, RoleSession, RootUser, User } from './request.ts'
export type { Because, Layer, StatementRef, Verdict } from './verdict.ts'
export type { PolicyVersion } from './version.ts'
