// Writes docs/coverage.md.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { coveragePage } from './coverage/page.ts'
import { implementedServices } from './coverage/registry.ts'

const file = join(import.meta.dirname, '../docs/coverage.md')
writeFileSync(file, coveragePage(await implementedServices()))
console.log(`${file} is written.`)
