/** What the shop sells. */
export interface Product {
  readonly id: number
  readonly name: string
  /** Cents. */
  readonly price: number
}

export const products: readonly Product[] = [
  { id: 1, name: 'Padlock, brass', price: 1_290 },
  { id: 2, name: 'Door chain', price: 890 },
  { id: 3, name: "O'Brien's fire safe", price: 14_900 },
  { id: 4, name: 'Key cabinet for 48 keys', price: 3_950 },
  { id: 5, name: 'Window bars, pair', price: 6_400 },
  { id: 6, name: 'Camera dummy', price: 1_190 },
]

export function search(text: string): readonly Product[] {
  const wanted = text.toLowerCase()
  return products.filter(({ name }) => name.toLowerCase().includes(wanted))
}
