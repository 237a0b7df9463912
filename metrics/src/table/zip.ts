import { crc32, deflateRawSync } from 'node:zlib';

/** 1980-01-01, the first date that the format knows: archives of the same content are the same bytes. */
const date = 0x0021;
const utf8Names = 0x0800;
const deflated = 8;
const version = 20;

/**
 * A zip archive of some files (PKWARE APPNOTE 6.3, without zip64): up to 65 535 files and 4 GB.
 * @param files content by path
 */
export function zipOf(files: ReadonlyMap<string, string>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of files) {
    const content = Buffer.from(text);
    const data = deflateRawSync(content);
    const name = Buffer.from(path);
    const described = Buffer.alloc(26);
    described.writeUInt16LE(version, 0);
    described.writeUInt16LE(utf8Names, 2);
    described.writeUInt16LE(deflated, 4);
    described.writeUInt16LE(date, 8);
    described.writeUInt32LE(crc32(content), 10);
    described.writeUInt32LE(data.length, 14);
    described.writeUInt32LE(content.length, 18);
    described.writeUInt16LE(name.length, 22);
    bodies.push(Buffer.from('PK\x03\x04'), described, name, data);
    directory.push(entry(described, name, offset));
    offset += 4 + described.length + name.length + data.length;
  }
  const listed = Buffer.concat(directory);
  return Buffer.concat([...bodies, listed, end(files.size, listed.length, offset)]);
}

/** Where a file lies in the archive. */
function entry(described: Buffer, name: Buffer, offset: number): Buffer {
  const head = Buffer.alloc(6);
  head.write('PK\x01\x02', 'latin1');
  head.writeUInt16LE(version, 4);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(offset, 10);
  return Buffer.concat([head, described, tail, name]);
}

function end(files: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22);
  record.write('PK\x05\x06', 'latin1');
  record.writeUInt16LE(files, 8);
  record.writeUInt16LE(files, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}
