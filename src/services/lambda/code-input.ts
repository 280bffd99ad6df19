import { BadArchive, type CodeStore, measureArchive, quotas } from '#functions/index.ts'
import type { StoredCode } from './documents.ts'
import { faults } from './faults.ts'

interface Given {
  readonly ZipFile?: Uint8Array | undefined
  readonly S3Bucket?: string | undefined
  readonly S3Key?: string | undefined
  readonly ImageUri?: string | undefined
  readonly SourceKMSKeyArn?: string | undefined
}

/** Reads an archive that was uploaded to its end, and keeps it. Faults: those of `checkedCode`. */
export async function keptCode(store: CodeStore, given: Given): Promise<StoredCode> {
  return store.put(await checkedCode(given))
}

/** Reads an archive that was uploaded to its end, and gives it. Faults: InvalidParameterValueException; RequestTooLargeException. */
export async function checkedCode(given: Given): Promise<Uint8Array> {
  const { ZipFile } = given
  if (given.S3Bucket !== undefined || given.S3Key !== undefined || given.ImageUri !== undefined)
    throw faults.invalid('Code is taken as ZipFile alone: this deployment has neither buckets nor images')
  if (given.SourceKMSKeyArn !== undefined)
    throw faults.invalid('SourceKMSKeyArn is not supported by this deployment')
  if (!ZipFile) throw faults.invalid('Please provide a source for function code.')
  if (ZipFile.length > quotas.zippedBytesMax) throw faults.zippedTooLarge(quotas.zippedBytesMax)
  try {
    await measureArchive(ZipFile)
  } catch (error) {
    if (!(error instanceof BadArchive)) throw error
    if (error.kind === 'too-large') throw faults.unzippedTooLarge(quotas.unzippedBytesMax)
    throw faults.badZip(`Please check your file, then try to upload again. (${error.message})`)
  }
  return ZipFile
}
