import type { Language } from './types.ts';

/** Why gateways lost batches, what ingest did not let in and why, and what it alarms about, by their ids. */
const reasons: Readonly<Record<string, Record<Language, string>>> = {
  bytes: { en: 'buffer was full', zh: '缓存已满' },
  age: { en: 'too old for the buffer', zh: '超过缓存保留时间' },
  disk: { en: 'disk was full', zh: '磁盘已满' },
  damaged: { en: 'damaged on disk', zh: '磁盘数据损坏' },
  malformed: { en: 'malformed', zh: '格式错误' },
  wrong_topic: { en: 'on the topic of another', zh: '主题不符' },
  unknown_key: { en: 'unknown key', zh: '未知密钥' },
  signature_invalid: { en: 'invalid signature', zh: '签名无效' },
  fork: { en: 'two histories under one identity', zh: '同一身份存在两份历史' },
  store_rejected: { en: 'refused by the store', zh: '存储拒绝' },
  series_budget: { en: 'too many new series', zh: '新序列过多' },
  older_epoch: { en: 'a gateway from the past', zh: '网关数据来自旧周期' },
  epoch_ahead: { en: 'a gateway from the future', zh: '网关周期超前' },
  second_gateway: { en: 'a second gateway with this id', zh: '存在相同标识的另一网关' },
  client_id_contested: { en: 'another client uses its name at the broker', zh: '客户端标识被占用' },
  forged_acknowledgements: { en: 'forged acknowledgements', zh: '伪造的确认回执' },
};

export function reasonName(id: string, language: Language): string {
  return reasons[id]?.[language] ?? id;
}
