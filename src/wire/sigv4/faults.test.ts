// Goal: every failure has its answer in every family of services. Method: all of both.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  authenticationFailure,
  authenticationFault,
  type AuthenticationReason,
  type FaultFamily,
} from './index.ts'

test('faults: every reason has its answer in every family', () => {
  const families: readonly FaultFamily[] = ['query', 'json', 'rest-json', 'rest-xml', 'ec2']
  const reasons: readonly AuthenticationReason[] = [
    'MissingAuthenticationToken',
    'IncompleteSignature',
    'SignatureDoesNotMatch',
    'SignatureExpired',
    'SignatureNotYetCurrent',
    'RequestExpired',
    'InvalidScope',
    'UnsignedHeader',
    'InvalidPayload',
    'UnknownAccessKey',
    'InvalidToken',
    'ExpiredToken',
  ]
  const answers = families.map((family) =>
    reasons
      .map((reason) => authenticationFault(authenticationFailure(reason), family))
      .map(({ code, status }) => `${status} ${code}`),
  )
  const all = [...new Set(answers.flat())].sort()
  assert.equal(answers.flat().length, 60)
  assert.deepEqual(all, [
    '400 ExpiredTokenException',
    '400 IncompleteSignature',
    '400 IncompleteSignatureException',
    '400 InvalidSignatureException',
    '400 MissingAuthenticationTokenException',
    '400 RequestExpired',
    '400 UnrecognizedClientException',
    '401 AuthFailure',
    '403 ExpiredToken',
    '403 ExpiredTokenException',
    '403 IncompleteSignatureException',
    '403 InvalidClientTokenId',
    '403 InvalidSignatureException',
    '403 MissingAuthenticationToken',
    '403 MissingAuthenticationTokenException',
    '403 SignatureDoesNotMatch',
    '403 UnrecognizedClientException',
  ])
})
