import assert from 'node:assert/strict'
import { accountOfAccessKeyId } from '#core/access-key-id.ts'
import { decodeDenial } from '#core/authorization-message.ts'
import { type Operation, openToAnyAuthenticatedCaller } from '#core/operation.ts'
import { sts, type StsParts } from './declare.ts'
import { faults } from './faults.ts'
import { refuseSession } from './session-callers.ts'

/** Tells the caller who it is. Source: STS API Reference: needs no permission, and a policy that denies it changes nothing. */
export const GetCallerIdentity = sts('GetCallerIdentity', {
  access: openToAnyAuthenticatedCaller,
  run({ call: { caller } }) {
    assert.ok('arn' in caller, 'only who signed gets here')
    return { UserId: caller.userId, Account: caller.account, Arn: caller.arn }
  },
})

/**
 * Reads what a denial sealed.
 * Faults: InvalidAuthorizationMessageException, also for messages of other accounts.
 */
export const DecodeAuthorizationMessage = sts('DecodeAuthorizationMessage', {
  access(_target, _input, { caller }) {
    refuseSession(caller, 'DecodeAuthorizationMessage')
    return [{ action: 'sts:DecodeAuthorizationMessage', resource: '*' }]
  },
  run({ input: { EncodedMessage }, call: { seal, account } }) {
    const message = decodeDenial(seal, account, EncodedMessage)
    if (message === undefined) throw faults.invalidMessage()
    return { DecodedMessage: message }
  },
})

/**
 * Tells which account an access key id belongs to, whether or not the key is still there: the id carries it.
 * Faults: ValidationError for an id that carries none and is nobody's.
 */
export function getAccessKeyInfo({ identities }: StsParts): Operation {
  return sts('GetAccessKeyInfo', {
    access(_target, _input, { caller }) {
      refuseSession(caller, 'GetAccessKeyInfo')
      return [{ action: 'sts:GetAccessKeyInfo', resource: '*' }]
    },
    run({ input: { AccessKeyId }, call: { tx } }) {
      const account = accountOfAccessKeyId(AccessKeyId) ?? identities.accessKey(tx, AccessKeyId)?.account
      if (account === undefined) throw faults.unknownKey(AccessKeyId)
      return { Account: account }
    },
  })
}
