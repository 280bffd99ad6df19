import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TokenSoftware } from '../set-up/token.ts'

/** A software token, and how an environment names its key. */
export interface TestToken {
  readonly environment: Readonly<Record<string, string>>
  /** Makes a further AES key on it. */
  readonly makeKey: (label: string) => void
}

const pin = '5678-pin'

/** Makes a token with one key, `root`, whose bytes cannot be had, in a folder of its own. */
export function makeToken(folder: string, software: TokenSoftware & { readonly ready: true }): TestToken {
  const tokens = join(folder, 'tokens')
  mkdirSync(tokens, { recursive: true })
  const configuration = join(folder, 'softhsm2.conf')
  writeFileSync(
    configuration,
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  )
  const environment = {
    SOFTHSM2_CONF: configuration,
    NODE_PATH: software.packages,
    REDOUBT_PKCS11_MODULE: software.module,
    REDOUBT_PKCS11_TOKEN: 'redoubt',
    REDOUBT_PKCS11_PIN: pin,
    REDOUBT_PKCS11_KEY: 'root',
  }
  const env = { PATH: process.env['PATH'], ...environment }
  const labels = ['--label', 'redoubt', '--so-pin', 'so-pin-1234', '--pin', pin]
  execFileSync('softhsm2-util', ['--init-token', '--free', ...labels], { env, stdio: 'pipe' })
  const makeKey = (label: string): void => {
    const said = execFileSync(process.execPath, ['-e', program, label], { env, encoding: 'utf8' })
    assert.equal(said, 'made')
  }
  makeKey('root')
  return { environment, makeKey }
}

/** What `pkcs11-tool --keygen --key-type AES:32` does; that tool is not everywhere. */
const program = `
  const p = require('pkcs11js')
  const library = new p.PKCS11()
  library.load(process.env.REDOUBT_PKCS11_MODULE)
  library.C_Initialize()
  const slot = library.C_GetSlotList(true).find((each) => library.C_GetTokenInfo(each).label.trim() === 'redoubt')
  const session = library.C_OpenSession(slot, p.CKF_SERIAL_SESSION | p.CKF_RW_SESSION)
  library.C_Login(session, p.CKU_USER, process.env.REDOUBT_PKCS11_PIN)
  const yes = [p.CKA_TOKEN, p.CKA_PRIVATE, p.CKA_SENSITIVE, p.CKA_ENCRYPT, p.CKA_DECRYPT]
  library.C_GenerateKey(session, { mechanism: p.CKM_AES_KEY_GEN }, [
    { type: p.CKA_CLASS, value: p.CKO_SECRET_KEY },
    { type: p.CKA_VALUE_LEN, value: 32 },
    { type: p.CKA_LABEL, value: process.argv[1] },
    { type: p.CKA_EXTRACTABLE, value: false },
    ...yes.map((type) => ({ type, value: true })),
  ])
  library.C_Finalize()
  process.stdout.write('made')`
