#!/usr/bin/env node
import { keepCompiledCode } from './compile-cache.ts'
import { refusedNode } from './node-version.ts'

const refusal = refusedNode(process.versions.node)
if (refusal !== undefined) {
  console.error(refusal)
  process.exit(1)
}
keepCompiledCode()
await (await import('./run.ts')).run() // Not before: what is imported above is compiled before the cache is there.
