import type { Call } from '#core/call.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { Table } from '#core/tables.ts'
import { type CertificateProblem, readCertificate } from '#core/x509/index.ts'
import type { ServerCertificateMetadata } from '#models/iam.d.ts'
import { iam, idOf, type ServerCertificateDocument, serverCertificateKey } from './documents.ts'
import { faults } from './faults.ts'
import { iamArn } from './find.ts'
import { uniqueId } from './ids.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { accessToCreate, requestTags, tagList, tagPage, withoutTags, withTags } from './tags.ts'

/**
 * Takes a certificate for servers with its key and chain; the key is stored sealed and never given out.
 *
 * Faults: MalformedCertificateException; KeyPairMismatchException; EntityAlreadyExistsException; LimitExceededException.
 */
export const UploadServerCertificate = iam('UploadServerCertificate', {
  target: ({ ServerCertificateName, Path = '/' }, call): Resource => ({
    arn: iamArn(call, 'server-certificate', Path, ServerCertificateName),
  }),
  access: (certificate, { Tags }) =>
    accessToCreate('iam:UploadServerCertificate', 'iam:TagServerCertificate', certificate, Tags),
  run({ target: { arn }, input, call }) {
    const { ServerCertificateName: serverCertificateName, Path: path = '/', Tags } = input
    const id = idOf(serverCertificateName)
    if (call.serverCertificates.get(id)) throw faults.serverCertificateExists(serverCertificateName)
    if (!call.serverCertificates.hasRoom(quotas.serverCertificates))
      throw faults.quota('ServerCertificatesPerAccount', quotas.serverCertificates)
    const { CertificateBody, PrivateKey: privateKey, CertificateChain } = input
    const read = readCertificate(
      { certificate: CertificateBody, privateKey, chain: CertificateChain },
      call.nowMs,
    )
    if (!read.ok) throw refusedCertificate(read.problem)
    const { facts, certificate, chain } = read.value
    const serverCertificateId = uniqueId('ASCA', call.randomBytes)
    const document: ServerCertificateDocument = {
      arn,
      path,
      serverCertificateName,
      serverCertificateId,
      facts,
      certificate,
      ...(chain !== undefined && { chain }),
      sealedPrivateKey: serverCertificateKey.seal(call.seal, serverCertificateId, read.value.privateKey),
      uploadedAtMs: call.nowMs,
      tags: withTags('ServerCertificate', {}, Tags),
    }
    call.serverCertificates.put(id, document)
    return { ServerCertificateMetadata: metadataOf(document), Tags: tagList(document.tags) }
  },
})

/** Shows a server certificate with its chain, without its key. */
export const GetServerCertificate = iam('GetServerCertificate', {
  target: ({ ServerCertificateName }, call) => findServerCertificate(call, ServerCertificateName),
  access: (resource) => [{ action: 'iam:GetServerCertificate', resource }],
  run: ({ target }) => ({
    ServerCertificate: {
      ServerCertificateMetadata: metadataOf(target),
      // Without the last line's end, as AWS has it: Terraform compares the text.
      CertificateBody: target.certificate.trimEnd(),
      CertificateChain: target.chain?.trimEnd(),
      Tags: tagList(target.tags),
    },
  }),
})

/** Lists server certificates under a path, sorted by name. */
export const ListServerCertificates = iam('ListServerCertificates', {
  target: ({ PathPrefix = '/' }, call): Resource => ({
    arn: iamArn(call, 'server-certificate', PathPrefix, ''),
  }),
  access: (resource) => [{ action: 'iam:ListServerCertificates', resource }],
  run({ input, call }) {
    const { PathPrefix = '/' } = input
    const { items, info } = page(input, (after, limit) =>
      call.serverCertificates.list({ after, limit, where: ({ path }) => path.startsWith(PathPrefix) }),
    )
    return { ServerCertificateMetadataList: items.map(({ document }) => metadataOf(document)), ...info }
  },
})

/**
 * Changes a server certificate's name or path, and with them its ARN.
 *
 * Faults: EntityAlreadyExistsException; EntityTemporarilyUnmodifiableException while something serves with it.
 * Differs: AWS renames what is in use, since its load balancers keep copies.
 */
export const UpdateServerCertificate = iam('UpdateServerCertificate', {
  target({ ServerCertificateName, NewServerCertificateName, NewPath }, call) {
    const certificate = findServerCertificate(call, ServerCertificateName)
    const earlier =
      certificate instanceof Missing
        ? { path: '/', serverCertificateName: ServerCertificateName, tags: {} }
        : certificate
    const name = NewServerCertificateName ?? earlier.serverCertificateName
    const arn = iamArn(call, 'server-certificate', NewPath ?? earlier.path, name)
    return { certificate, moved: { arn, tags: earlier.tags } }
  },
  access: ({ certificate, moved }) => [
    { action: 'iam:UpdateServerCertificate', resource: certificate },
    { action: 'iam:UpdateServerCertificate', resource: moved },
  ],
  run({ target: { certificate, moved }, input: { NewServerCertificateName, NewPath }, call }) {
    const name = NewServerCertificateName ?? certificate.serverCertificateName
    const [before, after] = [idOf(certificate.serverCertificateName), idOf(name)]
    if (after !== before && call.serverCertificates.get(after)) throw faults.serverCertificateExists(name)
    const [user] = call.parts.usersOf(call.tx, certificate.arn)
    if (user !== undefined && moved.arn !== certificate.arn) throw faults.serverCertificateMoving(user)
    call.serverCertificates.delete(before)
    call.serverCertificates.put(after, {
      ...certificate,
      serverCertificateName: name,
      path: NewPath ?? certificate.path,
      arn: moved.arn,
    })
    return {}
  },
})

/** Deletes a server certificate. Faults: DeleteConflictException while something serves with it. */
export const DeleteServerCertificate = iam('DeleteServerCertificate', {
  target: ({ ServerCertificateName }, call) => findServerCertificate(call, ServerCertificateName),
  access: (resource) => [{ action: 'iam:DeleteServerCertificate', resource }],
  run({ target, call }) {
    const [user] = call.parts.usersOf(call.tx, target.arn)
    if (user !== undefined) throw faults.serverCertificateInUse(target.serverCertificateId, user)
    call.serverCertificates.delete(idOf(target.serverCertificateName))
    return {}
  },
})

/** Sets tags of a server certificate; keys that differ in case are different keys. */
export const TagServerCertificate = iam('TagServerCertificate', {
  target: ({ ServerCertificateName }, call) => findServerCertificate(call, ServerCertificateName),
  access: (resource, { Tags }) => [
    { action: 'iam:TagServerCertificate', resource, requestTags: requestTags(Tags) },
  ],
  run({ target, input: { Tags }, call }) {
    const tags = withTags('ServerCertificate', target.tags, Tags)
    call.serverCertificates.put(idOf(target.serverCertificateName), { ...target, tags })
    return {}
  },
})

/** Removes tags of a server certificate by key. */
export const UntagServerCertificate = iam('UntagServerCertificate', {
  target: ({ ServerCertificateName }, call) => findServerCertificate(call, ServerCertificateName),
  access: (resource, { TagKeys }) => [{ action: 'iam:UntagServerCertificate', resource, tagKeys: TagKeys }],
  run({ target, input: { TagKeys }, call }) {
    const tags = withoutTags('ServerCertificate', target.tags, TagKeys)
    call.serverCertificates.put(idOf(target.serverCertificateName), { ...target, tags })
    return {}
  },
})

/** Lists the tags of a server certificate, sorted by key. */
export const ListServerCertificateTags = iam('ListServerCertificateTags', {
  target: ({ ServerCertificateName }, call) => findServerCertificate(call, ServerCertificateName),
  access: (resource) => [{ action: 'iam:ListServerCertificateTags', resource }],
  run: ({ target, input }) => tagPage(input, target.tags),
})

type Place = Pick<Call, 'partition' | 'account'> & {
  readonly serverCertificates: Table<ServerCertificateDocument>
}

function findServerCertificate(call: Place, name: string): ServerCertificateDocument | Missing {
  const missing = () =>
    new Missing(iamArn(call, 'server-certificate', '/', name), faults.noSuchServerCertificate(name))
  return call.serverCertificates.get(idOf(name)) ?? missing()
}

function metadataOf(document: ServerCertificateDocument): ServerCertificateMetadata {
  return {
    Path: document.path,
    ServerCertificateName: document.serverCertificateName,
    ServerCertificateId: document.serverCertificateId,
    Arn: document.arn,
    UploadDate: new Date(document.uploadedAtMs),
    Expiration: new Date(document.facts.notAfterMs),
  }
}

/** Why a certificate cannot be uploaded. */
function refusedCertificate(problem: CertificateProblem) {
  switch (problem.kind) {
    case 'certificate-form':
      return faults.malformedCertificate(
        'Unable to parse certificate. Please ensure the certificate is in PEM format.',
      )
    case 'certificate-count':
      return faults.malformedCertificate('The certificate body holds more than one certificate.')
    case 'certificate-key':
      return faults.malformedCertificate('The kind or the size of the certificate’s key is not supported.')
    case 'not-yet-valid':
      return faults.malformedCertificate('The certificate is not valid yet.')
    case 'expired':
      return faults.malformedCertificate('The certificate has expired.')
    case 'key-form':
      return faults.malformedCertificate('Private Key not in PEM format.')
    case 'key-encrypted':
      return faults.malformedCertificate('The private key is protected by a passphrase; give it without one.')
    case 'too-weak':
      return faults.malformedCertificate(
        'A key or a signature of the certificate or of its chain is too weak for TLS.',
      )
    case 'key-mismatch':
      return faults.keyPairMismatch()
    case 'chain-form':
      return faults.malformedCertificate(
        'Unable to parse the certificate chain. Please ensure that its certificates are in PEM format.',
      )
    case 'chain-order':
      return faults.malformedCertificate(
        `Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order. The index within the chain of the invalid certificate is: ${problem.at}`,
      )
  }
}
