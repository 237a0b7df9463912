/*
 * Payloads that no code of ours has made, so that an error that our encoder and decoder share shows.
 * `tahu`: written by sparkplug-payload 1.0.3, the JavaScript library of Eclipse Tahu. Its time is 2026-01-01T00:00:00Z
 * plus the number of the message in seconds.
 */
const hex = {
  /** seq 0, bdSeq 7, a String `Properties/Firmware`. */
  nbirth:
    '0880d0eab6b733120b0a05626453657120085807121a0a144e6f646520436f6e74726f6c2f52656269727468200b700012250a1350726f' +
    '706572746965732f4669726d776172651880d0eab6b733200c7a05312e322e331800',
  /**
   * seq 1, with aliases 1 … 6: Float `Hydraulics/Power` 21.5 (engUnit W, Quality 192), Int64 `Counters/Parts` 2⁵³ + 1,
   * String `Mode` RUN, Int16 `Trim` −300, UUID `Unit/Id`, a data set `Table`.
   */
  dbirth:
    '08e8d7eab6b73312440a104879647261756c6963732f506f776572100118e8d7eab6b73320094a200a07656e67556e69740a0751756' +
    '16c6974791205080c4201571205080318c001650000ac4112240a0e436f756e746572732f5061727473100218e8d7eab6b7332004588' +
    '18080808080801012160a044d6f6465100318e8d7eab6b733200c7a0352554e12170a045472696d100418e8d7eab6b733200250d4fdf' +
    'fff0f123a0a07556e69742f4964100518e8d7eab6b733200f7a2431323365343536372d653839622d313264332d613435362d3432363' +
    '63134313734303030' +
    '12280a055461626c65100618e8d7eab6b73320108a01130801120161180322040a02080122040a0208021801',
  /**
   * seq 2, by alias: power 22.25 of Quality 500, parts −5, trim −1; and by name a historical power of 20, a minute
   * before the first message.
   */
  ddata:
    '08d0dfeab6b7331222100118d0dfeab6b73320094a100a075175616c6974791205080318f403650000b2411216100218cfdfeab6b73320' +
    '0458fbffffffffffffffff011211100418d0dfeab6b733200250ffffffff0f12220a104879647261756c6963732f506f77657218a0fbe6' +
    'b6b73320092801650000a0411802',
  /** seq 3: `Mode` is null. */
  ddataNull: '08b8e7eab6b733120d100318b8e7eab6b733200c38011803',
  /** bdSeq 7. */
  ndeath: '08a896ebb6b733120b0a05626453657120085807',
} as const;

type Name = keyof typeof hex;
export const tahu = Object.fromEntries(
  Object.entries(hex).map(([name, text]) => [name, Buffer.from(text, 'hex')]),
) as Record<Name, Buffer>;

/** 2026-01-01T00:00:00Z in nanoseconds: when the first of these was sent. */
export const tahuStart_ns = 1_767_225_600_000_000_000n;
