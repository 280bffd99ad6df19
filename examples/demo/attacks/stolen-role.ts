import type { Attack } from '../attack.ts'

const from = '127.0.0.24'

/** Uses the shop's own credentials from elsewhere: somebody read them off the instance. */
export const stolenRole: Attack = {
  title: "the shop's role credentials, used from elsewhere",
  from,
  async strike({ cloudAs, built }) {
    const { kms } = cloudAs(built.stolen, from)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: built.keyId, Plaintext: Buffer.from('probe') })
    return `Encrypt answered ${CiphertextBlob?.length ?? 0} bytes`
  },
  finding: /CredentialExfiltration/,
  remedy: 'PutRolePolicy',
  async isStopped({ cloudAs, built }) {
    const { kms } = cloudAs(built.stolen, from)
    return kms.encrypt({ KeyId: built.keyId, Plaintext: Buffer.from('probe') }).then(
      () => false,
      ({ name }: Error) => name === 'AccessDeniedException',
    )
  },
  log: { in: 'trail', text: from },
}
