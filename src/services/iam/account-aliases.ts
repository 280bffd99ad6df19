import { accountSettings, iam, settingsId } from './documents.ts'
import { faults } from './faults.ts'

/**
 * Gives the account an alias, in place of the one it has.
 *
 * Faults: EntityAlreadyExistsException when any account has it.
 * Source: IAM API Reference, CreateAccountAlias: an account has one alias, a new one overwrites it.
 */
export const CreateAccountAlias = iam('CreateAccountAlias', {
  access: () => [{ action: 'iam:CreateAccountAlias', resource: '*' }],
  run({ input: { AccountAlias }, call }) {
    if (call.tx.findAnywhere(accountSettings, 'alias', AccountAlias).length > 0)
      throw faults.aliasExists(AccountAlias)
    call.accountSettings.put(settingsId, { ...call.accountSettings.get(settingsId), alias: AccountAlias })
    return {}
  },
})

/**
 * Takes the account's alias away.
 *
 * Faults: NoSuchEntityException for any other alias than the account's.
 */
export const DeleteAccountAlias = iam('DeleteAccountAlias', {
  access: () => [{ action: 'iam:DeleteAccountAlias', resource: '*' }],
  run({ input: { AccountAlias }, call }) {
    const settings = call.accountSettings.get(settingsId)
    if (settings?.alias !== AccountAlias) throw faults.noSuchAlias(AccountAlias)
    call.accountSettings.put(settingsId, { ...settings, alias: undefined })
    return {}
  },
})

/** Lists the account's alias, if it has one. */
export const ListAccountAliases = iam('ListAccountAliases', {
  access: () => [{ action: 'iam:ListAccountAliases', resource: '*' }],
  run({ call }) {
    const alias = call.accountSettings.get(settingsId)?.alias
    return { AccountAliases: alias === undefined ? [] : [alias], IsTruncated: false }
  },
})
