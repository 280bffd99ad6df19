import { service } from '#core/service.ts'
import * as accessKeys from './access-keys.ts'
import * as accountAliases from './account-aliases.ts'
import * as accountSummary from './account-summary.ts'
import * as groups from './groups.ts'
import * as loginProfiles from './login-profiles.ts'
import * as memberships from './memberships.ts'
import * as passwordPolicy from './password-policy.ts'
import * as users from './users.ts'

/** Identity and Access Management: who there is, and what they may. */
export const iamService = service({
  model: 'iam',
  files: [accessKeys, accountAliases, accountSummary, groups, loginProfiles, memberships, passwordPolicy, users],
})
