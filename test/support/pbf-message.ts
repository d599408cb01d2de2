/**
 * The wire schema once more, on the protobuf library `pbf`: a second opinion on what our codec writes and reads.
 */
import { PbfReader, PbfWriter } from 'pbf'

export interface PbfEntry {
  block: Uint8Array
  priority: number
  cancel: boolean
  wantType: number
  sendDontHave: boolean
}

export interface PbfMessage {
  wantlist: { entries: PbfEntry[]; full: boolean } | undefined
  blocks: Uint8Array[]
  payload: { prefix: Uint8Array; data: Uint8Array }[]
  blockPresences: { cid: Uint8Array; type: number }[]
  pendingBytes: number
}

export function pbfMessage(parts: Partial<PbfMessage> = {}): PbfMessage {
  return { wantlist: undefined, blocks: [], payload: [], blockPresences: [], pendingBytes: 0, ...parts }
}

export function pbfEntry(parts: Partial<PbfEntry>): PbfEntry {
  return { block: new Uint8Array(0), priority: 0, cancel: false, wantType: 0, sendDontHave: false, ...parts }
}

/** Proto3: fields that hold their default are left out. */
export function writePbf(message: PbfMessage): Uint8Array {
  const writer = new PbfWriter()
  if (message.wantlist !== undefined) writer.writeMessage(1, writeWantlist, message.wantlist)
  for (const block of message.blocks) writeBytes(writer, 2, block)
  for (const block of message.payload) writer.writeMessage(3, writeBlock, block)
  for (const presence of message.blockPresences) writer.writeMessage(4, writePresence, presence)
  if (message.pendingBytes !== 0) writeVarint(writer, 5, message.pendingBytes)
  return writer.finish()
}

export function readPbf(bytes: Uint8Array): PbfMessage {
  return new PbfReader(bytes).readFields(readField, pbfMessage())
}

function writeWantlist(wantlist: { entries: PbfEntry[]; full: boolean }, writer: PbfWriter): void {
  for (const entry of wantlist.entries) writer.writeMessage(1, writeEntry, entry)
  if (wantlist.full) writeVarint(writer, 2, 1)
}

function writeEntry(entry: PbfEntry, writer: PbfWriter): void {
  if (entry.block.length > 0) writeBytes(writer, 1, entry.block)
  if (entry.priority !== 0) writeVarint(writer, 2, entry.priority)
  if (entry.cancel) writeVarint(writer, 3, 1)
  if (entry.wantType !== 0) writeVarint(writer, 4, entry.wantType)
  if (entry.sendDontHave) writeVarint(writer, 5, 1)
}

function writeBlock(block: { prefix: Uint8Array; data: Uint8Array }, writer: PbfWriter): void {
  if (block.prefix.length > 0) writeBytes(writer, 1, block.prefix)
  if (block.data.length > 0) writeBytes(writer, 2, block.data)
}

function writePresence(presence: { cid: Uint8Array; type: number }, writer: PbfWriter): void {
  if (presence.cid.length > 0) writeBytes(writer, 1, presence.cid)
  if (presence.type !== 0) writeVarint(writer, 2, presence.type)
}

function writeBytes(writer: PbfWriter, field: number, bytes: Uint8Array): void {
  writer.writeTag(field, 2)
  writer.writeBytes(bytes)
}

function writeVarint(writer: PbfWriter, field: number, value: number): void {
  writer.writeTag(field, 0)
  writer.writeVarint(value)
}

function readField(tag: number, message: PbfMessage, reader: PbfReader): void {
  if (tag === 1) {
    message.wantlist ??= { entries: [], full: false }
    reader.readMessage(readWantlistField, message.wantlist)
  } else if (tag === 2) message.blocks.push(reader.readBytes())
  else if (tag === 3) {
    message.payload.push(reader.readMessage(readBlockField, { prefix: new Uint8Array(0), data: new Uint8Array(0) }))
  } else if (tag === 4) {
    message.blockPresences.push(reader.readMessage(readPresenceField, { cid: new Uint8Array(0), type: 0 }))
  } else if (tag === 5) message.pendingBytes = reader.readVarint(true)
}

function readWantlistField(tag: number, wantlist: { entries: PbfEntry[]; full: boolean }, reader: PbfReader): void {
  if (tag === 1) wantlist.entries.push(reader.readMessage(readEntryField, pbfEntry({})))
  else if (tag === 2) wantlist.full = reader.readBoolean()
}

function readEntryField(tag: number, entry: PbfEntry, reader: PbfReader): void {
  if (tag === 1) entry.block = reader.readBytes()
  else if (tag === 2) entry.priority = reader.readVarint(true)
  else if (tag === 3) entry.cancel = reader.readBoolean()
  else if (tag === 4) entry.wantType = reader.readVarint()
  else if (tag === 5) entry.sendDontHave = reader.readBoolean()
}

function readBlockField(tag: number, block: { prefix: Uint8Array; data: Uint8Array }, reader: PbfReader): void {
  if (tag === 1) block.prefix = reader.readBytes()
  else if (tag === 2) block.data = reader.readBytes()
}

function readPresenceField(tag: number, presence: { cid: Uint8Array; type: number }, reader: PbfReader): void {
  if (tag === 1) presence.cid = reader.readBytes()
  else if (tag === 2) presence.type = reader.readVarint()
}
