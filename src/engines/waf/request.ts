import type { Address, AddressSet } from './address.ts'

/** A web request as a host hands it over. Text is Latin-1: one character for each byte received. */
export interface WebRequest {
  readonly method: string
  /** As received, percent-encoding included, without query string. */
  readonly path: string
  /** As received, without the question mark. */
  readonly query: string
  /** Without the number sign; clients rarely send one. */
  readonly fragment?: string | undefined
  /** In the order received, one entry for each header line. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The address of the connection's other end. */
  readonly clientAddress: string
  /** The body as far as it is to be inspected. */
  readonly body: Uint8Array
  /** Whether the body went on beyond `body`. */
  readonly bodyCut: boolean
  readonly ja3?: string | undefined
  readonly ja4?: string | undefined
  /** What the host's token for CAPTCHA or Challenge says: absent means that there is none. */
  readonly token?: TokenCheck | undefined
}

/** Source: AWS WAFV2 API, FailureReason. */
export type TokenFailure = 'TOKEN_MISSING' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID' | 'TOKEN_DOMAIN_MISMATCH'

/** Whether the request's token has passed this check within the immunity time; why not, otherwise. */
export type TokenCheck = (kind: 'CAPTCHA' | 'CHALLENGE', immunitySec: number) => 'valid' | TokenFailure

/** Where an address is, as far as a host knows. */
export interface Location {
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  /** ISO 3166-2 without the country: `CA` of `US-CA`. */
  readonly region?: string | undefined
}

/** A rule group that a web ACL refers to, as AWS writes it. */
export interface RuleGroupSource {
  readonly Name: string
  readonly Capacity: number
  /** What the labels of its rules begin with: `awswaf:<account>:rulegroup:<name>:`. */
  readonly LabelNamespace: string
  readonly Rules: readonly unknown[]
  readonly CustomResponseBodies?: unknown
  /**
   * Of a managed group that has settings: the group as a rule's `ManagedRuleGroupConfigs` make it. Without it, a rule must give none.
   * Faults: throws a refusal of the engine's for settings that are wrong, or missing.
   */
  readonly configure?: ((configs: readonly unknown[]) => RuleGroupSource) | undefined
}

/**
 * What a web ACL refers to. All of it is asked when the ACL is compiled, save the look-ups of addresses, which are kept
 * and asked again for each request: a host may exchange what they answer from.
 */
export interface World {
  addressSet(arn: string): AddressSet | undefined
  regexPatternSet(arn: string): readonly string[] | undefined
  ruleGroup(arn: string): RuleGroupSource | undefined
  managedRuleGroup(vendor: string, name: string, version: string | undefined): RuleGroupSource | undefined
  locate(address: Address): Location | undefined
  autonomousSystem(address: Address): number | undefined
}
