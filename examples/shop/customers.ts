import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import type { Cards } from './cards.ts'

/** An order as its customer sees it. */
export interface Order {
  readonly id: number
  readonly productId: number
  readonly card: string
}

/** Customers and their orders. The column of card numbers is encrypted: who has the file has no card. */
export class Customers {
  readonly #database: DatabaseSync
  readonly #cards: Cards

  constructor(file: string, cards: Cards) {
    this.#database = new DatabaseSync(file)
    this.#cards = cards
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
    const encrypted = await this.#cards.encrypt(card, customer)
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO orders (customer, product, card) VALUES (?, ?, ?)')
      .run(customer, productId, encrypted)
    return Number(lastInsertRowid)
  }

  /** The newest orders; of a card the last four digits are shown. */
  async orders(customer: string): Promise<readonly Order[]> {
    const rows = this.#database
      .prepare('SELECT id, product, card FROM orders WHERE customer = ? ORDER BY id DESC LIMIT 3')
      .all(customer)
    return Promise.all(
      rows.map(async ({ id, product, card }) => {
        const text = await this.#cards.decrypt(card instanceof Uint8Array ? card : new Uint8Array(), customer)
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
