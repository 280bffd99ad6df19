import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type AnyDetector,
  type CloudTrailRecord,
  createDetection,
  remedy,
  type Signal,
} from '../../src/engines/detect/index.ts'
import { surroundings } from './calls.ts'

/** A type; what happens, as a sentence; the records of it; other types that are found too. */
export type Row = readonly [
  type: string,
  name: string,
  records: readonly CloudTrailRecord[],
  also?: readonly string[],
]

export interface Rows {
  /** Each gives its type. */
  readonly fires: readonly Row[]
  /** Each comes near to its type, and does not give it. */
  readonly silent: readonly Row[]
}

/** What all detectors of a list say of some records that come alone. */
export function found(detectors: readonly AnyDetector[], records: readonly CloudTrailRecord[]): Signal[] {
  const { see } = createDetection({ detectors, surroundings, onFault: (_, error) => assert.ifError(error) })
  return records.flatMap((record) => see('cloudTrail', record))
}

const typesOf = (signals: readonly Signal[]) => [...new Set(signals.map(({ type }) => type))].sort()

/** Runs each row, and counts: every type has a row that gives it, and one that does not. */
export function checkRows(family: string, detectors: readonly AnyDetector[], { fires, silent }: Rows): void {
  const finds = new Map(detectors.flatMap((one) => Object.entries(one.finds)))
  for (const [type, name, records, also = []] of fires)
    void test(`${family}: ${type}: ${name}`, () => {
      const signals = found(detectors, records)
      assert.deepEqual(typesOf(signals), [type, ...also].sort())
      const signal = signals.find((one) => one.type === type)
      const facts = finds.get(type)
      assert.ok(signal && facts)
      const names = [...`${facts.title} ${facts.description}`.matchAll(/\{(\w+)\}/g)].map(
        ([, one = '']) => one,
      )
      for (const one of names) assert.ok(signal.values[one], `the text's {${one}}`)
      const commands = remedy(facts.remediation, signal.values).flatMap(({ command }) => command ?? [])
      assert.ok(commands.length > 0, 'a command is ready')
    })

  for (const [type, name, records, also = []] of silent)
    void test(`${family}: not ${type}: ${name}`, () => {
      assert.ok(finds.has(type) && records.length > 0)
      assert.deepEqual(typesOf(found(detectors, records)), [...also].sort())
    })

  void test(`${family}: every type has a row that fires it and a near miss`, () => {
    const types = [...finds.keys()].sort()
    assert.deepEqual([...new Set(fires.map(([type]) => type))].sort(), types)
    assert.deepEqual([...new Set(silent.map(([type]) => type))].sort(), types)
  })
}
