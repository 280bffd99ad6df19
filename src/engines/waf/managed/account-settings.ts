import { anything, boolean, listOf, members, oneOf, optional, text } from '../read.ts'
import { invalid } from '../refusal.ts'

/** Where a page's requests carry what, as a web ACL says. */
export interface AccountSettings {
  /** The path that credentials are sent to, and what goes on from it. */
  readonly path: string
  /** The page from which accounts are created. */
  readonly pagePath: string | undefined
  readonly payload: 'JSON' | 'FORM_ENCODED'
  readonly username: string
  readonly password: string | undefined
  readonly phones: readonly string[]
  readonly addresses: readonly string[]
}

const path = text(1, 256, /^\/[!-~]*$/)
const identifier = members({ Identifier: text(1, 512, /\S/) })
const payload = oneOf(['JSON', 'FORM_ENCODED'])
const common = { EnableRegexInPath: optional(boolean), ResponseInspection: optional(anything) }

const takeover = members({
  ...common,
  LoginPath: path,
  RequestInspection: members({ PayloadType: payload, UsernameField: identifier, PasswordField: identifier }),
})

const creation = members({
  ...common,
  CreationPath: path,
  RegistrationPagePath: path,
  RequestInspection: members({
    PayloadType: payload,
    UsernameField: optional(identifier),
    PasswordField: optional(identifier),
    EmailField: optional(identifier),
    PhoneNumberFields: optional(listOf(identifier, 0, 4)),
    AddressFields: optional(listOf(identifier, 0, 6)),
  }),
})

const group = 'MANAGED_RULE_GROUP_CONFIG'

/** The one configuration that a group must have, under the group's name. Faults: a refusal for none, several, or another's. */
function only(configs: readonly unknown[], name: string): unknown {
  const [first, second] = configs
  if (first === undefined || second !== undefined)
    throw invalid(group, name, 'exactly one configuration of this group is required')
  return members({ [name]: anything })(first, group, 'ManagedRuleGroupConfigs')[name]
}

/** Settings that would ask for what is not done here are refused. */
function requireEnforced({
  EnableRegexInPath,
  ResponseInspection,
}: {
  EnableRegexInPath: boolean | undefined
  ResponseInspection: unknown
}): void {
  if (EnableRegexInPath === true)
    throw invalid(group, 'EnableRegexInPath', 'is not supported: name the path itself')
  if (ResponseInspection !== undefined)
    throw invalid(group, 'ResponseInspection', 'is not supported: answers are not inspected')
}

/** Source: AWS WAFV2 API, AWSManagedRulesATPRuleSet. */
export function takeoverSettings(configs: readonly unknown[], name: string): AccountSettings {
  const given = takeover(only(configs, name), group, name)
  requireEnforced(given)
  const { PayloadType, UsernameField, PasswordField } = given.RequestInspection
  return {
    path: given.LoginPath,
    pagePath: undefined,
    payload: PayloadType,
    username: UsernameField.Identifier,
    password: PasswordField.Identifier,
    phones: [],
    addresses: [],
  }
}

/** Source: AWS WAFV2 API, AWSManagedRulesACFPRuleSet. */
export function creationSettings(configs: readonly unknown[], name: string): AccountSettings {
  const given = creation(only(configs, name), group, name)
  requireEnforced(given)
  const { PayloadType, UsernameField, PasswordField, EmailField, PhoneNumberFields, AddressFields } =
    given.RequestInspection
  const username = UsernameField ?? EmailField
  if (username === undefined) throw invalid(group, 'UsernameField', 'or EmailField is required')
  return {
    path: given.CreationPath,
    pagePath: given.RegistrationPagePath,
    payload: PayloadType,
    username: username.Identifier,
    password: PasswordField?.Identifier,
    phones: (PhoneNumberFields ?? []).map(({ Identifier }) => Identifier),
    addresses: (AddressFields ?? []).map(({ Identifier }) => Identifier),
  }
}
