// Goal: no name, key or text of a request reaches what it is not: no property of every object, no file elsewhere, no failure that is a bug.
// Method: an administrator calls every implemented operation with inputs that are valid by AWS's model, where texts and keys are, half of them, names
// of what every object has, ways out of a folder, ends of lines and halves of characters; the others name what is there. The seed is printed.
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { seed } from '../wire/seed.ts'
import { namesOf } from './aimed-inputs.ts'
import { attemptsOn, implementedOperations, named, tryAll } from './attempts.ts'
import { admin, cloudFor, victim } from './cloud.ts'
import { plant } from './plants.ts'

const escape = 'zq7-escaped'
const hostile = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'prototype',
    '__defineGetter__',
    'length',
  ],
  ...[
    `../../../${escape}`,
    `/${escape}`,
    `..\\${escape}`,
    'a\r\nb',
    'a\nb: c',
    '\0',
    '\u001B[2J',
    '\uD800',
    '\u202E',
    '"},{"',
    '$(id)',
    "';--",
  ],
]
const rounds = 24

/** Everybody's names and, as many times, hostile ones. */
function mixed(names: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map([...names].map(([key, texts]) => [key, new Set([...texts, ...hostile])]))
}

test(`hostile names, seed ${seed}`, async (t) => {
  const before = Object.getOwnPropertyNames(Object.prototype)
  const cloud = await cloudFor(t)
  await plant(cloud)
  const { byMember, byService } = namesOf(cloud, victim)
  const names = { byMember: mixed(byMember), byService: mixed(byService) }
  const attempts = attemptsOn(implementedOperations(cloud), names, rounds)
  const said = [...attempts.values()].flat().map((input) => JSON.stringify(input))
  for (const name of hostile)
    assert.ok(
      said.some((text) => text.includes(JSON.stringify(name).slice(1, -1))),
      `${name} is in no input`,
    )
  for (const { operation, answers } of await tryAll(cloud, admin(victim), attempts))
    for (const answer of answers) {
      assert.ok(answer.ok || answer.fault.code !== 'InternalFailure', named(operation))
      assert.ok(
        !/native code|\[object Object\]/.test(JSON.stringify(answer)),
        `${named(operation)} shows what every object has`,
      )
    }
  assert.deepEqual(cloud.bugs(), [])
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before)
  assert.deepEqual([...globSync(`${tmpdir()}/**/${escape}*`), ...globSync(`/${escape}*`)], [])
})
