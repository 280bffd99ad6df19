// Goal: every error that a model lists arrives in AWS's own client as its typed exception, with its message and members.
// Method: for each error, protocol and service, a call whose answer is that error in the codec's form.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codecs, type HttpResponse, model } from '#wire/index.ts'
import { clientOf, protocolsOf, serviceNamesWithClient } from './clients.ts'
import { comparable } from './comparable.ts'
import { Generator, randomOf } from './generate.ts'
import { seed } from './seed.ts'

let covered = 0

for (const service of serviceNamesWithClient) {
  for (const protocol of protocolsOf(service)) {
    test(`errors: ${service} over ${protocol}, seed ${seed}`, async () => {
      let answer: HttpResponse
      const client = await clientOf(service, protocol, () => answer)
      const generator = new Generator(randomOf(seed), { protocol, knows: client.knows })
      const { errors, operations } = model(service)
      const operation = [...operations.values()].find(({ name }) => client.has(name))
      assert.ok(operation)

      for (const shape of errors.values()) {
        const members = generator.structure(shape)
        // The message is given apart, and Account's `errorType` is the header that names the error.
        for (const name of Object.keys(members))
          if (['message', 'errortype'].includes(name.toLowerCase())) delete members[name]
        answer = codecs[protocol].encodeFault(
          service,
          { code: shape.name, message: 'Told so', members },
          'request-1',
        )
        const input = generator.structure(operation.input)
        const thrown: unknown = await client.send(operation.name, input).then(
          () => assert.fail(`${shape.name} did not arrive`),
          (error: unknown) => error,
        )

        assert.ok(thrown instanceof Error)
        const same = [...errors.values()]
          .filter(({ error }) => error?.code === shape.error?.code)
          .map(({ name }) => name)
        // Two of CloudWatch's errors share a query code, by which its clients tell errors apart.
        assert.ok(same.includes(thrown.name), `${shape.name} arrived as ${thrown.name}`)
        assert.equal(thrown.message, 'Told so', shape.name)
        assert.deepEqual(
          pick(thrown, Object.keys(members)),
          comparable(thrown.name === shape.name ? members : {}),
          shape.name,
        )
        assert.equal(pick(thrown, ['$metadata'])['$metadata'] instanceof Object, true)
        covered += 1
      }
    })
  }
}

test('errors: as many as the models have', () => {
  assert.equal(covered, 804)
})

function pick(from: object, names: readonly string[]): Record<string, unknown> {
  const entries = Object.entries(comparable({ ...from }) as object) // Of an object it makes an object.
  return Object.fromEntries(entries.filter(([name]) => names.includes(name)))
}
