import type { Branch } from './pattern.ts'

export function tooComplex(_branches: readonly Branch[]): string | undefined {
  return undefined
}
