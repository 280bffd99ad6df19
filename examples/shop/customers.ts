import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { DecryptCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms'

/** An order as its customer sees it. */
export interface Order {
  readonly id: number
  readonly productId: number
  readonly card: string
}

/** Customers and their orders. The column of card numbers is encrypted with a key of KMS: who has the file has no card. */
export class Customers {
  readonly #database: DatabaseSync
  readonly #kms: KMSClient
  readonly #keyId: string

  constructor(file: string, kms: KMSClient, keyId: string) {
    this.#database = new DatabaseSync(file)
    this.#kms = kms
    this.#keyId = keyId
    this.#database.exec(`
      CREATE TABLE IF NOT EXISTS customers (name TEXT PRIMARY KEY, salt BLOB NOT NULL, password BLOB NOT NULL);
      CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL, product INTEGER NOT NULL, card BLOB NOT NULL);
    `)
  }

  register(name: string, password: string): void {
    const salt = randomBytes(16)
    this.#database
      .prepare('INSERT INTO customers (name, salt, password) VALUES (?, ?, ?)')
      .run(name, salt, hashed(password, salt))
  }

  knows(name: string, password: string): boolean {
    const row = this.#database.prepare('SELECT salt, password FROM customers WHERE name = ?').get(name)
    const salt = row?.['salt'] instanceof Uint8Array ? row['salt'] : new Uint8Array(16)
    const given = hashed(password, salt)
    return row?.['password'] instanceof Uint8Array && timingSafeEqual(row['password'], given)
  }

  async order(customer: string, productId: number, card: string): Promise<number> {
    const { CiphertextBlob } = await this.#kms.send(
      new EncryptCommand({
        KeyId: this.#keyId,
        Plaintext: Buffer.from(card),
        EncryptionContext: { customer },
      }),
    )
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO orders (customer, product, card) VALUES (?, ?, ?)')
      .run(customer, productId, CiphertextBlob ?? null)
    return Number(lastInsertRowid)
  }

  /** The newest orders; of a card the last four digits are shown. */
  async orders(customer: string): Promise<readonly Order[]> {
    const rows = this.#database
      .prepare('SELECT id, product, card FROM orders WHERE customer = ? ORDER BY id DESC LIMIT 3')
      .all(customer)
    return Promise.all(
      rows.map(async ({ id, product, card }) => {
        const { Plaintext } = await this.#kms.send(
          new DecryptCommand({
            ...(card instanceof Uint8Array && { CiphertextBlob: card }),
            EncryptionContext: { customer },
          }),
        )
        const text = Buffer.from(Plaintext ?? []).toString()
        return { id: Number(id), productId: Number(product), card: `…${text.slice(-4)}` }
      }),
    )
  }

  close(): void {
    this.#database.close()
  }
}

function hashed(password: string, salt: Uint8Array): Buffer {
  return scryptSync(password, salt, 32, { N: 1024 })
}
