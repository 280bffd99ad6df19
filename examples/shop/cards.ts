import { KMS, type KMSClientConfig } from '@aws-sdk/client-kms'

/** Card numbers, encrypted with a key of KMS for one customer each. */
export interface Cards {
  readonly encrypt: (card: string, customer: string) => Promise<Uint8Array>
  readonly decrypt: (encrypted: Uint8Array, customer: string) => Promise<string>
}

/** Asks KMS with the credentials of the moment. Those that are taken away are asked for anew, once. */
export function createCards(keyId: string, clientOf: () => KMSClientConfig): Cards {
  let kms = new KMS(clientOf())

  async function asking<Answer>(ask: (client: KMS) => Promise<Answer>): Promise<Answer> {
    try {
      return await ask(kms)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'AccessDeniedException') throw error
      kms = new KMS(clientOf())
      return ask(kms)
    }
  }

  return {
    async encrypt(card, customer) {
      const asked = { KeyId: keyId, Plaintext: Buffer.from(card), EncryptionContext: { customer } }
      const { CiphertextBlob = new Uint8Array() } = await asking((client) => client.encrypt(asked))
      return CiphertextBlob
    },
    async decrypt(encrypted, customer) {
      const asked = { CiphertextBlob: encrypted, EncryptionContext: { customer } }
      const { Plaintext = new Uint8Array() } = await asking((client) => client.decrypt(asked))
      return Buffer.from(Plaintext).toString()
    },
  }
}
