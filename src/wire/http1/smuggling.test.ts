// Goal: no request that another server could frame differently is read, and nothing behind it ever is.
// Method: the known ways to smuggle, each with a second request behind it; each must be refused as a whole, and its connection end.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes, read, rig } from './rig.test.ts'
import { smuggling } from './smuggling-rows.test.ts'

for (const [name, sent, status] of smuggling) {
  test(`smuggling: refuses ${name}`, () => {
    const { requests, next } = read([bytes(sent)])
    assert.equal(requests.length, 0)
    assert.equal(next.slice(0, 4), `${status} `)
  })
}

test('smuggling: over a socket, one answer and the end, and nobody was asked', async (t) => {
  const { connect, received, bugs } = await rig(t)
  let ran = 0
  for (const [name, sent, status] of smuggling) {
    const client = connect()
    client.send(sent)
    const answers = await client.end()
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [status],
      name,
    )
    assert.match(answers[0]?.head ?? '', /\r\nconnection: close$/)
    client.socket.end()
    ran += 1
  }
  assert.equal(ran, 101)
  assert.deepEqual([received, bugs], [[], []])
})
