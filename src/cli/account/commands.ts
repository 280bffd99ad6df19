import { resolve } from 'node:path'
import { systemWorld } from '#core/world.ts'
import { rootKeySource } from '../root-key-sources.ts'
import { told } from '../told.ts'
import { exportAccount } from './export-account.ts'
import { importAccount } from './import-account.ts'
import { TransferRefused } from './transfer-file.ts'

/** What `redoubt account export` was told. */
export interface ExportOptions {
  readonly data: string
  readonly out: string
  readonly withRecords: boolean
}

/** Each sets the exit code 1, with a line that says what to do, where it fails. */
export function exportOne(account: string, { data, out, withRecords }: ExportOptions): Promise<void> {
  return told(async () => {
    await import('../../main.ts') // With it come all declarations of what is stored and sealed.
    const request = {
      directory: resolve(data),
      account,
      out: resolve(out),
      passphrase: passphrase(),
      withRecords,
    }
    const source = rootKeySource(process.env)
    const counts = await exportAccount(request, source.kind === 'file' ? undefined : source, systemWorld())
    console.log(
      `${out} holds account ${account}: ${counts.documents} documents, ${counts.code} archives of code, ${counts.records} audit records.
Secrets in it open with the passphrase alone. Take it in elsewhere: redoubt account import ${out} --data <directory>`,
    )
  })
}

/** What `redoubt account import` was told. */
export interface ImportOptions {
  readonly data: string
}

export function importOne(file: string, { data }: ImportOptions): Promise<void> {
  return told(async () => {
    await import('../../main.ts') // With it come all declarations of what is stored and sealed.
    const request = { directory: resolve(data), file: resolve(file), passphrase: passphrase() }
    const { account, documents, code, records } = await importAccount(
      request,
      rootKeySource(process.env),
      systemWorld(),
    )
    console.log(
      `${data} has account ${account} now: ${documents} documents, ${code} archives of code, ${records} audit records.
Start it: redoubt serve --data ${data}
Stop using the account where it was: deliveries under way, and queues with messages, are in both places now.`,
    )
  })
}

const passphraseCharactersMin = 12

function passphrase(): string {
  const given = process.env['REDOUBT_EXPORT_PASSPHRASE']
  if (given === undefined || given.length < passphraseCharactersMin)
    throw new TransferRefused(
      `set REDOUBT_EXPORT_PASSPHRASE to a passphrase of ${passphraseCharactersMin} characters or more: secrets in the file are sealed under it`,
    )
  return given
}
