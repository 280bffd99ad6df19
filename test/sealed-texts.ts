import assert from 'node:assert/strict'
import { type Change, declaredCollections, type KeyedDocument } from '#core/store/index.ts'

/** Every sealed text in a document that no collection's `reseal` moves: a rotation of the root key would leave it behind. */
export function undeclaredSealedTexts({ service, type, id, document }: KeyedDocument): readonly string[] {
  const declared = new Set<string>()
  for (const collection of declaredCollections()) {
    if (collection.service !== service || collection.type !== type) continue
    collection.reseal(document, id, (_purpose, _context, sealed) => {
      declared.add(sealed)
      return sealed
    })
  }
  return sealedTextsIn(document).filter((text) => !declared.has(text))
}

/** The sealed texts in any JSON data. */
export function sealedTextsIn(value: unknown): readonly string[] {
  return JSON.stringify(value).match(/rs1\.[0-9a-f]{16}\.[A-Za-z0-9_-]+/g) ?? []
}

/** For a store's tail: fails the test in which a service stores a sealed text that it does not declare. */
export function assertSealedTextsDeclared({ changes }: Change): void {
  for (const { after, ...key } of changes) {
    const undeclared = after === undefined ? [] : undeclaredSealedTexts({ ...key, document: after })
    assert.deepEqual(undeclared, [], `${key.service}/${key.type} does not declare a sealed text (reseal)`)
  }
}
