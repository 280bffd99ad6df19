// Archives for tests: what an ordinary zip tool writes, and what none would.
import { crc32, deflateRawSync } from 'node:zlib'

interface ZipFile {
  readonly name: string
  readonly content: string | Uint8Array
  /** As the archive says it; default: 0o100644. */
  readonly mode?: number
  readonly deflated?: boolean
  /** How large its contents are said to be; default: as they are. */
  readonly saidBytes?: number
}

/** An archive with these files. */
export function zip(...files: readonly ZipFile[]): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, content, mode = 0o100644, deflated = false, saidBytes } of files) {
    const [path, contents] = [Buffer.from(name), Buffer.from(content)]
    const data = deflated ? deflateRawSync(contents) : contents
    const bytes = saidBytes ?? contents.length
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(20, 4)
    local.writeUInt16LE(deflated ? 8 : 0, 8)
    local.writeUInt32LE(crc32(contents), 14)
    local.writeUInt32LE(data.length, 18)
    local.writeUInt32LE(bytes, 22)
    local.writeUInt16LE(path.length, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE((3 << 8) | 20, 4)
    central.writeUInt16LE(20, 6)
    central.writeUInt16LE(deflated ? 8 : 0, 10)
    central.writeUInt32LE(crc32(contents), 16)
    central.writeUInt32LE(data.length, 20)
    central.writeUInt32LE(bytes, 24)
    central.writeUInt16LE(path.length, 28)
    central.writeUInt32LE((mode << 16) >>> 0, 38)
    central.writeUInt32LE(offset, 42)
    bodies.push(local, path, data)
    directory.push(central, path)
    offset += local.length + path.length + data.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(listed.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...bodies, listed, end])
}
