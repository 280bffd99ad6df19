import assert from 'node:assert/strict'

/**
 * Refuses a document that its JSON text would not give back as it is (a Date, NaN, a class's instance), and freezes it. For
 * tests and development: every process must see the same document, and nobody may change it in place.
 */
export function assertPlain(value: unknown, path = 'document'): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined': // Left out by JSON, and `x.member` reads the same.
      return
    case 'number':
      assert.ok(Number.isFinite(value) && !Object.is(value, -0), `${path} is ${value}, which JSON lacks`)
      return
    case 'object':
      if (value === null) return
      break
    case 'bigint':
    case 'symbol':
    case 'function':
      assert.fail(`${path} is a ${typeof value}, which JSON lacks`)
  }
  if (Array.isArray(value))
    for (const [position, item] of value.entries()) {
      assert.notEqual(item, undefined, `${path}[${position}] is undefined, which JSON turns into null`)
      assertPlain(item, `${path}[${position}]`)
    }
  else {
    const prototype: unknown = Object.getPrototypeOf(value)
    assert.ok(prototype === Object.prototype || prototype === null, `${path} is not a plain object`)
    for (const [name, member] of Object.entries(value)) assertPlain(member, `${path}.${name}`)
  }
  Object.freeze(value)
}

/** Freezes parsed JSON all the way down. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) frozen(member)
  return Object.freeze(value)
}
