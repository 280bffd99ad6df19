import type { QueueDocument } from './documents.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

interface Asked {
  readonly NextToken?: string | undefined
  readonly MaxResults?: number | undefined
}

interface Page {
  readonly items: readonly QueueDocument[]
  readonly NextToken?: string
}

/**
 * A page of queues, by name. Without MaxResults all of them, up to a thousand, and no token.
 * Faults: InvalidParameterValue. Source: SQS API Reference, ListQueues.
 */
export function page(queues: readonly QueueDocument[], { NextToken, MaxResults }: Asked): Page {
  const max = MaxResults ?? quotas.listedMax
  if (max < 1 || max > quotas.listedMax)
    throw faults.parameter(max, 'MaxResults', `Must be an integer from 1 to ${quotas.listedMax}.`)
  const after = NextToken === undefined ? '' : read(NextToken)
  const left = queues.filter(({ name }) => name > after)
  const items = left.slice(0, max)
  const last = items.at(-1)
  return left.length > max && last && MaxResults !== undefined
    ? { items, NextToken: write(last.name) }
    : { items }
}

function write(name: string): string {
  return Buffer.from(`1:${name}`).toString('base64')
}

function read(token: string): string {
  const text = Buffer.from(token, 'base64').toString('utf8')
  if (!text.startsWith('1:') || write(text.slice(2)) !== token)
    throw faults.invalidValue('Invalid or expired next token.')
  return text.slice(2)
}
