import type { RemediationStep } from '../signal.ts'

const placeholder = /\{(\w+)\}/g

/**
 * Fills `{names}` in a sentence; what is not known reads as the name itself. Line breaks, control characters and those that turn the direction
 * of writing show as what they are not: a sentence goes to terminals and mails, and an attacker may have chosen its values.
 */
export function sentence(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(placeholder, (_, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '').replaceAll(/\p{C}/gu, '\uFFFD') : name,
  )
}

/**
 * The steps of a remedy for one finding. Values come from records, where an attacker may have chosen them: in a command each stands in quotes
 * that nothing in it can end. A command of which something is not known is left out.
 */
export function remedy(
  steps: readonly RemediationStep[],
  values: Readonly<Record<string, string>>,
): readonly RemediationStep[] {
  return steps.map(({ text, command }) => ({
    text: sentence(text, values),
    command: command && filled(command, values),
  }))
}

/** The names in braces that a text has to be filled with. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name)
}

function filled(command: string, values: Readonly<Record<string, string>>): string | undefined {
  const names = namesIn(command)
  if (!names.every((name) => Object.hasOwn(values, name) && isShowable(values[name] ?? ''))) return undefined
  return command.replace(placeholder, (_, name: string) => quoted(values[name] ?? ''))
}

/** Line breaks and control characters in a command could do something else than what one sees. */
function isShowable(value: string): boolean {
  return value.length > 0 && !/\p{C}/u.test(value)
}

function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) && !value.startsWith('-')
    ? value
    : `'${value.replaceAll("'", `'\\''`)}'`
}
