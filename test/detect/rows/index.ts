import type { Rows } from '../check-rows.ts'
import { accessRows } from './access.ts'
import { dataRows } from './data.ts'
import { logRows } from './logs.ts'
import { machineRows } from './machines.ts'
import { rightRows } from './rights.ts'

/** Rows of all families of single calls and short runs of them. */
export const callRows: readonly Rows[] = [logRows, rightRows, dataRows, machineRows, accessRows]
