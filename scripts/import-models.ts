// Imports AWS's service models: `npm run models`. Needs Python with pip, which fetches the wheel named in models/chosen.ts.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { services, wheel } from './models/chosen.ts'
import { indexText, modelText } from './models/json.ts'
import { select, type SelectedModel } from './models/select.ts'
import { indexTypesText, typesText } from './models/types.ts'
import { openWheel } from './models/wheel.ts'

const folder = join(import.meta.dirname, '..', 'models')
const write = (name: string, text: string) => writeFileSync(join(folder, name), text)

const source = openWheel()
try {
  const models: Record<string, SelectedModel> = {}
  for (const service of services) {
    const model = select(service, source.read(service))
    models[service] = model
    write(`${service}.json`, modelText(model))
    write(`${service}.d.ts`, typesText(service, model))
  }
  write('index.json', indexText(models))
  write('index.d.ts', indexTypesText(services))
  write('README.md', readme(models))
} finally {
  source.close()
}

function readme(models: Readonly<Record<string, SelectedModel>>): string {
  const rows = Object.entries(models).map(([service, { metadata, operations, shapes }]) => {
    const { serviceFullName, apiVersion, protocols } = metadata
    const cells = [service, serviceFullName, apiVersion, String(protocols).replaceAll(',', ', ')]
    return `| ${cells.join(' | ')} | ${Object.keys(operations).length} | ${Object.keys(shapes).length} |`
  })
  return `# Service models

AWS's published service models, as far as the wire needs them: operations, shapes, bindings, constraints and errors, without
prose. Generated: do not edit.

- Source: the \`service-2.json\` files of the ${wheel.package} wheel ${wheel.version} on PyPI (SHA-256 \`${wheel.sha256}\`).
- Licence: Apache License 2.0, Copyright Amazon.com, Inc. or its affiliates.
- Regenerate: \`npm run models\` (needs Python with pip). Version, services and chosen operations: \`scripts/models/chosen.ts\`.
- SQS's query protocol, which that model lacks, is added by \`scripts/models/sqs-query.ts\`; a constraint that is too narrow for
  self-hosting is widened by \`scripts/models/widened.ts\`.

\`<service>.json\` is read by \`src/wire/model.ts\`, \`<service>.d.ts\` types the operations, \`index.*\` lists the services.

| Service | Name | API version | Protocols | Operations | Shapes |
| --- | --- | --- | --- | ---: | ---: |
${rows.join('\n')}
`
}
