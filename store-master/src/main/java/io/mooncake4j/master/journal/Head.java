package io.mooncake4j.master.journal;

/** How far the journal goes: its last record, whose term wrote it, and the checksum of the entry that has it. */
public record Head(long sequence, long revision, int crc) {
    static final Head NONE = new Head(0, 0, 0);

    byte[] encode() {
        Encoder out = Envelope.HEAD.start(32);
        out.u64(sequence);
        out.u64(revision);
        out.u32(crc);
        return Envelope.seal(out);
    }

    static Head decode(byte[] value) {
        Decoder in = Envelope.HEAD.open(Keys.HEAD, value);
        return new Head(in.u64(), in.u64(), in.u32());
    }
}
