/**
 * Quality of an observation: the OPC UA StatusCode as received (OPC 10000-4, 7.39), 32 bits. Sources without
 * OPC UA use the same codes. The two top bits are the severity.
 */
export const status = {
  good: 0x0000_0000,
  uncertain: 0x4000_0000,
  uncertainLastUsableValue: 0x4090_0000,
  bad: 0x8000_0000,
  badDataEncodingInvalid: 0x8038_0000,
  badNotConnected: 0x808a_0000,
  badOutOfRange: 0x803c_0000,
  badTypeMismatch: 0x8074_0000,
} as const;

export type Severity = 'good' | 'uncertain' | 'bad';

export function severityOf(code: number): Severity {
  const top = code >>> 30;
  if (top === 0) return 'good';
  return top === 1 ? 'uncertain' : 'bad';
}
