import type { SelectedModel } from './select.ts'

/** A model as text: one operation or shape a line, so that a diff between versions can be read. */
export function modelText(model: SelectedModel): string {
  const lines = (entries: Readonly<Record<string, unknown>>) =>
    Object.entries(entries)
      .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n')
  return `{
"metadata": {
${lines(model.metadata)}
},
"operations": {
${lines(model.operations)}
},
"shapes": {
${lines(model.shapes)}
}
}
`
}

/** What routing needs of every service at start-up: the metadata, without the models. */
export function indexText(models: Readonly<Record<string, SelectedModel>>): string {
  const lines = Object.entries(models).map(([service, { metadata }]) => `${JSON.stringify(service)}: ${JSON.stringify(metadata)}`)
  return `{\n${lines.join(',\n')}\n}\n`
}
