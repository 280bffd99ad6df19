// Writes docs/services/guardduty-finding-types.md.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findingTypesPage } from './finding-types/page.ts'

const file = join(import.meta.dirname, '../docs/services/guardduty-finding-types.md')
writeFileSync(file, findingTypesPage())
console.log(`${file} is written.`)
