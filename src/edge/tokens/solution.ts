import type { EdgeRequest } from '../request.ts'
import { headerValue } from '../cookies.ts'
import type { BodyStart } from '../request.ts'

/** What a page sends. */
export interface Solution {
  readonly state: string
  readonly count: string
  readonly way: 'work' | 'picture' | 'question'
  readonly answer: string
}

/** A state takes some 400 bytes. */
const bodyBytesMax = 4_096

/** Reads a solution; or the status of its refusal. JSON alone: a form of another site cannot send that without being asked. */
export function readSolution(request: EdgeRequest, body: BodyStart): Solution | 405 | 413 | 415 | 400 {
  if (request.method !== 'POST') return 405
  if (headerValue(request, 'content-type') !== 'application/json') return 415
  if (body.cut || body.bytes.length > bodyBytesMax) return 413
  const value = json(Buffer.from(body.bytes).toString('utf8'))
  if (typeof value !== 'object' || value === null) return 400
  const { state, count, way, answer } = value as Readonly<Record<string, unknown>> // An object's members, checked here.
  const isWay = way === 'work' || way === 'picture' || way === 'question'
  if (typeof state !== 'string' || typeof count !== 'string' || typeof answer !== 'string' || !isWay)
    return 400
  return { state, count, way, answer }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // JSON.parse throws for one reason only: the text is not JSON.
  }
}
