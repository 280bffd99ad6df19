/**
 * The web ACL language of AWS WAFv2: read, price, compile, inspect. Pure and synchronous; knows nothing of sockets,
 * stores or clocks: what it refers to comes through `World`, counts go through `Counter`, and time is a parameter.
 */
export type { Action, BlockResponse, CustomBody, Header } from './action.ts'
export { type Address, addressSet, type AddressSet, formatAddress, parseAddress } from './address.ts'
export { textOfBytes } from './bytes.ts'
export type { OversizeComponent } from './inspection.ts'
export {
  type AddressList,
  addressLists,
  managedRuleGroup,
  managedRuleGroups,
  type ManagedRule,
  type ManagedRuleGroup,
  type ManagedSources,
  noSources,
} from './managed/index.ts'
export { capacityMax, checkRuleGroup, priceRules } from './price.ts'
export type { Counter, RateRule } from './rate-rules.ts'
export type { Outcome, Refusal, RefusalCode, RefusedField } from './refusal.ts'
export { checkRegex, patternLengthMax } from './regex.ts'
export type { Location, RuleGroupSource, TokenCheck, TokenFailure, WebRequest, World } from './request.ts'
export type { Visibility } from './rule.ts'
export { fastifyHook } from './middleware/fastify.ts'
export { honoMiddleware } from './middleware/hono.ts'
export { type Answer, answerTo, type Check, type MiddlewareOptions } from './middleware/host.ts'
export { nodeMiddleware } from './middleware/node.ts'
export { SlidingCounter } from './sliding-counter.ts'
export type { ActionName, Decision, MatchedRule, NonTerminating, Verdict } from './verdict.ts'
export { type CompiledWebACL, compileWebACL, inspectOrBlock } from './web-acl.ts'
