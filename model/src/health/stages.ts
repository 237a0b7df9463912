/** What is known of a kind of stage, whatever service it is in. */
interface StageSpec {
  name: { en: string; zh: string };
  /** What to do when it stands still. */
  hint: { en: string; zh: string };
}

/** The stages of all services, in the order in which data pass them. */
export const stages = {
  source: {
    name: { en: 'Source', zh: '数据源' },
    hint: {
      en: 'see that the controller runs and can be reached from the gateway',
      zh: '检查控制器是否运行、网关能否连接到它',
    },
  },
  spool: {
    name: { en: 'Spool', zh: '本地缓存' },
    hint: {
      en: "make room on the disk of the gateway's data_dir, or see what is wrong with it; sources wait meanwhile",
      zh: '为网关 data_dir 所在磁盘腾出空间,或检查磁盘故障;期间数据源等待',
    },
  },
  broker: {
    name: { en: 'Broker', zh: '消息代理' },
    hint: {
      en: 'see that the broker runs and that its address and password in the configuration are right',
      zh: '检查消息代理是否运行、配置中的地址和密码是否正确',
    },
  },
  acknowledgement: {
    name: { en: 'Acknowledgement', zh: '确认回执' },
    hint: {
      en: 'see that ingest runs, trusts the key of this gateway, and has its own in trusted_ledgers_dir',
      zh: '检查接收服务是否运行、是否信任本网关密钥,以及其密钥是否在 trusted_ledgers_dir 中',
    },
  },
  gateway: {
    name: { en: 'Gateway', zh: '网关' },
    hint: {
      en: 'see that the gateway runs and reaches the broker; it keeps what it reads meanwhile',
      zh: '检查网关是否运行、能否连接消息代理;期间数据保存在网关中',
    },
  },
  ledger: {
    name: { en: 'Ledger', zh: '账本' },
    hint: {
      en: "make room on the disk of ingest's data_dir, or see what is wrong with it; gateways keep the data meanwhile",
      zh: '为接收服务 data_dir 所在磁盘腾出空间,或检查磁盘故障;期间数据保存在网关中',
    },
  },
  projection: {
    name: { en: 'Writing to InfluxDB', zh: '写入 InfluxDB' },
    hint: {
      en: 'see that InfluxDB runs, has room and takes the configured token; the ledger keeps the data meanwhile',
      zh: '检查 InfluxDB 是否运行、空间是否充足、令牌是否有效;期间数据保存在账本中',
    },
  },
  feed: {
    name: { en: 'Feed of the ledger', zh: '账本数据流' },
    hint: {
      en: 'see that ingest runs, that feed_url and its token are right, and that the store takes what is written',
      zh: '检查接收服务是否运行、feed_url 与令牌是否正确、存储是否可写',
    },
  },
  kpi_series: {
    name: { en: 'KPI series for boards', zh: '看板指标序列' },
    hint: {
      en: 'see that InfluxDB runs, has room and takes the configured token; the points follow by themselves',
      zh: '检查 InfluxDB 是否运行、空间是否充足、令牌是否有效;数据点随后自动补写',
    },
  },
} as const satisfies Readonly<Record<string, StageSpec>>;

export type StageName = keyof typeof stages;
export const stageNames = Object.keys(stages) as [StageName, ...StageName[]];

export const stageStateNames = {
  working: { en: 'works', zh: '正常' },
  behind: { en: 'catching up', zh: '追赶中' },
  waiting: { en: 'waits', zh: '等待' },
  stalled: { en: 'stands still', zh: '停滞' },
} as const;
