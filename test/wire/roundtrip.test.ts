// Goal: what AWS's own client writes arrives unchanged in the operation, and what an operation answers arrives unchanged in the
// client, for every operation of every model and every protocol of its service.
// Method: the SDK's clients with a request handler that calls route and codec, no sockets; random values that keep the model's
// constraints. What the installed SDKs lack is written by a small client of our own (spec-client.ts).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  codecs,
  type HttpRequest,
  type HttpResponse,
  model,
  type OperationModel,
  route,
  serviceNames,
  services,
} from '#wire/index.ts'
import { clientOf, protocolsOf, serviceNamesWithClient } from './clients.ts'
import { comparable } from './comparable.ts'
import { Generator, randomOf } from './generate.ts'
import { seed } from './seed.ts'
import { specAnswer, specRequest } from './spec-client.ts'

const rounds = 2

/** Operations of the models that the installed SDKs, older than the models, lack; sent by our own client. */
const lackedBySdks = { cloudwatch: 4, inspector2: 3, lambda: 3, securityhub: 9 }
/** Their answers are event streams, which no operation of ours gives yet: InvokeWithResponseStream, GetLogObject, StartLiveTail. */
const streaming = 3

const covered = new Map<string, number>()

for (const service of serviceNamesWithClient) {
  for (const protocol of protocolsOf(service)) {
    test(`round trip: ${service} over ${protocol}, seed ${seed}`, async () => {
      let answer: (request: HttpRequest) => HttpResponse = () => assert.fail('no answer is set')
      const client = await clientOf(service, protocol, (request) => answer(request))
      const generator = new Generator(randomOf(seed), { protocol, knows: client.knows })
      const operations = [...model(service).operations.values()]
        .filter(({ name }) => client.has(name))
        .filter(isPlain)

      for (const operation of operations) {
        for (let round = 0; round < rounds; round++) {
          const input = generator.structure(operation.input)
          const output = operation.output && generator.structure(operation.output)
          let arrived: unknown
          answer = (request) => {
            arrived = decoded(operation, request)
            return codecs[protocol].encode(operation, output, 'request-1')
          }
          const { $metadata, ...received } = await client.send(operation.name, input)
          assert.deepEqual(comparable(arrived), comparable(input), `${operation.name}: input`)
          assert.deepEqual(comparable(received), comparable(output ?? {}), `${operation.name}: output`)
          assert.ok($metadata instanceof Object && 'requestId' in $metadata)
          assert.equal($metadata.requestId, 'request-1')
        }
      }
      covered.set(`${service} ${protocol}`, operations.length)
    })
  }
}

for (const service of serviceNames) {
  test(`round trip: what the SDK lacks of ${service}, seed ${seed}`, async () => {
    const named = serviceNamesWithClient.find((name) => name === service)
    const protocol = protocolsOf(service).find((each) => each.includes('json'))
    const client =
      named && protocol && (await clientOf(named, protocol, () => assert.fail('not to be called')))
    const operations = [...model(service).operations.values()].filter(
      ({ name }) => named === undefined || client?.has(name) === false,
    )
    if (operations.length === 0) return

    assert.ok(protocol, 'our own client speaks the JSON protocols')
    const generator = new Generator(randomOf(seed), { protocol, knows: () => true })
    for (const operation of operations) {
      for (let round = 0; round < rounds; round++) {
        const input = generator.structure(operation.input)
        const output = operation.output && generator.structure(operation.output)
        assert.deepEqual(
          comparable(decoded(operation, specRequest(operation, protocol, input))),
          comparable(input),
          operation.name,
        )
        const answered = codecs[protocol].encode(operation, output, 'request-1')
        assert.deepEqual(
          comparable(specAnswer(operation, protocol, answered)),
          comparable(output ?? {}),
          operation.name,
        )
      }
    }
    covered.set(`${service} by our own client`, operations.length)
  })
}

test('round trip: every operation of every model was covered', () => {
  const operations = serviceNames.reduce((sum, service) => sum + model(service).operations.size, 0)
  const own = [...covered].filter(([name]) => name.endsWith('own client'))
  const wanted = { ...lackedBySdks, artifact: 17, 'inspector-scan': 1, scheduler: 12 }
  assert.deepEqual(
    Object.fromEntries(own.map(([name, count]) => [name.replace(' by our own client', ''), count])),
    wanted,
  )
  assert.equal(operations, 1610)
  // cloudwatch is counted three times, shield and sqs twice.
  const repeated = 2 * 55 + 36 + 23
  const total = [...covered.values()].reduce((sum, count) => sum + count, 0)
  assert.equal(total, operations + repeated - streaming)
})

/** Routes as the pipeline does, and decodes. */
function decoded(operation: OperationModel, request: HttpRequest): unknown {
  const found = route(request, services.get(operation.service)?.signingName)
  if (found.kind === 'refused') throw found.fault
  assert.equal(found.operation, operation)
  return found.codec.decode(operation, request)
}

function isPlain({ output }: OperationModel): boolean {
  return !output?.members.some(({ shape }) => shape.type === 'eventstream')
}
