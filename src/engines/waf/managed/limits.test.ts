// Goal: no request makes the managed groups' own patterns work for long: each piece below, repeated until a request is full of it, is
// inspected in a small part of what a pattern would take that goes back over the text for each of its characters (seconds).
// Method: every group, every rule counting; processor time of this thread's process, with a bound far above what is needed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acl, compiled, get, rule, worldOf } from '../rig.test.ts'
import { managedRuleGroup, managedRuleGroups } from './index.ts'

const groups = managedRuleGroups().filter(({ needsSettings }) => !needsSettings)
const everything = compiled(
  acl(
    groups.map((group, at) =>
      rule(
        group.Name,
        at,
        {
          ManagedRuleGroupStatement: {
            VendorName: group.VendorName,
            Name: group.Name,
            RuleActionOverrides: group.Rules.map(({ Name }) => ({ Name, ActionToUse: { Count: {} } })),
          },
        },
        { OverrideAction: { None: {} } },
      ),
    ),
  ),
  {
    ...worldOf(),
    managedRuleGroup: (vendor, name, version) => managedRuleGroup(groups, vendor, name, version),
  },
)

const bytes = 8_192
const secondsMax = 2

test('a request full of anything is inspected soon', () => {
  const pieces = [
    '\n',
    ' ',
    '\r\n ',
    'GET ',
    '<a ',
    "' ",
    'having ',
    'union ',
    '/phpunit/',
    '/wp-includes/',
    'uploads/',
    'electron/',
    'http://',
    'a1',
    '%',
    '%%41',
    '&',
    ';',
    '=',
    '"',
    '{"a":',
    '[',
    '<a>',
    '--x\r\n',
    'content-type:',
    '-.',
    'sess_',
    '\\u006',
  ]
  let ran = 0
  for (const piece of pieces) {
    const text = piece.repeat(bytes / piece.length)
    for (const type of ['text/plain', 'application/json', 'multipart/form-data; boundary=x', 'text/xml']) {
      const started = process.cpuUsage()
      everything.inspect(
        get(`/${encodeURIComponent(text)}?a=${encodeURIComponent(text)}`, {
          method: 'POST',
          headers: [
            ['Host', 'shop.example'],
            ['User-Agent', text],
            ['Referer', `http://a/?${text}`],
            ['Cookie', `a=${text}`],
            ['Content-Type', type],
          ],
          body: Buffer.from(text),
        }),
        0,
      )
      const { user } = process.cpuUsage(started)
      assert.ok(user < secondsMax * 1e6, `${JSON.stringify(piece)} as ${type}: ${user / 1e6} s`)
      ran += 1
    }
  }
  assert.equal(ran, 112)
})
