import assert from 'node:assert/strict'
import type { Finding } from '#models/guardduty.d.ts'
import { jsonDecoder, jsonEncoder, model, type StructureShape } from '#wire/index.ts'
import type { WireFinding } from '../documents.ts'

/** The shape of a finding in GuardDuty's model. */
export const findingShape: StructureShape = shapeOfFinding()

const encode = jsonEncoder(findingShape, 'locationName')
const decode = jsonDecoder(findingShape, 'locationName')

/** A finding in GuardDuty's own JSON (schema 2.0): what events and exports have, and criteria speak of. */
export function writeFinding(finding: Finding): WireFinding {
  return JSON.parse(encode(finding)) as WireFinding // Just written.
}

export function readFinding(finding: WireFinding): Finding {
  return decode(finding) as unknown as Finding // `writeFinding` made it, by the same shape.
}

function shapeOfFinding(): StructureShape {
  const answer = model('guardduty').operations.get('GetFindings')?.output
  const list = answer?.members.find(({ name }) => name === 'Findings')?.shape
  assert.ok(list?.type === 'list' && list.member.shape.type === 'structure', 'GetFindings answers findings')
  return list.member.shape
}
