import assert from 'node:assert/strict'
import type { Service } from '#core/service.ts'
import { model, serviceNames } from '#wire/index.ts'

/** Actions that AWS authorizes though its model has no such operation: only services call them. */
const beside: ReadonlySet<string> = new Set(['events:InvokeApiDestination'])

/** Writes docs/coverage.md: what of AWS's models is implemented, service by service. */
export function coveragePage(implemented: ReadonlyMap<string, Service>): string {
  const rows = serviceNames.map((name) => {
    const all = [...model(name).operations.keys()].sort()
    const own = implemented.get(name)?.operations ?? new Map<string, unknown>()
    for (const operation of own.keys())
      assert.ok(all.includes(operation) || beside.has(`${name}:${operation}`), `${name} has no ${operation}`)
    return { name, all, done: all.filter((operation) => own.has(operation)) }
  })
  const begun = rows.filter(({ done }) => done.length > 0)
  const count = rows.reduce((sum, { done }) => sum + done.length, 0)
  const total = rows.reduce((sum, { all }) => sum + all.length, 0)
  return `# Coverage

Written by \`npm run coverage\` from the services that \`src/main.ts\` puts together and from AWS's models; a test says when it is
stale. An operation that is not implemented answers 501 \`NotImplemented\`, after the caller's signature was verified.

${count} of ${total} operations in ${begun.length} of ${rows.length} services.

| Service | Implemented | Of |
| --- | ---: | ---: |
${rows.map(({ name, all, done }) => `| ${done.length > 0 ? `[${name}](#${name})` : name} | ${done.length} | ${all.length} |`).join('\n')}
${begun.map(({ name, all, done }) => section(name, all, done)).join('')}`
}

function section(name: string, all: readonly string[], done: readonly string[]): string {
  const missing = all.filter((operation) => !done.includes(operation))
  return `
## ${name}

Implemented: ${listed(done)}.

Not implemented: ${missing.length === 0 ? 'none' : listed(missing)}.
`
}

function listed(operations: readonly string[]): string {
  return operations.map((operation) => `\`${operation}\``).join(', ')
}
