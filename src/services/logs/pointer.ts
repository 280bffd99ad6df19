import { type LogPosition, readPosition, writePosition } from '#telemetry/index.ts'
import type { GroupDocument } from './documents.ts'

/** `@ptr`: a group's id and where an event stands in it. It grants nothing. */
export function pointerOf({ id }: Pick<GroupDocument, 'id'>, position: LogPosition): string {
  return Buffer.from(`${id}/${writePosition(position)}`).toString('base64url')
}

/** Reads what `pointerOf` wrote; undefined for any other text. */
export function readPointer(
  pointer: string,
): { readonly groupId: string; readonly position: LogPosition } | undefined {
  const [, groupId, digits = ''] =
    /^([0-9a-f]+)\/(\d+)$/.exec(Buffer.from(pointer, 'base64url').toString('latin1')) ?? []
  const position = readPosition(digits)
  return groupId !== undefined && position ? { groupId, position } : undefined
}
