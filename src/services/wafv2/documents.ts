import type { Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { collection } from '#core/store/index.ts'
import type {
  CreateWebACLRequest,
  CustomResponseBody,
  IPAddressVersion,
  LoggingConfiguration,
  VisibilityConfig,
} from '#models/wafv2.d.ts'
import type { Kind, Place } from './places.ts'
import { sealedApiKey } from './sealed.ts'

// What WAFv2 stores. The id of a document is the entity's; it stands in its account, in its region or in `global`.

/** What sets, groups and web ACLs have in common. */
export interface Entity {
  readonly kind: Kind
  readonly id: string
  readonly name: string
  readonly arn: Arn
  readonly place: Place
  readonly description?: string | undefined
  /** Changes with every change of the entity; whoever changes it next must know it. */
  readonly lockToken: string
  readonly tags: Tags
}

export interface IPSetDocument extends Entity {
  readonly addressVersion: IPAddressVersion
  /** CIDR blocks, as they were given. */
  readonly addresses: readonly string[]
}

export interface RegexPatternSetDocument extends Entity {
  readonly patterns: readonly string[]
}

/** What has rules. */
interface RuleOwner extends Entity {
  /** As the API has them, with bytes as text: see stored-rules.ts. */
  readonly rules: readonly unknown[]
  /** The ARNs of the sets and groups that the rules refer to. */
  readonly references: readonly string[]
  readonly capacity: number
  readonly visibility: VisibilityConfig
  readonly bodies?: Readonly<Record<string, CustomResponseBody>> | undefined
}

export interface RuleGroupDocument extends RuleOwner {
  /** As it was put: who else may use the group. */
  readonly permissionPolicy?: string | undefined
}

/** The settings of a web ACL that the engine does not read, or only hands on. */
export type WebACLSettings = Pick<
  CreateWebACLRequest,
  | 'DefaultAction'
  | 'CaptchaConfig'
  | 'ChallengeConfig'
  | 'TokenDomains'
  | 'AssociationConfig'
  | 'ApplicationConfig'
>

export interface WebACLDocument extends RuleOwner {
  readonly settings: WebACLSettings
}

/** A key with which a client application asks for tokens; the id of the document is the key's digest. */
export interface ApiKeyDocument {
  readonly sealedKey: string
  readonly tokenDomains: readonly string[]
  readonly createdAtMs: number
}

const named = { name: ({ name }: Entity) => name }
const referring = { ...named, references: { anywhere: ({ references }: RuleOwner) => references } }

export const ipSets = collection<IPSetDocument>({ service: 'wafv2', type: 'ip-set', indexes: named })

export const regexPatternSets = collection<RegexPatternSetDocument>({
  service: 'wafv2',
  type: 'regex-pattern-set',
  indexes: named,
})

export const ruleGroups = collection<RuleGroupDocument>({
  service: 'wafv2',
  type: 'rule-group',
  indexes: referring,
})

export const webACLs = collection<WebACLDocument>({ service: 'wafv2', type: 'web-acl', indexes: referring })

export const apiKeys = collection<ApiKeyDocument>({
  service: 'wafv2',
  type: 'api-key',
  reseal: (key, id, move) => ({ ...key, sealedKey: sealedApiKey.move(move, id, key.sealedKey) }),
})

/** What a web ACL inspects: the id of the document is the resource's ARN. */
export interface AssociationDocument {
  readonly webACLArn: Arn
  readonly resourceArn: Arn
}

export const associations = collection<AssociationDocument>({
  service: 'wafv2',
  type: 'association',
  indexes: { webACL: { anywhere: ({ webACLArn }) => webACLArn } },
})

/** Where a web ACL's log goes; the id of the document is the web ACL's, and the log's scope. */
export interface LoggingDocument {
  readonly configuration: LoggingConfiguration
  readonly webACLId: string
}

export const loggingConfigurations = collection<LoggingDocument>({
  service: 'wafv2',
  type: 'logging-configuration',
  indexes: { webACL: ({ webACLId }) => webACLId },
})
