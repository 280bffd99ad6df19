import type { BlockResponse, Header } from './action.ts'
import type { OversizeComponent } from './inspection.ts'
import type { TokenFailure } from './request.ts'
import type { Visibility } from './rule.ts'

/** What is to happen to the request. */
export type Decision =
  | { readonly type: 'ALLOW' }
  | { readonly type: 'BLOCK'; readonly response: BlockResponse }
  /** The host shows its page, and lets pass whoever solves it for as long as the immunity time. */
  | { readonly type: 'CAPTCHA' | 'CHALLENGE'; readonly immunitySec: number; readonly failure: TokenFailure }

/** A rule that matched; one in a rule group stands with the rule that refers to the group. */
export interface MatchedRule {
  readonly rule: string
  readonly visibility: Visibility
  readonly withinGroup?: {
    readonly group: string
    readonly rule: string
    readonly visibility: Visibility
    /** What the rule would have done by itself, where the web ACL says otherwise. */
    readonly overridden?: ActionName
  }
}

/** The actions of rules, as AWS spells them in logs. */
export type ActionName = 'ALLOW' | 'BLOCK' | 'COUNT' | 'CAPTCHA' | 'CHALLENGE'

/** A match that did not end the inspection. */
export interface NonTerminating extends MatchedRule {
  /** COUNT, EXCLUDED_AS_COUNT, or a check that the request's token had passed. */
  readonly action: 'COUNT' | 'EXCLUDED_AS_COUNT' | 'CAPTCHA' | 'CHALLENGE'
}

/** What the inspection of a request came to. */
export interface Verdict {
  readonly action: Decision
  /** `undefined`: no rule ended the inspection, and the default action is taken. */
  readonly terminatingRule: MatchedRule | undefined
  readonly labels: readonly string[]
  /** For the request as it is forwarded. */
  readonly insertedHeaders: readonly Header[]
  readonly nonTerminating: readonly NonTerminating[]
  /** What was more than could be inspected, of that which rules looked at. */
  readonly oversize: readonly OversizeComponent[]
}
