import { accountId, parseArn } from '#core/arn.ts'
import type { Certificates } from '#core/certificates.ts'
import type { Reader } from '#core/store/index.ts'
import { globalScope } from '#core/tables.ts'
import {
  idOf,
  type ServerCertificateDocument,
  serverCertificateKey,
  serverCertificates,
} from './documents.ts'

/** Server certificates, as listeners ask for them. */
export const iamCertificates: Certificates = {
  find: certificateOf,
  open(reader, seal, text) {
    const document = certificateOf(reader, text)
    if (!document) return undefined
    const { arn, facts, certificate, chain = '', serverCertificateId, sealedPrivateKey } = document
    const privateKey = serverCertificateKey.open(seal, serverCertificateId, sealedPrivateKey)
    return { arn, chain: certificate + chain, privateKey: privateKey.toString('latin1'), names: facts.names }
  },
}

function certificateOf(reader: Reader, text: string): ServerCertificateDocument | undefined {
  const parts = parseArn(text)
  const account = accountId(parts?.account ?? '')
  const [type, ...path] = parts?.resource.split('/') ?? []
  const name = path.at(-1)
  if (!account || type !== 'server-certificate' || name === undefined || name === '') return undefined
  const found = reader.get(serverCertificates, globalScope(account), idOf(name))
  return found?.arn === text ? found : undefined
}
